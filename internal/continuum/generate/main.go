// Generate writes the page of the platforms.
//
//	go run ./internal/continuum/generate docs/platforms.md
package main

import (
	"fmt"
	"os"

	"github.com/cnready/cnready/internal/continuum"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], []byte(continuum.Page()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
