// Package analyzers lists the go/analysis passes of cnready, one folder each.
package analyzers

import (
	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/analyzers/diskwrite"
	"github.com/cnready/cnready/analyzers/dotenvfatal"
	"github.com/cnready/cnready/analyzers/embeddeddb"
	"github.com/cnready/cnready/analyzers/exitinhandler"
	"github.com/cnready/cnready/analyzers/fixedport"
	"github.com/cnready/cnready/analyzers/hardcodedhost"
	"github.com/cnready/cnready/analyzers/healthcheck"
	"github.com/cnready/cnready/analyzers/hostcoupling"
	"github.com/cnready/cnready/analyzers/localschedule"
	"github.com/cnready/cnready/analyzers/logfile"
	"github.com/cnready/cnready/analyzers/loopbacklisten"
	"github.com/cnready/cnready/analyzers/memorystate"
	"github.com/cnready/cnready/analyzers/metrics"
	"github.com/cnready/cnready/analyzers/notimeout"
	"github.com/cnready/cnready/analyzers/servertimeout"
	"github.com/cnready/cnready/analyzers/shutdown"
	"github.com/cnready/cnready/internal/coderule"
)

// All are the passes, sorted by name, for go vet and other hosts.
var All = []*analysis.Analyzer{
	diskwrite.Analyzer,
	dotenvfatal.Analyzer,
	embeddeddb.Analyzer,
	exitinhandler.Analyzer,
	fixedport.Analyzer,
	hardcodedhost.Analyzer,
	healthcheck.Analyzer,
	hostcoupling.Analyzer,
	localschedule.Analyzer,
	logfile.Analyzer,
	loopbacklisten.Analyzer,
	memorystate.Analyzer,
	metrics.Analyzer,
	notimeout.Analyzer,
	servertimeout.Analyzer,
	shutdown.Analyzer,
}

// Rules are the same judgements for the command, in the same order.
var Rules = []*coderule.Rule{
	diskwrite.Rule,
	dotenvfatal.Rule,
	embeddeddb.Rule,
	exitinhandler.Rule,
	fixedport.Rule,
	hardcodedhost.Rule,
	healthcheck.Rule,
	hostcoupling.Rule,
	localschedule.Rule,
	logfile.Rule,
	loopbacklisten.Rule,
	memorystate.Rule,
	metrics.Rule,
	notimeout.Rule,
	servertimeout.Rule,
	shutdown.Rule,
}
