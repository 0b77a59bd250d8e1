// Package analyzers lists the go/analysis passes of cnready, one folder each.
package analyzers

import (
	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/analyzers/diskwrite"
	"github.com/cnready/cnready/analyzers/hardcodedhost"
	"github.com/cnready/cnready/analyzers/shutdown"
	"github.com/cnready/cnready/internal/coderule"
)

// All are the passes, sorted by name, for go vet and other hosts.
var All = []*analysis.Analyzer{
	diskwrite.Analyzer,
	hardcodedhost.Analyzer,
	shutdown.Analyzer,
}

// Rules are the same judgements for the command, in the same order.
var Rules = []*coderule.Rule{
	diskwrite.Rule,
	hardcodedhost.Rule,
	shutdown.Rule,
}
