package nfpm

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/source/sourcetest"
	"github.com/cnready/cnready/internal/tree"
)

// TestRead reads the archives of testdata and compares all that is read.
func TestRead(t *testing.T) {
	sourcetest.Run(t, func(trees ...*tree.Tree) *deploy.Manifests {
		return source.Read([]*source.Format{Files}, trees...)
	})
}
