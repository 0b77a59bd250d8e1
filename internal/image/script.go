package image

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Bounds of one shell script.
const (
	maxCommands = 2000
	maxScript   = 1 << 20 // bytes
	maxCalls    = 20      // functions and inline scripts within each other
)

// A Call is one command that a shell script runs.
type Call struct {
	// Dir is the folder in which it runs.
	Dir string
	// Words are the command and its arguments, as the shell would pass them. A
	// dollar sign stands for what cannot be told of a word.
	Words []string
	// Env are the shell's variables in force, with those that stand in front of
	// the command.
	Env map[string]string
	// Maybe is true where nobody can tell whether the command is run: it stands
	// behind a condition.
	Maybe bool
	// Output is the file that its standard output goes to, "" for none; Append
	// is true where it is added to, Input is the text of a here document.
	Output string
	Append bool
	Input  string
	// Line is the line of the script, from 1.
	Line int
	// stdin is true where it reads what another command writes.
	stdin bool
}

// WalkScript follows a shell script as far as it can be told which commands it
// runs, in which folder and with which words, and calls run for each. Both ways
// of a condition are taken; loops over known words are run through. It returns
// false where the script does not parse or has more than can be followed.
func WalkScript(text, dir string, vars map[string]string, run func(Call)) bool {
	if len(text) > maxScript {
		return false
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return false
	}
	left := maxCommands
	w := &walker{dir: dir, vars: map[string]string{}, funcs: map[string]*syntax.Stmt{}, run: run, left: &left}
	maps.Copy(w.vars, vars)
	w.statements(file.Stmts, false)
	return left >= 0
}

type walker struct {
	dir   string
	vars  map[string]string
	funcs map[string]*syntax.Stmt
	run   func(Call)
	left  *int
	depth int
	maybe bool
	stdin bool
	args  []string // $1, $2, ... of a function; nil outside
	line  int      // added to lines of inline scripts
}

// tests are commands that look at something and change nothing.
var tests = []string{"[", "[[", "test", "grep", "egrep", "fgrep", "command", "which", "type", "id", "getent", "hash", "false", "ls", "stat", "cmp", "diff"}

// accountTools add users and groups.
var accountTools = []string{"adduser", "addgroup", "useradd", "groupadd"}

// statements follows a list. conditional is true for a condition's own commands.
func (w *walker) statements(list []*syntax.Stmt, conditional bool) {
	for _, st := range list {
		if st != nil {
			w.statement(st, conditional)
		}
	}
}

func (w *walker) statement(st *syntax.Stmt, conditional bool) {
	if *w.left--; *w.left < 0 {
		return
	}
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		w.call(st, c)
	case *syntax.BinaryCmd:
		w.binary(c, conditional)
	case *syntax.Block:
		w.redirected(st, func() { w.statements(c.Stmts, conditional) })
	case *syntax.Subshell:
		dir, vars := w.dir, maps.Clone(w.vars)
		w.redirected(st, func() { w.statements(c.Stmts, conditional) })
		w.dir, w.vars = dir, vars
	case *syntax.IfClause:
		w.choice(c)
	case *syntax.CaseClause:
		w.cases(c)
	case *syntax.WhileClause:
		w.statements(c.Cond, true)
		w.unsure(func() { w.statements(c.Do, false) })
	case *syntax.ForClause:
		w.loop(c)
	case *syntax.FuncDecl:
		if c.Name != nil && c.Body != nil && len(w.funcs) < maxCommands {
			w.funcs[c.Name.Value] = c.Body
		}
	case *syntax.DeclClause:
		for _, a := range c.Args {
			w.assign(a)
		}
	case *syntax.TimeClause:
		if c.Stmt != nil {
			w.statement(c.Stmt, conditional)
		}
	case nil:
		w.redirected(st, func() {}) // "> file"
	}
}

// unsure follows what may not be run; variables that it sets are not known
// afterwards unless they are what they were.
func (w *walker) unsure(f func()) {
	maybe, before, dir, args := w.maybe, maps.Clone(w.vars), w.dir, slices.Clone(w.args)
	w.maybe = true
	f()
	w.maybe, w.dir = maybe, dir
	if w.args != nil && !slices.Equal(args, w.args) {
		w.args = []string{"$"}
	}
	for k, v := range w.vars {
		if old, ok := before[k]; !ok || old != v {
			w.vars[k] = "$"
		}
	}
}

func (w *walker) binary(c *syntax.BinaryCmd, conditional bool) {
	switch c.Op {
	case syntax.AndStmt:
		w.statement(c.X, conditional)
		if name := firstWord(c.X); slices.Contains(tests, name) || c.X.Negated {
			switch result, known := w.test(c.X); {
			case known && result:
				w.statement(c.Y, conditional)
			case known:
			default:
				w.unsure(func() { w.statement(c.Y, conditional) })
			}
			return
		}
		w.statement(c.Y, conditional)
	case syntax.OrStmt:
		first, second := firstWord(c.X), firstWord(c.Y)
		switch {
		case (first == "getent" || first == "id" || first == "grep") && slices.Contains(accountTools, second):
			// Afterwards the user is there either way.
			w.statement(c.Y, conditional)
			return
		case slices.Contains(tests, first):
			w.statement(c.X, true)
		case second == "exit" || second == "false" || second == "return":
			w.statement(c.X, conditional)
			return
		default:
			w.unsure(func() { w.statement(c.X, true) })
		}
		w.unsure(func() { w.statement(c.Y, true) })
	default: // pipes
		w.statement(c.X, conditional)
		stdin := w.stdin
		w.stdin = true
		w.statement(c.Y, conditional)
		w.stdin = stdin
	}
}

func firstWord(st *syntax.Stmt) string {
	if st == nil {
		return ""
	}
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		if len(c.Args) > 0 {
			return c.Args[0].Lit()
		}
	case *syntax.TestClause:
		return "[["
	case *syntax.BinaryCmd:
		return firstWord(c.X)
	}
	return ""
}

// test is the outcome of a condition on strings that are known.
func (w *walker) test(st *syntax.Stmt) (result, known bool) {
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) == 0 {
		return false, false
	}
	if name := c.Args[0].Lit(); name != "[" && name != "test" {
		return false, false
	}
	var words []string
	for _, a := range c.Args[1:] {
		words = append(words, w.text(a))
	}
	if n := len(words); n > 0 && words[n-1] == "]" {
		words = words[:n-1]
	}
	for _, word := range words {
		if strings.Contains(word, "$") {
			return false, false
		}
	}
	switch {
	case len(words) == 2 && words[0] == "-n":
		result = words[1] != ""
	case len(words) == 2 && words[0] == "-z":
		result = words[1] == ""
	case len(words) == 3 && (words[1] == "=" || words[1] == "=="):
		result = words[0] == words[2]
	case len(words) == 3 && words[1] == "!=":
		result = words[0] != words[2]
	default:
		return false, false
	}
	return result != st.Negated, true
}

func (w *walker) choice(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 { // else
			w.unsure(func() { w.statements(c.Then, false) })
			return
		}
		w.statements(c.Cond, true)
		if len(c.Cond) == 1 {
			if result, known := w.test(c.Cond[0]); known {
				if !result {
					if c.Else != nil && len(c.Else.Cond) == 0 {
						w.statements(c.Else.Then, false)
						return
					}
					continue
				}
				w.statements(c.Then, false)
				return
			}
		}
		w.unsure(func() { w.statements(c.Then, false) })
	}
}

func (w *walker) cases(c *syntax.CaseClause) {
	subject := w.text(c.Word)
	for _, item := range c.Items {
		sure, never := false, !strings.Contains(subject, "$")
		for _, p := range item.Patterns {
			pattern := w.text(p)
			if strings.Contains(pattern, "$") || strings.Contains(subject, "$") {
				never = false
				continue
			}
			if match(pattern, subject) {
				sure, never = true, false
			}
		}
		switch {
		case sure:
			w.statements(item.Stmts, false)
			return
		case never:
		default:
			w.unsure(func() { w.statements(item.Stmts, false) })
		}
	}
}

func (w *walker) loop(c *syntax.ForClause) {
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		w.unsure(func() { w.statements(c.Do, false) })
		return
	}
	var items []string
	for _, word := range iter.Items {
		items = append(items, w.fields(word)...)
	}
	for _, item := range items {
		if *w.left < 0 {
			return
		}
		if strings.ContainsAny(item, "$*?[") {
			w.unsure(func() {
				w.vars[iter.Name.Value] = "$"
				w.statements(c.Do, false)
			})
			continue
		}
		w.vars[iter.Name.Value] = item
		w.statements(c.Do, false)
	}
}

func (w *walker) assign(a *syntax.Assign) {
	if a.Name == nil || a.Index != nil {
		return
	}
	switch {
	case a.Array != nil:
		w.vars[a.Name.Value] = "$"
	case a.Value == nil:
		if !a.Naked {
			w.vars[a.Name.Value] = ""
		}
	case a.Append:
		w.vars[a.Name.Value] += w.text(a.Value)
	default:
		w.vars[a.Name.Value] = w.text(a.Value)
	}
	if len(w.vars[a.Name.Value]) > maxWord {
		w.vars[a.Name.Value] = "$"
	}
}

// redirected follows commands whose output goes to a file together.
func (w *walker) redirected(st *syntax.Stmt, f func()) {
	f()
	c := Call{Dir: w.dir, Env: w.vars, Maybe: w.maybe, Line: w.lineOf(st), Words: []string{":"}}
	w.redirects(st, &c)
	if c.Output != "" {
		w.run(c)
	}
}

func (w *walker) lineOf(st *syntax.Stmt) int { return w.line + int(st.Pos().Line()) }

func (w *walker) redirects(st *syntax.Stmt, c *Call) {
	for _, r := range st.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
			if r.N != nil && r.N.Value != "1" {
				continue
			}
			c.Output, c.Append = w.text(r.Word), r.Op == syntax.AppOut || r.Op == syntax.AppAll
		case syntax.Hdoc, syntax.DashHdoc:
			if r.Hdoc != nil {
				c.Input = w.text(r.Hdoc)
			}
		case syntax.WordHdoc:
			c.Input = w.text(r.Word)
		}
	}
}

func (w *walker) call(st *syntax.Stmt, c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			w.assign(a)
		}
		if len(st.Redirs) > 0 {
			w.redirected(st, func() {})
		}
		return
	}
	var words []string
	for _, word := range c.Args {
		words = append(words, w.fields(word)...)
	}
	if len(words) == 0 {
		return
	}
	env := w.vars
	if len(c.Assigns) > 0 {
		inner := &walker{vars: maps.Clone(w.vars), left: w.left}
		for _, a := range c.Assigns {
			inner.assign(a)
		}
		env = inner.vars
	}
	call := Call{Dir: w.dir, Words: words, Env: env, Maybe: w.maybe, Line: w.lineOf(st), stdin: w.stdin}
	w.redirects(st, &call)
	switch words[0] {
	case "cd", "pushd":
		if operands := slices.DeleteFunc(slices.Clone(words), func(x string) bool { return strings.HasPrefix(x, "-") }); len(operands) > 1 {
			w.dir = joinDir(w.dir, operands[1])
		}
		return
	case "set":
		if i := slices.Index(words, "--"); i > 0 {
			w.args = slices.Clone(words[i+1:])
		}
		return
	case "shift":
		switch {
		case len(words) == 1 && len(w.args) > 0 && w.args[0] != "$":
			w.args = w.args[1:]
		case w.args != nil:
			w.args = []string{"$"}
		}
		return
	case "return":
		return
	case "eval":
		call.Words = []string{"eval", "$"}
	}
	if body, ok := w.funcs[words[0]]; ok && w.depth < maxCalls {
		args := w.args
		w.args = words[1:]
		w.depth++
		w.statement(body, false)
		w.depth--
		w.args = args
		return
	}
	if text, ok := inlineScript(words); ok && w.depth < maxCalls && !strings.Contains(text, "\x00") {
		w.inline(text, call.Line)
		return
	}
	w.run(call)
}

// inline follows the script of sh -c within another.
func (w *walker) inline(text string, line int) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		w.run(Call{Dir: w.dir, Words: []string{"sh", "-c", "$"}, Env: w.vars, Maybe: w.maybe, Line: line})
		return
	}
	dir, vars, outer := w.dir, maps.Clone(w.vars), w.line
	w.depth++
	w.line = line - 1
	w.statements(file.Stmts, false)
	w.depth--
	w.dir, w.vars, w.line = dir, vars, outer
}

// shells are programs that run a script.
var shells = []string{"sh", "bash", "ash", "dash", "zsh", "ksh"}

// inlineScript is the script of a command like sh -c "...".
func inlineScript(words []string) (string, bool) {
	if len(words) < 3 || !slices.Contains(shells, path.Base(words[0])) {
		return "", false
	}
	for i, w := range words[1 : len(words)-1] {
		if !strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "+") {
			if i == 0 || !strings.HasSuffix(words[i], "o") {
				return "", false
			}
			continue // the value of -o
		}
		if !strings.HasPrefix(w, "--") && strings.HasSuffix(w, "c") {
			return words[i+2], true
		}
	}
	return "", false
}

// InlineScript is the script of a command like sh -c "...": ok is false for any
// other command.
func InlineScript(words []string) (text string, ok bool) { return inlineScript(words) }

// fields are the words that one word of a script becomes.
func (w *walker) fields(word *syntax.Word) []string {
	text := w.text(word)
	if len(word.Parts) == 1 {
		switch p := word.Parts[0].(type) {
		case *syntax.ParamExp:
			// A variable without quotes is several words where it has spaces.
			if p.Param != nil && (p.Param.Value == "@" || p.Param.Value == "*") {
				return w.allArgs()
			}
			return strings.Fields(text)
		case *syntax.DblQuoted:
			if len(p.Parts) == 1 {
				if q, ok := p.Parts[0].(*syntax.ParamExp); ok && q.Param != nil && q.Param.Value == "@" {
					return w.allArgs()
				}
			}
		}
	}
	return []string{text}
}

func (w *walker) allArgs() []string {
	if w.args == nil {
		return []string{"$"}
	}
	return slices.Clone(w.args)
}

// text is a shell word with known variables put in; what is not known stands as
// a dollar sign.
func (w *walker) text(word *syntax.Word) string {
	if word == nil {
		return ""
	}
	var b strings.Builder
	w.write(&b, word.Parts, false)
	return b.String()
}

func (w *walker) write(b *strings.Builder, parts []syntax.WordPart, quoted bool) {
	for _, p := range parts {
		if b.Len() > maxWord {
			return
		}
		switch p := p.(type) {
		case *syntax.Lit:
			if quoted {
				b.WriteString(unescapeQuoted(p.Value))
			} else {
				b.WriteString(unescape(p.Value))
			}
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			w.write(b, p.Parts, true)
		case *syntax.ParamExp:
			w.parameter(b, p)
		case *syntax.CmdSubst:
			w.substitution(b, p)
		default:
			b.WriteByte('$')
		}
	}
}

// substitution writes what $(pwd) and the like stand for.
func (w *walker) substitution(b *strings.Builder, p *syntax.CmdSubst) {
	if len(p.Stmts) == 1 {
		if c, ok := p.Stmts[0].Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 {
			var words []string
			for _, a := range c.Args {
				words = append(words, w.text(a))
			}
			switch {
			case len(words) == 1 && words[0] == "pwd":
				b.WriteString(w.dir)
				return
			case len(words) == 2 && words[0] == "basename" && !strings.Contains(words[1], "$"):
				b.WriteString(path.Base(words[1]))
				return
			case len(words) == 2 && words[0] == "dirname" && !strings.Contains(words[1], "$"):
				b.WriteString(path.Dir(words[1]))
				return
			case len(words) == 2 && words[0] == "echo" && !strings.Contains(words[1], "$"):
				b.WriteString(words[1])
				return
			case len(words) == 3 && words[0] == "go" && words[1] == "env":
				if v, ok := w.vars[words[2]]; ok {
					b.WriteString(v)
					return
				}
			}
		}
	}
	b.WriteByte('$')
}

func (w *walker) parameter(b *strings.Builder, p *syntax.ParamExp) {
	if p.Param == nil {
		b.WriteByte('$')
		return
	}
	name := p.Param.Value
	v, ok := w.vars[name]
	if name == "PWD" && !ok {
		v, ok = w.dir, true
	}
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' && w.args != nil && !slices.Contains(w.args, "$") {
		if i := int(name[0] - '1'); i < len(w.args) {
			v, ok = w.args[i], true
		} else {
			v, ok = "", true
		}
	}
	switch {
	case p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Names != 0:
		b.WriteByte('$')
	case ok && p.Exp == nil:
		b.WriteString(v)
	case p.Exp != nil && p.Exp.Word != nil && (p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.DefaultUnset):
		if v != "" {
			b.WriteString(v)
		} else {
			w.write(b, p.Exp.Word.Parts, false)
		}
	case ok && p.Exp != nil && p.Exp.Op == syntax.RemSmallPrefix && p.Exp.Word != nil && len(p.Exp.Word.Parts) == 1 && !strings.Contains(v, "$") && !strings.ContainsAny(w.text(p.Exp.Word), "*?[$"):
		b.WriteString(strings.TrimPrefix(v, w.text(p.Exp.Word)))
	case ok && p.Exp != nil && (p.Exp.Op == syntax.AlternateUnsetOrNull || p.Exp.Op == syntax.AlternateUnset):
		switch {
		case strings.Contains(v, "$"):
			b.WriteByte('$')
		case v != "" && p.Exp.Word != nil:
			w.write(b, p.Exp.Word.Parts, false)
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

// unescapeQuoted does so within double quotes, where a backslash counts before
// few characters (POSIX.1, Shell Command Language, 2.2.3).
func unescapeQuoted(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && strings.IndexByte("$`\"\\\n", text[i+1]) >= 0 {
			if i++; text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
