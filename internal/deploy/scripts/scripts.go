// Package scripts says which platforms compose files are for where only the commands of
// scripts tell: the container hosts of vSphere Integrated Containers have no manifests
// of their own, and neither has containerd.
//
// Sources: vSphere Integrated Containers documentation, "Building and Deploying
// Multi-Container Applications to a Virtual Container Host"; nerdctl, docs/compose.md.
package scripts

import (
	"bytes"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of what is looked into.
const (
	maxFile  = 1 << 20
	maxFiles = 2000
)

// marks are the commands by which platforms are told.
var marks = []struct {
	id      deploy.PlatformID
	needs   string // what the file must have at all
	pattern *lazyregexp.Regexp
}{
	{deploy.OnVIC, "vic-machine", lazyregexp.New(`(?m)^[^\n]*\b(?:docker-compose|docker compose)\s+[^\n]*(?:-H|--host)[ =][^\n]*$`)},
	{deploy.OnVIC, "", lazyregexp.New(`(?m)^[^\n]*\b(?:docker-compose|docker compose)\s+[^\n]*(?:-H|--host)[ =]"?\$\{?VCH[^\n]*$`)},
	{deploy.OnContainerd, "nerdctl", lazyregexp.New(`(?m)^[^#\n]*\bnerdctl\s+(?:-\S+\s+)*compose\s+[^\n]*\bup\b[^\n]*$`)},
}

// Declare adds the platforms that scripts of the trees name to the compose services in
// their folders.
func Declare(m *deploy.Manifests, trees ...*tree.Tree) {
	byDir := map[string][]*deploy.Workload{}
	for _, w := range m.Workloads {
		if w.Platform == deploy.Compose {
			byDir[w.Dir] = append(byDir[w.Dir], w)
		}
	}
	if len(byDir) == 0 {
		return
	}
	for _, t := range trees {
		looked := 0
		for _, f := range t.Files {
			if !script(f.Path) || f.Size > maxFile || tree.IsExample(f.Path) {
				continue
			}
			if looked++; looked > maxFiles {
				break
			}
			services := byDir[path.Dir(t.Name(f.Path))]
			if len(services) == 0 {
				continue
			}
			if text, err := t.Read(f.Path, maxFile); err == nil {
				declare(m, services, t.Name(f.Path), text)
			}
		}
	}
}

// script tells of files that hold commands: shell scripts and makefiles.
func script(p string) bool {
	base := path.Base(p)
	return path.Ext(base) == ".sh" || path.Ext(base) == ".bash" || base == "Makefile" || path.Ext(base) == ".mk" || base == "Taskfile.yml" || base == "justfile"
}

func declare(m *deploy.Manifests, services []*deploy.Workload, file string, text []byte) {
	done := map[deploy.PlatformID]bool{}
	for _, mark := range marks {
		if done[mark.id] || !bytes.Contains(text, []byte(mark.needs)) {
			continue
		}
		found := mark.pattern.FindStringIndex(string(text))
		if found == nil {
			continue
		}
		line := string(text[found[0]:found[1]])
		done[mark.id] = true
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		number := 1 + bytes.Count(text[:found[0]], []byte("\n"))
		at := finding.Position{File: file, Line: number, Column: indent + 1, EndLine: number, EndColumn: len(line) + 1}
		for _, w := range services {
			m.Platforms = append(m.Platforms, &deploy.Platform{ID: mark.id, Object: w.Object(), Format: "script", Workload: w, Evidence: at})
		}
	}
}
