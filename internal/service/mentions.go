package service

import (
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/tree"
)

// maxArtifact is the largest artifact that is searched for names, in bytes.
const maxArtifact = 1 << 20

// artifacts are endings of names of files by which services are built, configured
// and deployed. Code and documentation are none.
var artifacts = map[string]bool{
	".yaml": true, ".yml": true, ".tpl": true, ".json": true, ".toml": true, ".env": true, ".tf": true, ".tfvars": true, ".hcl": true, ".bicep": true,
	".sh": true, ".service": true, ".conf": true, ".cfg": true, ".ini": true, ".properties": true, ".j2": true, ".jsonnet": true, ".libsonnet": true,
	".cue": true, ".star": true, ".mk": true, ".xml": true, ".dockerfile": true,
}

// variableName matches words that are written as names of variables are.
var variableName = regexp.MustCompile(`[A-Z][A-Z0-9_]+`)

// namedInArtifacts makes a function that tells whether a name, written like an
// environment variable's, stands in any artifact of the tree, be it in a comment.
// The files are read when it is first asked.
func namedInArtifacts(t *tree.Tree) func(name string) bool {
	names := sync.OnceValue(func() map[string]bool {
		out := map[string]bool{}
		for _, f := range t.Files {
			base := strings.ToLower(path.Base(f.Path))
			if !artifacts[path.Ext(base)] && !strings.HasPrefix(base, ".env") && !strings.Contains(base, "dockerfile") &&
				!strings.Contains(base, "containerfile") && !strings.Contains(base, "makefile") && base != "procfile" && base != "tiltfile" {
				continue
			}
			data, err := t.Read(f.Path, maxArtifact)
			if err != nil {
				continue
			}
			for _, name := range variableName.FindAll(data, -1) {
				out[string(name)] = true
			}
		}
		return out
	})
	return func(name string) bool { return names()[name] }
}
