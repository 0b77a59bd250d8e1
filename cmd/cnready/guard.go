package main

import (
	"os"
	"os/exec"
	"slices"
)

// guardCommand is how the go command calls cnready in place of compilers while
// it lists packages.
const guardCommand = "toolexec-guard"

// versionQueries are the arguments with which the go command asks a tool who it
// is; cached export data is found by the answers.
var versionQueries = []string{"-V=full", "-###", "--version"}

// guard runs a build tool if it is only asked for its version, and fails it
// otherwise. Export data that the build cache has is listed that way, and
// nothing is compiled.
func guard(command []string) int {
	if len(command) == 0 || !slices.ContainsFunc(command[1:], func(a string) bool { return slices.Contains(versionQueries, a) }) {
		return 1
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if cmd.Run() != nil {
		return 1
	}
	return 0
}
