// Package dynamicallymanaged holds the rules that judge whether an orchestrator
// can start, probe, place, move and stop any instance of a service at any time,
// and lose nothing.
package dynamicallymanaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/rule"
)

// Rules are all rules of this package, sorted by name.
var Rules = []*rule.Rule{
	BarePod,
	DeprecatedAPI,
	FixedName,
	FloatingTag,
	GracePeriod,
	HostNamespace,
	HostPath,
	HPAReplicas,
	LostSignal,
	LostWrite,
	MemoryLimit,
	NoDisruptionBudget,
	NoProbes,
	NoResources,
	NoRestart,
	PinnedNode,
	PlatformBlocked,
	ProbePath,
	Recreate,
	RWOVolume,
	SameProbes,
	SingleReplica,
}

// subjectOf names one check on a part of a workload. A tree often holds one
// workload in several files, so the file is part of the name.
func subjectOf(w *deploy.Workload, part, check string) string {
	var b strings.Builder
	b.WriteString(w.ID())
	if w.Namespace != "" {
		b.WriteString(" in " + w.Namespace)
	}
	b.WriteString(" " + part)
	if check != "" {
		b.WriteString(": " + check)
	}
	fmt.Fprintf(&b, " (%s)", w.Position.File)
	return b.String()
}
