package deploy

import (
	"slices"

	"github.com/cnready/cnready/internal/finding"
)

// The families of workloads that are neither Kubernetes' nor Compose's: what
// reads their files, and by which rules they are run.
const (
	// Systemd is a service unit of systemd, on a machine.
	Systemd = "systemd"
	// ECS is a task definition of Amazon ECS, on Fargate or on EC2.
	ECS = "ecs"
	// Lambda is a function of AWS Lambda.
	Lambda = "lambda"
	// AzureFunctions is a function app of Azure.
	AzureFunctions = "azure-functions"
	// CloudRun is a service or job of Google Cloud Run that is not written as a
	// Kubernetes manifest.
	CloudRun = "cloud-run"
	// ContainerInstances is a container group of Azure Container Instances.
	ContainerInstances = "aci"
	// ContainerApps is an app or job of Azure Container Apps.
	ContainerApps = "container-apps"
	// ContainerOS is the container declaration of a machine with
	// Container-Optimized OS.
	ContainerOS = "container-os"
	// Marathon is an app or pod of Marathon on Mesos.
	Marathon = "marathon"
	// OCI is a bundle of the OCI runtime specification.
	OCI = "oci"
	// Quadlet is a container unit of Podman, which systemd starts.
	Quadlet = "quadlet"
	// Docker is a container that a command, a unit or a task of a configuration
	// tool starts on a machine.
	Docker = "docker"
)

// A PlatformID names a platform of the continuum from virtual machines to
// serverless functions. It is stable: it stands in reports and configurations.
type PlatformID string

// The platforms, from the lowest rung to the highest.
const (
	// OnVM is a machine of which nothing says whose it is: a systemd unit or
	// cloud-init data alone.
	OnVM      PlatformID = "vm"
	OnVSphere PlatformID = "vsphere"
	OnHyperV  PlatformID = "hyper-v"
	OnEC2     PlatformID = "ec2"

	OnPuppet  PlatformID = "puppet"
	OnChef    PlatformID = "chef"
	OnAnsible PlatformID = "ansible"

	OnKata PlatformID = "kata"
	OnVIC  PlatformID = "vic"

	OnDocker     PlatformID = "docker"
	OnContainerd PlatformID = "containerd"
	OnRunc       PlatformID = "runc"

	OnKubernetes  PlatformID = "kubernetes"
	OnOpenShift   PlatformID = "openshift"
	OnMarathon    PlatformID = "marathon"
	OnSwarm       PlatformID = "swarm"
	OnGKE         PlatformID = "gke"
	OnAKS         PlatformID = "aks"
	OnECSEC2      PlatformID = "ecs-ec2"
	OnContainerOS PlatformID = "container-optimized-os"
	OnCoreOS      PlatformID = "coreos"

	OnFargate       PlatformID = "fargate"
	OnACI           PlatformID = "aci"
	OnCloudRun      PlatformID = "cloud-run"
	OnContainerApps PlatformID = "container-apps"
	OnGKEAutopilot  PlatformID = "gke-autopilot"

	OnLambda         PlatformID = "lambda"
	OnAzureFunctions PlatformID = "azure-functions"
)

// PlatformIDs are all platforms, from the lowest rung to the highest.
var PlatformIDs = []PlatformID{
	OnVM, OnVSphere, OnHyperV, OnEC2,
	OnPuppet, OnChef, OnAnsible,
	OnKata, OnVIC,
	OnDocker, OnContainerd, OnRunc,
	OnKubernetes, OnOpenShift, OnMarathon, OnSwarm, OnGKE, OnAKS, OnECSEC2, OnContainerOS, OnCoreOS,
	OnFargate, OnACI, OnCloudRun, OnContainerApps, OnGKEAutopilot,
	OnLambda, OnAzureFunctions,
}

// A Platform says that a file of the tree declares a platform: a machine, a
// cluster, a function, or a workload that runs on one.
type Platform struct {
	ID PlatformID
	// Object is what declares it. Its kind is as the format names it
	// (aws_instance, AWS::ECS::Service, unit), its position that of the name.
	Object
	// Format is the language of the file: systemd, Terraform, CloudFormation.
	Format string
	// Workload is the workload of the same file that runs there, or nil where the
	// platform alone is declared.
	Workload *Workload
	// Evidence is the line that says which platform it is, where that is not the
	// object itself: requiresCompatibilities of a task, an annotation.
	Evidence finding.Position
	// Data are the paths of volumes that outlive the machine: what a thin VM
	// mounts for its data.
	Data []Field[string]
	// Settings are what else a constraint of the platform may speak of, by names
	// of the format, sorted: user_data, spot, image.
	Settings []Setting
}

// On tells whether a workload is declared to run on a platform.
func (w *Workload) On(id PlatformID) bool { return slices.Contains(w.Platforms, id) }

// Machine tells of a workload that is a process of a machine and has no image: a
// systemd unit.
func (w *Workload) Machine() bool { return w.Platform == Systemd }

// Function tells of a workload that a platform starts for each request: a
// function, whether it has an image or not.
func (w *Workload) Function() bool { return w.Platform == Lambda || w.Platform == AzureFunctions }

// Imageless tells of a workload of which a container image is no part, so that
// nothing that is said of images and containers holds for it.
func (w *Workload) Imageless() bool {
	if w.Machine() {
		return true
	}
	return w.Function() && !slices.ContainsFunc(w.Containers, func(c *Container) bool { return c.Image.Set || c.Build != nil })
}
