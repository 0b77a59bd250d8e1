// Package fix applies the fixes of findings to files: text edits by line and
// column, in any kind of file. Two fixes that touch the same text are never both
// applied, a file that would not parse afterwards is left alone, and nothing is
// written but whole files within one directory.
package fix

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// A Proposal is one fix of one finding.
type Proposal struct {
	// Rule and Position are those of the finding.
	Rule     string
	Position finding.Position
	Fix      finding.Fix
}

// Left is a proposal that was not taken, and why.
type Left struct {
	Proposal
	Reason string
}

// A File is one file that fixes change.
type File struct {
	// Name is relative to the directory, with forward slashes.
	Name          string
	Before, After []byte
	mode          os.FileMode
}

// A Plan says what would be written.
type Plan struct {
	// Files that change, by name.
	Files []File
	// Taken are the proposals that make it up, by place.
	Taken []Proposal
	Left  []Left
}

// Make plans the fixes of a directory. Proposals are looked at by place; one that
// touches what an earlier one changes is left, as is one that changes a file that
// must not be changed. Where two want the very same edit, an import for instance,
// it is made once. A proposal is taken whole or not at all.
func Make(root *os.Root, proposals []Proposal) *Plan {
	proposals = slices.Clone(proposals)
	slices.SortStableFunc(proposals, func(a, b Proposal) int {
		return cmp.Or(a.Position.Compare(b.Position), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Fix.Message, b.Fix.Message))
	})
	proposals = slices.CompactFunc(proposals, func(a, b Proposal) bool {
		return a.Rule == b.Rule && a.Position == b.Position && a.Fix.Message == b.Fix.Message && slices.Equal(a.Fix.Edits, b.Fix.Edits)
	})
	p := &Plan{}
	originals := map[string]*original{}
	refused := map[int]string{} // by proposal
	for {
		texts := map[string]*text{}
		var taken []int
		for i, prop := range proposals {
			if refused[i] != "" {
				continue
			}
			if reason := take(root, originals, texts, i, prop.Fix); reason != "" {
				refused[i] = reason
			} else {
				taken = append(taken, i)
			}
		}
		files, bad, reason := result(texts)
		if bad != nil {
			// Whoever had a part in it goes, and all begins anew without them.
			for _, i := range bad.by {
				refused[i] = fmt.Sprintf("%s %s", bad.name, reason)
			}
			continue
		}
		p.Files = files
		for _, i := range taken {
			p.Taken = append(p.Taken, proposals[i])
		}
		break
	}
	for i, prop := range proposals {
		if refused[i] != "" {
			p.Left = append(p.Left, Left{prop, refused[i]})
		}
	}
	return p
}

// take adds the edits of a fix to the texts, or says why it cannot.
func take(root *os.Root, originals map[string]*original, texts map[string]*text, by int, fix finding.Fix) (reason string) {
	if len(fix.Edits) == 0 {
		return "it has no edits"
	}
	own := map[string][]edit{}
	var names []string
	for _, e := range fix.Edits {
		name := e.Position.File
		o := originals[name]
		if o == nil {
			o = open(root, name)
			originals[name] = o
		}
		if o.refused != "" {
			return name + " " + o.refused
		}
		te, ok := o.edit(e)
		if !ok {
			return name + " has no such place: was it changed meanwhile?"
		}
		te.by = by
		if own[name] == nil {
			names = append(names, name)
		}
		own[name] = append(own[name], te)
	}
	for _, name := range names {
		slices.SortStableFunc(own[name], compareEdits)
		for i, e := range own[name] {
			if i > 0 && e.start < own[name][i-1].end {
				return "its own edits overlap"
			}
		}
		if t := texts[name]; t != nil && slices.ContainsFunc(own[name], t.conflicts) {
			return "it touches what another fix changes: run cnready fix again"
		}
	}
	for _, name := range names {
		t := texts[name]
		if t == nil {
			t = &text{name: name, original: originals[name]}
			texts[name] = t
		}
		t.add(own[name], by)
	}
	return ""
}

// result makes the files of the texts, or names the first that must not be
// written.
func result(texts map[string]*text) (files []File, bad *text, reason string) {
	names := make([]string, 0, len(texts))
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t := texts[name]
		after, err := t.after()
		if err != nil {
			return nil, t, err.Error()
		}
		if string(after) != string(t.original.data) {
			files = append(files, File{Name: name, Before: t.original.data, After: after, mode: t.original.mode})
		}
	}
	return files, nil, ""
}
