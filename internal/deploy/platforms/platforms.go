// Package platforms reads the files by which platforms other than Kubernetes and
// Compose are declared: machines, what configures them, task definitions,
// container groups, functions.
package platforms

import (
	"sync"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/ansible"
	"github.com/cnready/cnready/internal/deploy/azure"
	"github.com/cnready/cnready/internal/deploy/azurefunctions"
	"github.com/cnready/cnready/internal/deploy/chef"
	"github.com/cnready/cnready/internal/deploy/cloudformation"
	"github.com/cnready/cnready/internal/deploy/cloudinit"
	"github.com/cnready/cnready/internal/deploy/coreos"
	"github.com/cnready/cnready/internal/deploy/ec2"
	"github.com/cnready/cnready/internal/deploy/ecs"
	"github.com/cnready/cnready/internal/deploy/eksctl"
	"github.com/cnready/cnready/internal/deploy/hyperv"
	"github.com/cnready/cnready/internal/deploy/marathon"
	"github.com/cnready/cnready/internal/deploy/nfpm"
	"github.com/cnready/cnready/internal/deploy/oci"
	"github.com/cnready/cnready/internal/deploy/packer"
	"github.com/cnready/cnready/internal/deploy/puppet"
	"github.com/cnready/cnready/internal/deploy/serverless"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
	"github.com/cnready/cnready/internal/deploy/terraform"
	"github.com/cnready/cnready/internal/deploy/vagrant"
	"github.com/cnready/cnready/internal/deploy/vsphere"
	"github.com/cnready/cnready/internal/tree"
)

// Formats are all formats that are read a file at a time. The first that a file is
// of reads it.
var Formats = []*source.Format{
	azurefunctions.Hosts,
	serverless.Files,
	azure.Templates,
	azure.BicepFiles,
	cloudformation.Templates,
	ecs.Definitions,
	eksctl.Clusters,
	azure.Files,
	ansible.Files,
	cloudinit.Files,
	coreos.Butane,
	coreos.Ignition,
	marathon.Files,
	systemd.Units,
	systemd.Quadlets,
	systemd.Mounts,
	vagrant.Files,
	packer.HCL,
	packer.JSON,
	oci.Bundles,
	puppet.Files,
	chef.Files,
	ec2.AppSpecs,
	ec2.Extensions,
	hyperv.Scripts,
	nfpm.Files,
	vsphere.OVF,
	vsphere.VMX,
}

// Read reads the trees' files of all formats, and their Terraform configurations.
// What could not be read is in the result's NotAnalyzed.
func Read(trees ...*tree.Tree) *deploy.Manifests {
	var configurations *deploy.Manifests
	var wait sync.WaitGroup
	wait.Go(func() { configurations = terraform.Read(trees...) })
	m := source.Read(Formats, trees...)
	wait.Wait()
	m.Add(configurations)
	return m
}
