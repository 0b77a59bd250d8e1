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

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/vetunit"
)

func main() {
	if vetunit.Called(os.Args[1:]) {
		vetunit.Main(analyzers.All)
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

// exitCode ends the program with a code after everything has been printed.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }
