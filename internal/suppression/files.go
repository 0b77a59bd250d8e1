package suppression

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// Files are the comments of files, by the names that positions give. Each file is
// read once. Not safe for concurrent use.
type Files struct {
	// Read returns the bytes of a file.
	Read func(name string) ([]byte, error)
	// Dockerfiles tells, by name, which files are Dockerfiles.
	Dockerfiles map[string]bool
	// Configured are what the configuration file says.
	Configured []*Configured

	of map[string][]*Comment
}

// Of returns the comments of a file, by line; none where it cannot be read or is
// of a kind that has none.
func (fs *Files) Of(name string) []*Comment {
	list, known := fs.of[name]
	if known {
		return list
	}
	if fs.of == nil {
		fs.of = map[string][]*Comment{}
	}
	var read func(string, []byte) []*Comment
	switch ext := strings.ToLower(path.Ext(name)); {
	case fs.Dockerfiles[name]:
		read = dockerfile
	case ext == ".go":
		read = goSource
	case ext == ".yaml" || ext == ".yml" || ext == ".tpl":
		read = yaml
	case ext == ".json":
		read = annotations // JSON has no comments
	}
	if read != nil {
		if src, err := fs.Read(name); err == nil {
			list = read(name, src)
		}
	}
	fs.of[name] = list
	return list
}

// Apply silences the open findings for which there is a comment: their status
// becomes suppressed, and ClearedBy says where and why.
func (fs *Files) Apply(results []finding.Result) {
	for _, res := range results {
		f := res.Finding
		if f == nil || res.Rule == nil {
			continue
		}
		var by *finding.Related
		if f.Position.Line > 0 {
			if c := For(fs.Of(f.Position.File), res.Rule.Name, f.Position); c != nil {
				by = &finding.Related{Position: c.Position, Message: c.Reason}
			}
		}
		if by == nil {
			by = fs.configured(res.Rule.Name, f.Position)
		}
		if by == nil || f.Status != finding.Open {
			continue // what another artifact clears needs no comment, but may have one
		}
		f.Status, f.ClearedBy = finding.Suppressed, by
	}
}

// Configured silences rules in the files that it matches.
type Configured struct {
	// Position is where it stands in the configuration file.
	Position finding.Position
	Rules    []string
	// Matches tells of a file by the name that positions give it.
	Matches func(file string) bool
	Reason  string

	used map[string]bool // rules that it silenced
}

// configured is the first entry of the configuration for a finding, or nil.
func (fs *Files) configured(rule string, at finding.Position) *finding.Related {
	for _, c := range fs.Configured {
		if slices.Contains(c.Rules, rule) && c.Matches(at.File) {
			if c.used == nil {
				c.used = map[string]bool{}
			}
			c.used[rule] = true
			return &finding.Related{Position: c.Position, Message: c.Reason}
		}
	}
	return nil
}

// For returns the comment that silences a rule at a place, the closest of several,
// or nil.
func For(comments []*Comment, rule string, at finding.Position) *Comment {
	var best *Comment
	for _, c := range comments {
		if !c.Silences(rule) || !c.Covers(at) {
			continue
		}
		c.use(rule)
		if best == nil || c.To-c.From < best.To-best.From || c.To-c.From == best.To-best.From && c.Names(rule) && !best.Names(rule) {
			best = c
		}
	}
	return best
}

func (c *Comment) use(rule string) {
	if c.used == nil {
		c.used = map[string]bool{}
	}
	c.used[rule] = true
}

// covering are the names of the comment that are rules of cnready.
func (c *Comment) covering(known []string) []string {
	return slices.DeleteFunc(slices.Clone(c.Rules), func(r string) bool { return !slices.Contains(known, r) })
}
