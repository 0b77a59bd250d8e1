package hyperv

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
		return source.Read([]*source.Format{Scripts}, trees...)
	})
}

// FuzzScan holds that no script makes the scan fail, and that words lie in it.
func FuzzScan(f *testing.F) {
	f.Add("New-VM -Name \"a`\"b\" `\n -NoVHD # c\n<# x #> $v = @\"\nx\n\"@\n")
	f.Add("@'\n`'\"(")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range scan(text) {
			for _, w := range c.words {
				if w.start < 0 || w.end > len(text) || w.start >= w.end {
					t.Fatalf("word %+v of a text of %d bytes", w, len(text))
				}
			}
		}
		file := &source.File{Path: "a.ps1", Name: "a.ps1", Dir: ".", Text: []byte(text)}
		Scripts.Read(file, &deploy.Manifests{})
	})
}
