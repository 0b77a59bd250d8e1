package image

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// FileKind is what stands at a path of an image.
type FileKind uint8

// The kinds. FileUnknown is something of which only its presence is known.
const (
	FileUnknown FileKind = iota
	FileRegular
	FileDir
	FileLink
)

// A File is what is known of one path of an image. It is meaningful where its
// Has is Yes.
type File struct {
	Fact
	Path string
	Kind FileKind
	// Target is a symbolic link's, as written.
	Target string
	// Mode are the permission bits, with 01000 for the sticky bit, where ModeKnown.
	Mode      uint32
	ModeKnown bool
	// User and Group own it, by number or name; "" where that is not known.
	User, Group string
	// Source is the file or folder of the tree that was copied here, relative to
	// the tree; "" for anything else. A folder may hold more than that.
	Source string
	// Text is the content that the Dockerfile itself writes, by a here document.
	Text string
	// Binary is the Go program that this file is, or nil.
	Binary *Binary
	// Package is the package of the distribution that brought it, or "".
	Package string
}

// A layering is what the steps of a stage did to its file system, in order,
// above what the base image has. Questions are answered from the last step
// down, so that nothing is ever listed.
type layering struct {
	base   *base
	events []event
	links  map[string]bool // paths at which some step may have put a link
}

type eventKind uint8

const (
	eventPut    eventKind = iota // a path is there
	eventRemove                  // a path and all below it is gone
	eventTree                    // a folder's contents are there, laid over what was
	eventTaint                   // anything may have been added in some places
	eventPerm                    // owner or mode was changed
)

type event struct {
	kind  eventKind
	maybe bool // nobody can tell whether it happened
	below bool // eventRemove, eventPerm: of what lies below the path alone
	path  string
	file  File   // eventPut
	tree  holder // eventTree
	taint *taint // eventTaint
	perm  *perm  // eventPerm
	at    finding.Position
	why   string
}

// A holder answers for the contents of a folder; rel is relative to it, "." for
// the folder itself.
type holder interface {
	stat(rel string, depth int) File
	// names are the paths that are known one by one, relative to the folder.
	names() []string
}

// A taint is a step of which nobody knows what it adds.
type taint struct {
	// under are the folders in which it may add; nil means anywhere.
	under []string
	// not are folders in which it adds nothing.
	not []string
}

func (t *taint) touches(p string) bool {
	if slices.ContainsFunc(t.not, func(d string) bool { _, ok := cutDir(p, d); return ok }) {
		return false
	}
	if t.under == nil {
		return true
	}
	return slices.ContainsFunc(t.under, func(d string) bool { _, ok := cutDir(p, d); return ok })
}

// A perm is a change of owner or mode.
type perm struct {
	recursive   bool
	mode        uint32
	hasMode     bool
	modeUnknown bool
	add, drop   uint32 // of a symbolic mode: u+x
	user, group string
	userSet     bool // owner is changed; "" then means that it is not known to whom
	groupSet    bool
}

// Bounds of one stage's model.
const (
	maxEvents = 20_000
	maxHops   = 40 // of symbolic links, as Linux has it
	maxDepth  = 60 // of stages that copy from stages
	maxNames  = 5000
)

func (l *layering) add(e event) {
	if len(l.events) >= maxEvents {
		if len(l.events) == maxEvents {
			l.events = append(l.events, event{kind: eventTaint, taint: &taint{}, at: e.at, why: "there are too many steps to follow"})
		}
		return
	}
	e.path = path.Clean(e.path)
	if e.kind == eventPut && e.file.Kind == FileLink {
		l.links[e.path] = true
	}
	l.events = append(l.events, e)
}

// clone is a copy to which steps can be added.
func (l *layering) clone() *layering {
	links := map[string]bool{}
	for p := range l.links {
		links[p] = true
	}
	return &layering{base: l.base, events: slices.Clone(l.events), links: links}
}

// resolve follows the symbolic links in a path.
func (l *layering) resolve(p string, depth int) string {
	p = path.Clean(p)
	if len(l.links) == 0 && len(l.base.links) == 0 {
		return p
	}
	for range maxHops {
		next, changed := l.hop(p, depth)
		if !changed {
			return p
		}
		p = next
	}
	return p
}

// hop replaces the first link of a path.
func (l *layering) hop(p string, depth int) (string, bool) {
	for i := 1; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' {
			continue
		}
		prefix := p[:i]
		var target string
		switch {
		case l.links[prefix]:
			f := l.raw(prefix, depth)
			if f.Has != Yes || f.Kind != FileLink || f.Target == "" {
				continue
			}
			target = f.Target
		case l.base.links[prefix] != "":
			target = l.base.links[prefix]
		default:
			continue
		}
		to := path.Join(joinDir(path.Dir(prefix), target), p[i:])
		if to == p {
			return p, false
		}
		return to, true
	}
	return p, false
}

// stat tells what stands at a path, links followed.
func (l *layering) stat(p string, depth int) File {
	if depth > maxDepth {
		return File{Fact: unclear(finding.Position{}, "copies are too deeply nested to be followed"), Path: p}
	}
	f := l.raw(l.resolve(joinDir("/", p), depth), depth)
	f.Path = joinDir("/", p)
	return f
}

// raw tells what stands at a path in which no link is to be followed.
func (l *layering) raw(p string, depth int) File {
	if depth > maxDepth {
		return File{Fact: unclear(finding.Position{}, "copies are too deeply nested to be followed"), Path: p}
	}
	var open Fact     // it may have been added
	var removed *Fact // it may have been removed
	var perms []*event
	finish := func(f File) File {
		f.Path = p
		switch {
		case f.Has == Yes && removed != nil:
			f.Fact = *removed
		case f.Has == No && open.Why != "":
			f.Fact = open
		case f.Has == Unknown && f.Why == "" && open.Why != "":
			f.Fact = open
		}
		for _, e := range slices.Backward(perms) {
			e.perm.apply(&f)
		}
		return f
	}
	for i := len(l.events) - 1; i >= 0; i-- {
		e := &l.events[i]
		switch e.kind {
		case eventPut:
			_, below := cutDir(e.path, p)
			switch {
			case e.path == p && !e.maybe:
				return finish(withFact(e.file, present(e.at, e.why)))
			case below && !e.maybe:
				// A folder that holds it.
				return finish(l.dirAbove(p, e, i, depth))
			case below && open.Why == "":
				open = unclear(e.at, e.why)
			}
		case eventRemove:
			if covers(e.path, p) && !(e.below && e.path == p) {
				if e.maybe {
					f := unclear(e.at, e.why)
					removed = &f
					continue
				}
				return finish(File{Fact: absent(e.at, e.why)})
			}
		case eventTree:
			f, ok := e.lookup(p, depth)
			switch {
			case !ok || f.Has == No:
			case f.Has == Yes && !e.maybe:
				return finish(f)
			case open.Why == "":
				open = unclear(e.at, f.Why)
				if f.Has == Yes {
					open.Why = e.why
				}
			}
		case eventTaint:
			if e.taint.touches(p) && open.Why == "" {
				open = unclear(e.at, e.why)
			}
		case eventPerm:
			if e.path == p && !e.below || e.path != p && e.perm.recursive && covers(e.path, p) {
				perms = append(perms, e)
			}
		}
	}
	return finish(l.base.stat(p))
}

func covers(dir, p string) bool {
	_, ok := cutDir(p, dir)
	return ok
}

func withFact(f File, fact Fact) File {
	f.Fact = fact
	return f
}

// dirAbove is a folder that is there because a step put something below it: what
// earlier steps say of it, or one that the step itself made.
func (l *layering) dirAbove(p string, e *event, i, depth int) File {
	lower := layering{base: l.base, events: l.events[:i], links: l.links}
	if f := lower.raw(p, depth+1); f.Has == Yes {
		return f
	}
	return File{Fact: present(e.at, e.why), Kind: FileDir, Mode: 0o755, ModeKnown: true, User: "0", Group: "0"}
}

// lookup is what a tree says of a path.
func (e *event) lookup(p string, depth int) (File, bool) {
	rel, ok := cutDir(p, e.path)
	if !ok {
		if covers(p, e.path) {
			return File{Fact: present(e.at, e.why), Kind: FileDir, Mode: 0o755, ModeKnown: true, User: "0", Group: "0"}, true
		}
		return File{}, false
	}
	f := e.tree.stat(rel, depth+1)
	if f.Has == Yes {
		f.Fact = present(e.at, e.why)
		if f.Kind == FileDir && rel == "." && e.path == "/" {
			f.Source = ""
		}
	} else if f.Has == Unknown {
		if f.Why == "" {
			f.Why = e.why
		}
		f.At = e.at
	}
	if e.perm != nil {
		e.perm.apply(&f)
	}
	return f, true
}

func (m *perm) apply(f *File) {
	if m.userSet {
		f.User = m.user
	}
	if m.groupSet {
		f.Group = m.group
	}
	switch {
	case m.modeUnknown:
		f.ModeKnown = false
	case m.hasMode:
		f.Mode, f.ModeKnown = m.mode, true
	case m.add != 0 || m.drop != 0:
		f.Mode = f.Mode&^m.drop | m.add
	}
}

// known lists the paths that are known one by one, by the steps that put them.
func (l *layering) known() []string {
	seen := map[string]bool{}
	var out []string
	add := func(p string) {
		if !seen[p] && len(out) < maxNames {
			seen[p] = true
			out = append(out, p)
		}
	}
	for i := range l.events {
		e := &l.events[i]
		switch e.kind {
		case eventPut:
			add(e.path)
		case eventTree:
			for _, n := range e.tree.names() {
				add(path.Join(e.path, n))
			}
		}
	}
	return out
}

// A subtree is a folder of another stage's file system.
type subtree struct {
	of  *layering
	dir string
}

func (s subtree) stat(rel string, depth int) File {
	f := s.of.stat(path.Join(s.dir, rel), depth)
	return f
}

func (s subtree) names() []string {
	var out []string
	for _, p := range s.of.known() {
		if rel, ok := cutDir(p, s.dir); ok && rel != "." {
			out = append(out, rel)
		}
	}
	return out
}

// A contextTree is a folder of the build context.
type contextTree struct {
	context *Context
	dir     string   // relative to the context
	exclude []string // patterns of --exclude, relative to the context or the folder
}

func (c contextTree) stat(rel string, _ int) File {
	p := path.Join(c.dir, rel)
	for _, pattern := range c.exclude {
		if excludes(pattern, rel) || excludes(pattern, p) {
			return File{Fact: absent(finding.Position{}, "--exclude="+pattern+" leaves it out")}
		}
	}
	source := path.Join(c.context.Dir, p)
	f := File{Source: source, Mode: 0o644, User: "0", Group: "0"}
	kind := c.context.at(p)
	switch {
	case c.context.opaque:
		f.Fact = unclear(finding.Position{}, "the ignore file of the build context could not be read")
	case kind == contextFile:
		f.Fact, f.Kind = present(finding.Position{}, ""), FileRegular
	case kind == contextDir:
		f.Fact, f.Kind, f.Mode, f.ModeKnown = present(finding.Position{}, ""), FileDir, 0o755, true
	case kind == contextMaybe:
		f.Fact = unclear(finding.Position{}, source+" is not in the repository, but git would ignore it: something may make it before the build")
	case kind == contextIgnored:
		f.Fact = absent(finding.Position{}, c.context.IgnoreFile+" leaves it out of the build context")
	default:
		f.Fact = absent(finding.Position{}, "the repository has no "+source)
	}
	return f
}

func (c contextTree) names() []string { return nil }

// excludes tells whether a pattern of --exclude leaves a path out, or a folder
// above it.
func excludes(pattern, p string) bool {
	pattern = strings.TrimPrefix(strings.TrimSuffix(pattern, "/"), "/")
	for ; p != "." && p != "/" && p != ""; p = path.Dir(p) {
		if match(pattern, p) || strings.HasPrefix(pattern, "**/") && match(pattern[3:], path.Base(p)) {
			return true
		}
	}
	return false
}

// An opaque is a folder of which nothing is known: one of another image.
type opaque struct{ why string }

func (o opaque) stat(rel string, _ int) File {
	if rel == "." {
		return File{Fact: present(finding.Position{}, o.why)}
	}
	return File{Fact: unclear(finding.Position{}, o.why)}
}

func (o opaque) names() []string { return nil }
