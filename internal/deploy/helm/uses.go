package helm

import (
	"slices"
	"strings"
	"text/template/parse"
)

// uses are what a template asks of its values, and where. It is read off the
// template's own text, so it holds for every rendering.
type uses struct {
	entries []use
}

// A use is one action with the values that it asks for.
type use struct {
	line, end int
	// paths are those of the values: image, tag.
	paths [][]string
	// block is true of if, with and range; keys are then the fields that the
	// block writes, with how deep they are indented.
	block bool
	keys  []field
}

type field struct {
	name   string
	indent int
}

// scope is what the names of a template stand for, as far as they are values.
type scope struct {
	dot  []string // of the values; nil where it is not known or the root
	vars map[string][]string
	// conditions are those of the blocks around.
	conditions [][]string
}

const maxUses = 20_000

func (u *uses) walk(s *source, list *parse.ListNode) {
	u.list(s, list, scope{vars: map[string][]string{}}, 0)
	if u.entries == nil {
		u.entries = []use{}
	}
}

func (u *uses) list(s *source, list *parse.ListNode, in scope, depth int) {
	if list == nil || depth > maxBlocks {
		return
	}
	for _, n := range list.Nodes {
		if len(u.entries) > maxUses {
			return
		}
		switch n := n.(type) {
		case *parse.ActionNode:
			paths := u.pipe(n.Pipe, in)
			u.assign(n.Pipe, in, paths)
			u.add(use{line: s.lineOf(int(n.Pos)), paths: paths})
		case *parse.TemplateNode:
			if n.Pipe != nil {
				u.add(use{line: s.lineOf(int(n.Pos)), paths: u.pipe(n.Pipe, in)})
			}
		case *parse.IfNode:
			u.branch(s, &n.BranchNode, in, depth, nil)
		case *parse.WithNode:
			u.branch(s, &n.BranchNode, in, depth, u.single(n.Pipe, in))
		case *parse.RangeNode:
			u.branch(s, &n.BranchNode, in, depth, u.single(n.Pipe, in))
		}
	}
}

func (u *uses) add(e use) {
	if len(e.paths) > 0 {
		u.entries = append(u.entries, e)
	}
}

func (u *uses) branch(s *source, b *parse.BranchNode, in scope, depth int, dot []string) {
	paths := u.pipe(b.Pipe, in)
	inner := in
	inner.conditions = append(slices.Clone(in.conditions), paths...)
	u.add(use{line: s.lineOf(int(b.Pos)), end: s.lineOf(s.lastOffset(b.List, b.ElseList)), paths: paths, block: true, keys: s.fieldsOf(b.List)})
	within := inner
	if dot != nil {
		within.dot = dot
	}
	u.assign(b.Pipe, in, paths)
	u.list(s, b.List, within, depth+1)
	u.list(s, b.ElseList, inner, depth+1)
}

// single is the one path that a pipe is, so that the dot stands for it.
func (u *uses) single(p *parse.PipeNode, in scope) []string {
	if paths := u.pipe(p, in); len(paths) == 1 {
		return paths[0]
	}
	return nil
}

func (u *uses) assign(p *parse.PipeNode, in scope, paths [][]string) {
	if p != nil && len(p.Decl) == 1 && len(paths) == 1 {
		in.vars[p.Decl[0].Ident[0]] = paths[0]
	}
}

// pipe lists the values that a pipe asks for.
func (u *uses) pipe(p *parse.PipeNode, in scope) [][]string {
	var paths [][]string
	var node func(n parse.Node, depth int)
	add := func(path []string) {
		if len(path) > 0 && len(paths) < 8 && !slices.ContainsFunc(paths, func(have []string) bool { return slices.Equal(have, path) }) {
			paths = append(paths, slices.Clone(path))
		}
	}
	node = func(n parse.Node, depth int) {
		if depth > maxBlocks {
			return
		}
		switch n := n.(type) {
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				node(c, depth+1)
			}
		case *parse.CommandNode:
			for _, a := range n.Args {
				node(a, depth+1)
			}
		case *parse.FieldNode:
			switch {
			case n.Ident[0] == "Values":
				add(n.Ident[1:])
			case in.dot != nil:
				add(append(slices.Clone(in.dot), n.Ident...))
			}
		case *parse.VariableNode:
			if n.Ident[0] == "$" {
				if len(n.Ident) > 1 && n.Ident[1] == "Values" {
					add(n.Ident[2:])
				}
			} else if base := in.vars[n.Ident[0]]; base != nil {
				add(append(slices.Clone(base), n.Ident[1:]...))
			}
		case *parse.DotNode:
			add(in.dot)
		case *parse.ChainNode:
			node(n.Node, depth+1)
		}
	}
	if p != nil {
		node(p, 0)
	}
	return paths
}

func (s *source) lineOf(offset int) int { return s.position(offset).Line }

// lastOffset is where the last piece of a block begins.
func (s *source) lastOffset(lists ...*parse.ListNode) int {
	last := 0
	for _, list := range lists {
		for depth := 0; list != nil && len(list.Nodes) > 0 && depth < maxBlocks; depth++ {
			n := list.Nodes[len(list.Nodes)-1]
			last = max(last, int(n.Position()))
			if t, ok := n.(*parse.TextNode); ok {
				last = max(last, int(t.Pos)+len(t.Text)-1)
			}
			switch n := n.(type) {
			case *parse.IfNode:
				list = n.List
			case *parse.WithNode:
				list = n.List
			case *parse.RangeNode:
				list = n.List
			default:
				list = nil
			}
		}
	}
	return last
}

// fieldsOf are the fields that a block's own text writes.
func (s *source) fieldsOf(list *parse.ListNode) []field {
	var fields []field
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		t, ok := n.(*parse.TextNode)
		if !ok {
			continue
		}
		for line := range strings.Lines(string(t.Text)) {
			name, indent := fieldOf(line)
			if name != "" && len(fields) < 64 {
				fields = append(fields, field{name, indent})
			}
		}
	}
	return fields
}

// fieldOf is the field that a line of a manifest starts with.
func fieldOf(line string) (name string, indent int) {
	text := strings.TrimLeft(line, " ")
	indent = len(line) - len(text)
	for strings.HasPrefix(text, "- ") {
		text, indent = text[2:], indent+2
	}
	name, _, found := strings.Cut(strings.TrimRight(text, " \r\n"), ":")
	if !found || name == "" || strings.ContainsAny(name, " {}#\"'") {
		return "", 0
	}
	return name, indent
}
