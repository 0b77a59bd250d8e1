package service

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxCommands bounds the commands that one script is followed for.
const maxCommands = 2000

// A script follows a shell script as far as it can be told which commands it
// runs, in which folder and with which words. What is not known of a word stands
// in it as a dollar sign. Both ways of a condition are taken.
type script struct {
	dir  string
	vars map[string]string
	// run is called for each command with its words and the variables that are
	// set for it.
	run  func(dir string, words []string, env map[string]string)
	left int
}

// follow reads a script; it does nothing where the script does not parse.
func follow(text, dir string, vars map[string]string, run func(dir string, words []string, env map[string]string)) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return
	}
	s := &script{dir: dir, vars: map[string]string{}, run: run, left: maxCommands}
	for k, v := range vars {
		s.vars[k] = v
	}
	s.statements(file.Stmts)
}

func (s *script) statements(list []*syntax.Stmt) {
	for _, st := range list {
		if st != nil {
			s.command(st.Cmd)
		}
	}
}

func (s *script) command(c syntax.Command) {
	if s.left--; s.left < 0 {
		return
	}
	switch c := c.(type) {
	case *syntax.CallExpr:
		s.call(c)
	case *syntax.BinaryCmd:
		s.statements([]*syntax.Stmt{c.X, c.Y})
	case *syntax.Block:
		s.statements(c.Stmts)
	case *syntax.Subshell:
		dir, vars := s.dir, s.vars
		s.vars = map[string]string{}
		for k, v := range vars {
			s.vars[k] = v
		}
		s.statements(c.Stmts)
		s.dir, s.vars = dir, vars
	case *syntax.IfClause:
		for ; c != nil; c = c.Else {
			s.statements(c.Cond)
			s.statements(c.Then)
		}
	case *syntax.CaseClause:
		for _, item := range c.Items {
			s.statements(item.Stmts)
		}
	case *syntax.WhileClause:
		s.statements(c.Cond)
		s.statements(c.Do)
	case *syntax.ForClause:
		s.loop(c)
	case *syntax.FuncDecl:
		if c.Body != nil {
			s.command(c.Body.Cmd)
		}
	case *syntax.DeclClause:
		for _, a := range c.Args {
			s.assign(a)
		}
	case *syntax.TimeClause:
		if c.Stmt != nil {
			s.command(c.Stmt.Cmd)
		}
	}
}

func (s *script) loop(c *syntax.ForClause) {
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		s.statements(c.Do)
		return
	}
	var items []string
	for _, w := range iter.Items {
		items = append(items, strings.Fields(s.text(w))...)
	}
	for _, item := range items {
		if strings.ContainsAny(item, "$*?[") {
			item = "$"
		}
		s.vars[iter.Name.Value] = item
		s.statements(c.Do)
	}
	delete(s.vars, iter.Name.Value)
}

func (s *script) assign(a *syntax.Assign) {
	if a.Name == nil || a.Append || a.Array != nil || a.Index != nil {
		return
	}
	if a.Value == nil {
		if !a.Naked {
			s.vars[a.Name.Value] = ""
		}
		return
	}
	s.vars[a.Name.Value] = s.text(a.Value)
}

func (s *script) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			s.assign(a)
		}
		return
	}
	var words []string
	for _, w := range c.Args {
		text := s.text(w)
		if len(w.Parts) == 1 {
			// A variable without quotes is several words where it has spaces.
			if _, bare := w.Parts[0].(*syntax.ParamExp); bare {
				words = append(words, strings.Fields(text)...)
				continue
			}
		}
		words = append(words, text)
	}
	env := s.vars
	if len(c.Assigns) > 0 {
		inner := &script{vars: map[string]string{}}
		for k, v := range s.vars {
			inner.vars[k] = v
		}
		for _, a := range c.Assigns {
			inner.assign(a)
		}
		env = inner.vars
	}
	if len(words) == 0 {
		return
	}
	if words[0] == "cd" || words[0] == "pushd" {
		if words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") }); len(words) > 1 {
			s.dir = joinDir(s.dir, words[1])
		}
		return
	}
	if text, ok := inlineScript(words); ok {
		dir := s.dir
		s.inline(text)
		s.dir = dir
		return
	}
	s.run(s.dir, words, env)
}

// inline follows the script of sh -c within another.
func (s *script) inline(text string) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err == nil {
		s.statements(file.Stmts)
	}
}

// shells are the programs that run a script given by -c.
var shells = []string{"sh", "bash", "ash", "dash", "zsh", "ksh"}

// inlineScript is the script of a command like sh -c "...".
func inlineScript(words []string) (string, bool) {
	if len(words) < 3 || !slices.Contains(shells, path.Base(words[0])) {
		return "", false
	}
	for i, w := range words[1 : len(words)-1] {
		if !strings.HasPrefix(w, "-") {
			return "", false
		}
		if !strings.HasPrefix(w, "--") && strings.HasSuffix(w, "c") {
			return words[i+2], true
		}
	}
	return "", false
}

// text is a shell word with known variables put in; what is not known stands as
// a dollar sign.
func (s *script) text(w *syntax.Word) string {
	var b strings.Builder
	s.write(&b, w.Parts)
	return b.String()
}

func (s *script) write(b *strings.Builder, parts []syntax.WordPart) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(p.Value))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			s.write(b, p.Parts)
		case *syntax.ParamExp:
			s.parameter(b, p)
		default:
			b.WriteByte('$')
		}
	}
}

func (s *script) parameter(b *strings.Builder, p *syntax.ParamExp) {
	v, ok := s.vars[p.Param.Value]
	switch {
	case p.Excl || p.Length || p.Index != nil || p.Slice != nil || p.Repl != nil:
		b.WriteByte('$')
	case ok && p.Exp == nil:
		b.WriteString(v)
	case p.Exp != nil && p.Exp.Word != nil && (p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.DefaultUnset):
		if v != "" {
			b.WriteString(v)
		} else {
			s.write(b, p.Exp.Word.Parts)
		}
	default:
		b.WriteByte('$')
	}
}

// unescape drops the backslashes of a literal: those before a line's end go with
// it.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if i++; text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
