// Cnready-vet is the vet tool alone: the rules on Go code, for go vet.
//
// Usage:
//
//	go vet -vettool=$(which cnready-vet) ./...
//
// It reports what cnready reports as a vet tool. The go command starts a vet tool
// once for each package, those of dependencies too, and this program holds no
// readers of images and manifests, so each start takes a third of the time.
package main

import (
	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/vetunit"
)

func main() { vetunit.Main(analyzers.All) }
