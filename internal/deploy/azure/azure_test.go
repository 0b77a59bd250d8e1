package azure

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/source/sourcetest"
	"github.com/cnready/cnready/internal/tree"
)

// TestRead reads the archives of testdata and compares all that is read.
func TestRead(t *testing.T) {
	sourcetest.Run(t, func(trees ...*tree.Tree) *deploy.Manifests {
		return source.Read([]*source.Format{Templates, BicepFiles, Files}, trees...)
	})
}

// FuzzBicep reads any bytes: nothing may crash or go on for ever, and places lie in
// the text.
func FuzzBicep(f *testing.F) {
	f.Add([]byte("resource a 'Microsoft.App/containerApps@2023-05-01' = if (b) { // c\n  name: 'd${e('f')}'\n  g: [ for h in i: { j: k } ]\n}\n"))
	f.Add([]byte("module a 'b' = [for c in d: {\n  e: '''\nf\n'''\n  g: json('0.5')\n  resource h 'i' = {}\n}]\n/* j"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<14 {
			return
		}
		file := &source.File{Path: "a.bicep", Name: "a.bicep", Text: text}
		out := &deploy.Manifests{}
		readBicep(file, out)
		n := strings.Count(string(text), "\n") + 1
		for _, p := range out.Platforms {
			if p.Position.Line < 1 || p.Position.EndLine > n {
				t.Fatalf("%s at %v of %d lines", p.ID, p.Position, n)
			}
		}
	})
}

// TestDeep has what is nested deeper than anybody writes.
func TestDeep(t *testing.T) {
	for _, text := range []string{
		"resource a 'b' = " + strings.Repeat("{a:", 20_000),
		"resource a 'b' = {a: " + strings.Repeat("[", 20_000),
		"resource a 'b' = {a: f" + strings.Repeat("(", 20_000),
		strings.Repeat("resource a 'b' = {\n", 20_000),
	} {
		readBicep(&source.File{Path: "a.bicep", Name: "a.bicep", Text: []byte(text)}, &deploy.Manifests{})
	}
}
