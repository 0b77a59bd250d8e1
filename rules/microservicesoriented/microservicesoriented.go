// Package microservicesoriented holds the rules that judge whether each thing that
// a service talks to is declared, leads somewhere, and can be configured.
package microservicesoriented

import (
	"maps"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/rule"
)

// Rules are all rules of this package, sorted by name.
var Rules = []*rule.Rule{
	DanglingRef,
	DanglingService,
	HardcodedIP,
	InlineSecret,
	MultiProcess,
	MultiServicePod,
	NodePort,
	NoNetworkPolicy,
	ServiceCycle,
	SharedDatabase,
	StartOrder,
	TargetPort,
	UndeclaredEnv,
	UnknownService,
	UnreachableHost,
	UnreadEnv,
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// maxListed is how many names a message lists.
const maxListed = 4

func listed(names []string) string {
	if len(names) > maxListed {
		return strings.Join(names[:maxListed], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
