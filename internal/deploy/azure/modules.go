package azure

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
)

// registry are modules of the public Bicep registry that make a cluster or run
// containers. What they run is not read.
//
// Source: Azure Verified Modules, index of Bicep resource modules, as of 2026-11.
var registry = map[string]deploy.PlatformID{
	"avm/res/app/container-app":                  deploy.OnContainerApps,
	"avm/res/app/job":                            deploy.OnContainerApps,
	"avm/res/container-instance/container-group": deploy.OnACI,
	"avm/res/container-service/managed-cluster":  deploy.OnAKS,
}

// registered is the platform that a module makes, "" where that is not known:
// br/public:avm/res/container-service/managed-cluster:0.9.0.
func registered(path string) deploy.PlatformID {
	name, ok := strings.CutPrefix(path, "br/public:")
	if !ok {
		name, ok = strings.CutPrefix(path, "br:mcr.microsoft.com/bicep/")
	}
	if !ok {
		return ""
	}
	name, _, _ = strings.Cut(name, ":")
	return registry[name]
}
