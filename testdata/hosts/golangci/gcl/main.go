// Gcl is a golangci-lint with cnready in it: what golangci-lint custom writes and
// builds, without its clone of golangci-lint's repository.
package main

import (
	"fmt"
	"os"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/cnready/cnready/golangci"
)

func main() {
	// golangci-lint keeps results by this version; without one it keeps them by
	// the program's contents, which change with the rules.
	if err := commands.Execute(commands.BuildInfo{GoVersion: "unknown", Version: "(devel)", Commit: "?", Date: ""}); err != nil {
		fmt.Fprintln(os.Stderr, "gcl:", err)
		os.Exit(exitcodes.Failure)
	}
}
