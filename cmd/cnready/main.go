// Cnready judges how cloud-native Go services are: it reads their code, their
// Dockerfiles and their manifests, and checks each and one against another.
//
// Usage:
//
//	cnready [check] [DIR]
//	go vet -vettool=$(which cnready) ./...
//
// Exit codes: 0 if nothing at or above --fail-on was found, 1 if something was,
// 2 if cnready could not run.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/vetunit"
)

func main() {
	if calledByVet(os.Args[1:]) {
		vet(os.Args[len(os.Args)-1])
	}
	collectSeldom()
	err := newCommand().Execute()
	var exit exitCode
	switch {
	case errors.As(err, &exit):
		os.Exit(int(exit))
	case err != nil:
		fmt.Fprintln(os.Stderr, "cnready:", err)
		os.Exit(2)
	}
}

// vet answers the go command and ends the program. unit is what the call is about:
// a file *.cfg, or a flag.
func vet(unit string) {
	if os.Getenv("GOGC") == "" {
		// One package is seldom as large as this, and then no garbage need be
		// looked for: the process ends before it matters.
		debug.SetGCPercent(800)
	}
	switch {
	case unit == "-V=full" && vetunit.Version(os.Stdout):
		os.Exit(0)
	case strings.HasSuffix(unit, ".cfg") && vetunit.Lent(unit):
		os.Exit(0)
	}
	unitchecker.Main(analyzers.All...)
}

// calledByVet tells the go command's calls of a vet tool from a user's (cmd/go
// documentation, "go vet"; x/tools unitchecker).
func calledByVet(args []string) bool {
	if len(args) == 0 {
		return false
	}
	return args[0] == "-V=full" || args[0] == "-flags" || strings.HasSuffix(args[len(args)-1], ".cfg")
}

// exitCode ends the program with a code after everything has been printed.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }
