package compose

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// A merge is a list of compose files that something in the tree gives to Compose
// together.
type merge struct {
	dir   string // of the files; "" where it is not said
	names []string
}

// Bounds of the search for what gives files to Compose.
const (
	maxScripts    = 2000
	maxScriptSize = 256 << 10
)

var (
	fileFlag = lazyregexp.New(`(?:^|\s)(?:-f|--file|-c|--compose-file)[ =]?["']?([^\s"'\\;|&]+\.ya?ml)["']?`)
	fileList = lazyregexp.New(`\bCOMPOSE_FILE\s*[:=]\s*["']?([^\s"']+)`)
	called   = lazyregexp.New(`\b(?:docker[ -]compose|docker stack deploy|podman-compose|COMPOSE)\b`)
)

// mergesIn finds the calls of docker compose with several files, in scripts,
// documents and build files (Docker documentation, "Merge Compose files").
func mergesIn(t *tree.Tree) []merge {
	var list []merge
	seen := map[string]bool{}
	read := 0
	for _, f := range t.Files {
		if f.Size > maxScriptSize || !mayCall(f.Path) {
			continue
		}
		if read++; read > maxScripts {
			break
		}
		text, err := t.Read(f.Path, maxScriptSize)
		if err != nil {
			continue
		}
		if !bytes.Contains(text, []byte("compose")) && !bytes.Contains(text, []byte("stack deploy")) && !bytes.Contains(text, []byte("COMPOSE")) {
			continue
		}
		joined := strings.ReplaceAll(strings.ReplaceAll(string(text), "\\\r\n", " "), "\\\n", " ")
		for line := range strings.Lines(joined) {
			if strings.Count(line, ".yml")+strings.Count(line, ".yaml") < 2 {
				continue
			}
			for _, m := range mergesOf(line, path.Dir(f.Path)) {
				key := m.dir + "\x00" + strings.Join(m.names, "\x00")
				if !seen[key] {
					seen[key] = true
					list = append(list, m)
				}
			}
		}
	}
	return list
}

func mayCall(p string) bool {
	base := path.Base(p)
	switch path.Ext(base) {
	case ".sh", ".bash", ".md", ".mk", ".yml", ".yaml", ".rst", ".txt", ".ps1", ".toml":
		return true
	case ".json":
		return base == "package.json"
	}
	return base == ".env" || strings.HasPrefix(base, "Makefile") || base == "makefile" || base == "justfile" || base == "Justfile" ||
		strings.HasPrefix(base, "Taskfile") || base == "README"
}

// mergesOf are the merges of one line of a file in dir.
func mergesOf(line, dir string) []merge {
	var files []string
	if called.MatchString(line) {
		for _, m := range fileFlag.FindAllStringSubmatch(line, 16) {
			files = append(files, m[1])
		}
	}
	if m := fileList.FindStringSubmatch(line); m != nil && len(files) == 0 {
		files = strings.FieldsFunc(m[1], func(r rune) bool { return r == ':' || r == ';' })
	}
	if len(files) < 2 {
		return nil
	}
	var m merge
	for i, file := range files {
		if strings.ContainsAny(file, "$`{") {
			return nil
		}
		at := path.Dir(path.Clean(file))
		if i > 0 && at != path.Dir(path.Clean(files[0])) {
			return nil
		}
		if name := path.Base(file); !slices.Contains(m.names, name) {
			m.names = append(m.names, name)
		}
	}
	if at := path.Dir(path.Clean(files[0])); at != "." {
		m.dir = strings.TrimPrefix(path.Join(dir, at), "../")
		if strings.HasPrefix(at, "/") {
			m.dir = ""
		}
	}
	return []merge{m}
}
