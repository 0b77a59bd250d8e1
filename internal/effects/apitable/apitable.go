// Package apitable knows what functions of the standard library and of
// well-known modules do: which file one writes, which address one dials, which
// environment variable one reads. Third-party code is looked up here instead of
// being analyzed.
//
// # Format
//
// The table is text: data/*.txt, one line per fact, # starts a comment.
//
//	package net/http
//	ListenAndServe          serve   protocol=http address=$0 blocks
//	(*Client).Get           dial    url=$0
//	Server.Addr             ...
//
// A package line names the import path to which the following lines belong. A
// major version suffix (/v2, .v3) is left out: an entry holds for all of them.
// After "package PATH only" the entries hold for that very path.
// A fact is a symbol, a verb and arguments.
//
// Symbols are Func, Type.Method (pointer or value receiver, concrete type or
// interface alike), for the verb command Type.Field, and Type for the effect of
// writing a composite literal of the type, with $recv for the literal.
//
// Arguments are name=value, or a bare word. A value is $N for argument N, $N...
// for argument N and all behind it, $recv for the receiver, any of them
// followed by .Field for a field of that struct; everything else stands for
// itself.
//
// Verbs that are effects: listen, serve, route, dial, resolve, read, write,
// mkdir, remove, temp, archive, exec, signal, drain, close, managed, flag,
// default, bindflag, bindenv, env, key, function, schedule, election, memory,
// timezone, user, tls, driver, exporter, host, log, change,
// request, reader, exit, recover. Their arguments become the effect's values; what
// each may have is said at the constants of package effects. A literal env(NAME)
// or env(NAME,DEFAULT) is the environment variable, and a literal name=A,B names
// several. Bare words:
//
//	blocks    the call returns only when the program ends
//	bare      the entry is about calls without arguments, and entries of the
//	          same verb that are not marked so are about the others
//
// Routers. A router is known by the path under which its routes are served:
//
//	returns router              makes a new one, which starts at the root until
//	                            somebody mounts it
//	returns under BASE PATH     the router for PATH below the router BASE
//	calls.N.M OP ...            argument N is a function that is called with OP
//	                            applied to the values as its argument M
//	route path=P router=R       serves P below the router R
//	mount path=P router=R handler=H
//	                            the router H is served below P of R; without
//	                            path, H's routes are looked up as they stand
//	returns strip PATH H        the handler H, whose paths lack the prefix PATH
//	methods method=M...         the route made by the same chain of calls has
//	                            these methods
//
// Chains. The calls of a chain, App.Flag(n).Default(d).String(), stand at its
// beginning and make one effect together:
//
//	adds kind=K N=V...  the effect K of the chain has the values too
//	within kind=K N=V...
//	                    effects K of literals among the call's arguments have
//	                    the values too
//
// Verbs that make values:
//
//	returns OP ...      the call's first result is OP applied to the values
//	returns.N OP ...    its result N is
//	sets.N OP ...       what argument N points to is set to it
//	sets OP ...         of a literal's entry: what the field pointed to by the
//	                    argument to= points to is set to it
//	opens.N [STYLE]     the fields of what argument N points to are set from
//	                    outside, named as the configuration library STYLE does:
//	                    see package summarize for the styles. Arguments like
//	                    prefix=$0 are the style's. opens.returned is about the
//	                    call's first result
//
// where OP is one of literal, env, flag, config, system, concat, join,
// hostport, format, arg, list, choice, router, under, strip, contents, default,
// struct;
// env takes the name, flag and config the name and the default, default a flag
// and the default that a later call of the chain gives it; contents is what the
// file of that path holds; expand puts in the variables of $NAME and ${NAME}; key
// takes a section of a file and the key in it; struct takes a type and what its
// named fields are.
//
// The verb command says that a function put into the field is the body of a CLI
// subcommand, an entry point of its own; name=$recv.Field says which field names
// it. The verb gives names the package whose methods the result has, for where
// types are missing. The verb pure says that the function does nothing to what it is given.
package apitable

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/lazyregexp"
)

//go:embed data/*.txt
var data embed.FS

// An Entry is one fact about a function.
type Entry struct {
	// Package is the import path, without a major version suffix.
	Package string
	// Symbol is "import/path.Func" or "import/path.Type.Method", of Package.
	Symbol string
	Verb   string
	// Index is the N of returns.N, sets.N and opens.N.
	Index int
	// Op is the operation of returns and sets.
	Op     string
	Args   []Arg
	Blocks bool
	// Bare is set for an entry on calls without arguments.
	Bare bool
	// Only is the one import path for which the entry holds, "" for all major
	// versions.
	Only string
	// Param is the M of calls.N.M.
	Param int
	// Style is the configuration library of an opens entry, "" for any.
	Style string
}

// Arg is the entry's argument of that name, or nil.
func (e *Entry) Arg(name string) *Arg {
	for i := range e.Args {
		if e.Args[i].Name == name {
			return &e.Args[i]
		}
	}
	return nil
}

// Returned is the Index of an opens entry on the call's first result.
const Returned = -1

// An Arg is one named argument of an entry.
type Arg struct {
	Name string
	// Literal is set where the value stands for itself; the rest is then empty.
	Literal string
	// Env is an environment variable, and Literal its default.
	Env     string
	IsParam bool
	// Param is the index of the argument; -1 is the receiver.
	Param int
	Rest  bool // this argument and all behind it
	Field string
}

// A Table answers what a function does. It may be asked by several goroutines.
type Table struct {
	mu sync.RWMutex
	// pending are the parts of the table that nobody has asked for yet, by
	// package: a program imports few of those that are known, and the table is
	// read anew by every process of go vet.
	pending map[string][]part
	entries map[string][]Entry
	// symbols are those of entries, by package.
	symbols map[string][]string
	known   map[string]bool // packages with at least one entry
	// sources are the texts that the table was made of.
	sources []string
}

// A part is a package line of a file and the lines up to the next one.
type part struct {
	file string
	line int // of the file, before the text
	text string
}

func newTable() *Table {
	return &Table{
		pending: map[string][]part{}, entries: map[string][]Entry{},
		symbols: map[string][]string{}, known: map[string]bool{},
	}
}

// Default is the built-in table. It is split on first use, and a package's part
// of it is parsed when that package is asked for.
var Default = sync.OnceValue(func() *Table {
	t, err := split(data)
	must(err)
	return t
})

// Lookup returns what is known of a symbol; pkg may have a major version suffix.
func (t *Table) Lookup(pkg, symbol string) []Entry {
	plain := Unversioned(pkg)
	must(t.load(plain))
	t.mu.RLock()
	defer t.mu.RUnlock()
	entries := t.entries[plain+"."+symbol]
	if !slices.ContainsFunc(entries, func(e Entry) bool { return e.Only != "" && e.Only != pkg }) {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Only != "" && e.Only != pkg })
}

// must panics: the built-in data is part of the program and covered by a test.
func must(err error) {
	if err != nil {
		panic("apitable: " + err.Error())
	}
}

// load parses what is pending of a package.
func (t *Table) load(pkg string) error {
	t.mu.RLock()
	_, waiting := t.pending[pkg]
	t.mu.RUnlock()
	if !waiting {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	parts := t.pending[pkg]
	delete(t.pending, pkg)
	for _, p := range parts {
		if err := t.parse(p.file, p.line, p.text); err != nil {
			return err
		}
	}
	return nil
}

// loadAll parses all that is pending.
func (t *Table) loadAll() error {
	t.mu.RLock()
	pkgs := slices.Sorted(maps.Keys(t.pending))
	t.mu.RUnlock()
	for _, pkg := range pkgs {
		if err := t.load(pkg); err != nil {
			return err
		}
	}
	return nil
}

// Method is the name "Type.Method" under which a package's method of that name is
// known: of the type that is named like the package, or of any where all types of
// the package that have it do the same in it; "" where there is none or they
// differ.
func (t *Table) Method(pkg, method string) string {
	pkg = Unversioned(pkg)
	must(t.load(pkg))
	t.mu.RLock()
	defer t.mu.RUnlock()
	first, same := "", true
	for _, s := range t.symbols[pkg] {
		name := strings.TrimPrefix(s, pkg+".")
		if _, m, ok := strings.Cut(name, "."); !ok || m != method {
			continue
		}
		// The type that is named like its package is the one that it is about.
		if strings.EqualFold(name, path.Base(pkg)+"."+method) {
			return name
		}
		if first == "" {
			first = s
		}
		same = same && sameFacts(t.entries[s], t.entries[first])
	}
	if !same {
		return ""
	}
	return strings.TrimPrefix(first, pkg+".")
}

func sameFacts(a, b []Entry) bool {
	return slices.EqualFunc(a, b, func(x, y Entry) bool {
		return x.Verb == y.Verb && x.Index == y.Index && x.Op == y.Op && x.Param == y.Param && slices.Equal(x.Args, y.Args)
	})
}

// KnowsPackage tells whether the table has an entry of the package.
func (t *Table) KnowsPackage(pkg string) bool { return t.known[Unversioned(pkg)] }

// Entries calls f for every entry, in no particular order.
func (t *Table) Entries(f func(Entry)) {
	must(t.loadAll())
	for _, es := range t.entries {
		for _, e := range es {
			f(e)
		}
	}
}

var majorSuffix = lazyregexp.New(`/v[0-9]+(/|$)|\.v[0-9]+(/|$)`)

// Unversioned takes the major version out of an import path:
// github.com/labstack/echo/v4/middleware is github.com/labstack/echo/middleware.
func Unversioned(pkg string) string {
	if !strings.Contains(pkg, "/v") && !strings.Contains(pkg, ".v") {
		return pkg
	}
	return majorSuffix.ReplaceAllString(pkg, "$1$2")
}

// split reads the files of a table up to their package lines.
func split(fsys fs.FS) (*Table, error) {
	t := newTable()
	names, err := fs.Glob(fsys, "data/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		text := string(data)
		t.sources = append(t.sources, text)
		line := 0
		for text != "" {
			// The text from here to the next package line.
			end := strings.Index(text, "\npackage ") + 1
			if end == 0 {
				end = len(text)
			}
			p := part{path.Base(name), line, text[:end]}
			if head, ok := strings.CutPrefix(p.text, "package "); ok {
				head, _, _ = strings.Cut(head, "\n")
				if words := strings.Fields(head); len(words) > 0 {
					pkg := Unversioned(words[0])
					t.known[pkg] = true
					t.pending[pkg] = append(t.pending[pkg], p)
				}
			} else if err := t.parse(p.file, p.line, p.text); err != nil {
				return nil, err // comments alone stand before the first package line
			}
			line += strings.Count(p.text, "\n")
			text = text[end:]
		}
	}
	return t, nil
}

// parse reads a text that begins behind the given line of a file.
func (t *Table) parse(file string, line int, text string) error {
	pkg, only := "", ""
	n := line
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		fail := func(format string, args ...any) error {
			return fmt.Errorf("%s:%d: %s", file, n, fmt.Sprintf(format, args...))
		}
		if words[0] == "package" {
			if len(words) != 2 && (len(words) != 3 || words[2] != "only") {
				return fail("a package line has one import path, and may end in: only")
			}
			pkg = Unversioned(words[1])
			only = ""
			if len(words) == 3 {
				only = words[1]
			}
			t.known[pkg] = true
			continue
		}
		if pkg == "" || len(words) < 2 {
			return fail("want a package line first, then SYMBOL VERB ARGUMENTS")
		}
		e, err := parseEntry(words)
		if err != nil {
			return fail("%v", err)
		}
		e.Package, e.Only, e.Symbol = pkg, only, pkg+"."+e.Symbol
		if t.entries[e.Symbol] == nil {
			t.symbols[pkg] = append(t.symbols[pkg], e.Symbol)
		}
		t.entries[e.Symbol] = append(t.entries[e.Symbol], e)
	}
	return nil
}

var verbs = map[string]bool{
	"listen": true, "serve": true, "route": true, "dial": true, "resolve": true,
	"read": true, "write": true, "mkdir": true, "remove": true, "temp": true,
	"archive": true, "exec": true, "signal": true, "drain": true, "close": true,
	"managed": true, "flag": true, "default": true, "bindflag": true,
	"bindenv": true, "env": true, "key": true, "function": true, "schedule": true,
	"election": true, "memory": true, "timezone": true, "user": true, "tls": true,
	"driver": true, "exporter": true, "host": true, "log": true, "change": true,
	"request": true, "reader": true, "exit": true, "recover": true,
	"mount": true, "methods": true, "adds": true, "within": true, "gives": true,
	"returns": true, "sets": true, "opens": true, "calls": true, "command": true, "pure": true,
}

// indexedVerbs take the index of an argument or result.
var indexedVerbs = map[string]bool{"returns": true, "sets": true, "opens": true, "calls": true}

// valueVerbs are followed by an operation.
var valueVerbs = map[string]bool{"returns": true, "sets": true, "calls": true}

var (
	symbolForm = lazyregexp.New(`^[\pL_][\pL_\p{Nd}]*(\.[\pL_][\pL_\p{Nd}]*)?$`)
	fieldForm  = lazyregexp.New(`^[\pL_][\pL_\p{Nd}]*$`)
)

var operations = map[string]bool{
	"literal": true, "env": true, "flag": true, "config": true, "system": true,
	"concat": true, "join": true, "hostport": true, "format": true, "arg": true,
	"list": true, "choice": true, "router": true, "under": true, "strip": true,
	"default": true, "contents": true, "expand": true, "key": true, "struct": true,
}

func parseEntry(words []string) (Entry, error) {
	e := Entry{Symbol: words[0]}
	verb, index, indexed := strings.Cut(words[1], ".")
	if !verbs[verb] {
		return e, fmt.Errorf("unknown verb %q", verb)
	}
	e.Verb = verb
	intoField := verb == "sets" && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "to=$recv.") })
	switch {
	case indexed:
		first, second, two := strings.Cut(index, ".")
		n, err := strconv.Atoi(first)
		if first == "returned" && verb == "opens" {
			n, err = Returned, nil
		} else if n < 0 {
			err = strconv.ErrRange
		}
		if err != nil || !indexedVerbs[verb] || two != (verb == "calls") {
			return e, fmt.Errorf("bad index in %q", words[1])
		}
		e.Index = n
		if two {
			if e.Param, err = strconv.Atoi(second); err != nil || e.Param < 0 {
				return e, fmt.Errorf("bad index in %q", words[1])
			}
		}
	case verb == "calls":
		return e, errors.New("calls wants the index of an argument and of its parameter: calls.0.0")
	case verb == "opens", verb == "sets" && !intoField:
		return e, fmt.Errorf("%s wants the index of an argument: %s.0", verb, verb)
	}
	if !symbolForm.MatchString(e.Symbol) {
		return e, fmt.Errorf("bad symbol %q: want Func or Type.Method", e.Symbol)
	}
	rest := words[2:]
	if verb == "opens" && len(rest) > 0 && !strings.Contains(rest[0], "=") {
		e.Style, rest = rest[0], rest[1:]
	}
	if valueVerbs[verb] {
		if len(rest) == 0 || !operations[rest[0]] {
			return e, fmt.Errorf("%s wants an operation", verb)
		}
		e.Op, rest = rest[0], rest[1:]
	}
	for _, w := range rest {
		switch w {
		case "blocks":
			e.Blocks = true
			continue
		case "bare":
			e.Bare = true
			continue
		}
		name, value, named := strings.Cut(w, "=")
		if !named {
			name, value = "", w
		}
		a, err := parseArg(value)
		if err != nil {
			return e, err
		}
		a.Name = name
		e.Args = append(e.Args, a)
	}
	return e, nil
}

func parseArg(value string) (Arg, error) {
	if inner, ok := strings.CutPrefix(value, "env("); ok {
		name, fallback, _ := strings.Cut(strings.TrimSuffix(inner, ")"), ",")
		if name == "" || !strings.HasSuffix(inner, ")") {
			return Arg{}, fmt.Errorf("bad argument %q: want env(NAME) or env(NAME,DEFAULT)", value)
		}
		return Arg{Env: name, Literal: fallback}, nil
	}
	ref, ok := strings.CutPrefix(value, "$")
	if !ok {
		return Arg{Literal: value}, nil
	}
	a := Arg{IsParam: true}
	if r, ok := strings.CutSuffix(ref, "..."); ok {
		a.Rest, ref = true, r
	}
	ref, field, ofField := strings.Cut(ref, ".")
	if ofField && !fieldForm.MatchString(field) {
		return a, fmt.Errorf("bad field in argument %q", value)
	}
	a.Field = field
	if ref == "recv" {
		a.Param = -1
		return a, nil
	}
	n, err := strconv.Atoi(ref)
	if err != nil || n < 0 {
		return a, fmt.Errorf("bad argument %q: want $N or $recv", value)
	}
	a.Param = n
	return a, nil
}
