package vsphere

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
		return source.Read([]*source.Format{OVF, VMX}, trees...)
	})
}

// FuzzRead holds that no envelope and no configuration makes the readers fail.
func FuzzRead(f *testing.F) {
	f.Add("<Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\"><VirtualSystem id=\"a\"><VirtualSystemType> vmx-1 <")
	f.Add("virtualHW.version = \ndisplayName=\"\"\n=")
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []*source.Format{OVF, VMX} {
			file := &source.File{Path: "a", Name: "a", Dir: ".", Text: []byte(text)}
			out := &deploy.Manifests{}
			format.Read(file, out)
			for _, p := range out.Platforms {
				if p.Position.Line < 1 {
					t.Errorf("the place of %s is %v", p.Name, p.Position)
				}
			}
		}
	})
}
