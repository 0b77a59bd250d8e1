package terraform

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/azure"
	"github.com/cnready/cnready/internal/deploy/hclfile"
	"github.com/cnready/cnready/internal/deploy/source"
)

// registry are modules that make a cluster or a machine, by the beginning of their
// source; the first that fits counts. What they run is not read.
//
// Source: the modules' pages in the Terraform Registry, as of 2026-11.
var registry = []struct {
	source string
	id     deploy.PlatformID
}{
	{"terraform-aws-modules/eks/aws//modules/fargate-profile", deploy.OnFargate},
	{"terraform-aws-modules/eks/aws", deploy.OnKubernetes},
	{"terraform-aws-modules/ec2-instance/aws", deploy.OnEC2},
	{"terraform-google-modules/kubernetes-engine/google//modules/beta-autopilot-", deploy.OnGKEAutopilot},
	{"terraform-google-modules/kubernetes-engine/google//modules/gke-autopilot-cluster", deploy.OnGKEAutopilot},
	{"terraform-google-modules/kubernetes-engine/google", deploy.OnGKE},
	{"terraform-google-modules/container-vm/google", deploy.OnContainerOS},
	{"GoogleCloudPlatform/cloud-run/google", deploy.OnCloudRun},
	{"Azure/aks/azurerm", deploy.OnAKS},
	{"Azure/avm-res-containerservice-managedcluster/azurerm", deploy.OnAKS},
	{"Azure/avm-res-app-containerapp/azurerm", deploy.OnContainerApps},
	{"Azure/avm-res-containerinstance-containergroup/azurerm", deploy.OnACI},
}

// call declares the platform that a module of the registry makes.
func (m *module) call(b *hclfile.Block) (known bool) {
	from := b.Value().Get("source")
	name := strings.TrimPrefix(from.Known(), "registry.terraform.io/")
	for _, r := range registry {
		rest, ok := strings.CutPrefix(name, r.source)
		if ok && (rest == "" || strings.HasPrefix(rest, "//") || strings.HasSuffix(r.source, "-")) {
			p := b.File.Declare(m.out, r.id, format, "module", b.Label(0), b.At)
			p.Evidence = from.At
			return true
		}
	}
	return false
}

// azapi reads a resource of the provider AzAPI, which has the type and the body of
// the Azure API (AzAPI provider documentation, "azapi_resource").
func (m *module) azapi(b *hclfile.Block) bool {
	v := b.Value()
	kind := v.Get("type")
	body := v.Get("body")
	resource := source.Value{Kind: source.Map, At: b.At, Start: b.At, Unknown: body.Unknown, Entries: []source.Entry{{Key: "type", KeyAt: v.Key("type"), Value: kind}}}
	resource.Entries = append(resource.Entries, body.Entries...)
	return azure.Resource(b.File, m.out, format, kind.Known(), source.Value{Kind: source.Scalar, Text: b.Label(1), At: b.At}, resource)
}
