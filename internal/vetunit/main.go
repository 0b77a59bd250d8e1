package vetunit

import (
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
)

// Called tells the go command's calls of a vet tool from a user's, by the program's
// arguments (cmd/go documentation, "go vet"; x/tools unitchecker).
func Called(args []string) bool {
	if len(args) == 0 {
		return false
	}
	return args[0] == "-V=full" || args[0] == "-flags" || strings.HasSuffix(args[len(args)-1], ".cfg")
}

// Main answers the go command, which calls the program for one package with a file
// *.cfg, or asks for its version or flags, and ends the program.
func Main(analyzers []*analysis.Analyzer) {
	unit := ""
	if len(os.Args) > 1 {
		unit = os.Args[len(os.Args)-1]
	}
	if os.Getenv("GOGC") == "" {
		// One package is seldom as large as this, and then no garbage need be
		// looked for: the process ends before it matters.
		debug.SetGCPercent(800)
	}
	switch {
	case unit == "-V=full" && Version(os.Stdout):
		os.Exit(0)
	case strings.HasSuffix(unit, ".cfg") && Lent(unit):
		os.Exit(0)
	}
	unitchecker.Main(analyzers...)
}
