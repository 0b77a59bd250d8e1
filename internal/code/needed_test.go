package code

import (
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/tree"
)

// app is wanted; of the packages that it imports no more is read than it needs.
func TestNeeded(t *testing.T) {
	const text = `
-- app/app.go --
package app

import (
	. "example.org/dot"
	_ "example.org/effect"
	"example.org/lib"
	other "example.org/renamed"
	"example.org/unused"
)

var _ = unused.None

func f(c *lib.Client, url string) {
	c.Do(other.Default, url)
	var s lib.Sink = c
	s.Put(Answer)
}
-- lib/lib.go --
package lib

import (
	"example.org/dep"
	"example.org/far"
)

type Client struct {
	Name string
	dep.Base   
}

func (c *Client) Do(o Option, u string) (r *Result, err error) { return nil, far.Away() }

func (c *Client) Put(x int) {}

func (c *Client) Get() far.Thing { return far.Thing{} }

func (c *Client) close() {}

type Sink interface{ Put(int) }

type Source interface{ Get() far.Thing }

func New(...far.Option) *Client { return nil }

func init() {}

var _ Source = (*Client)(nil)

type (
	Option = dep.Option
	Unused struct{ far.Thing }
	Result struct{ Code code }
)

type code int

func (code) Error() string { return "" }

const (
	a code = iota
	b
)
-- dep/dep.go --
package dep

type Base struct{ hidden }

type hidden struct{}

func (hidden) Do() {}

func (hidden) Skip() {}

type Option func(...Setting)

type Setting int

type Other int
-- far/far.go --
package far

type Thing struct{}
-- renamed/renamed.go --
package renamed

import "example.org/dep"

var (
	Default, second = both()
	Third           dep.Other
)

func both() (dep.Option, dep.Option) { return nil, nil }
-- dot/dot.go --
package dot

const (
	Question = iota
	Answer
)

const Hidden = 1
-- effect/effect.go --
package effect

func Loud() {}
-- unused/unused.go --
package unused

func Some() {}
`
	want := map[string]string{
		"lib":     "Client Client.Do Client.Put Option Result Sink code code.Error",
		"dep":     "Base Option Setting hidden hidden.Do",
		"renamed": "Default both second",
		"dot":     "Answer Question",
		"effect":  "", "unused": "",
	}
	dir := t.TempDir()
	var list []*listedPackage
	for _, f := range txtar.Parse([]byte(text)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(f.Name)
		list = append(list, &listedPackage{
			ImportPath: "example.org/" + folder, Name: folder, Dir: filepath.Dir(name), GoFiles: []string{filepath.Base(name)}, firstParty: folder == "app",
		})
	}
	root, err := tree.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	ld := newChecker(root, list, apitable.Default(), nil)
	ld.outline(map[string]bool{"example.org/app": true})
	if o := ld.outlines["example.org/lib"]; o == nil || !slices.Equal(o.imports, []string{"example.org/dep"}) {
		t.Errorf("lib needs not dep alone: %+v", o)
	}
	got := map[string]string{}
	for path, o := range ld.outlines {
		var names []string
		for _, f := range o.parse(ld.fset) {
			for _, d := range f.Decls {
				names = append(names, declared(d)...)
			}
		}
		slices.Sort(names)
		got[strings.TrimPrefix(path, "example.org/")] = strings.Join(names, " ")
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// declared are the names of a declaration, T.m for a method.
func declared(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = types.ExprString(d.Recv.List[0].Type) + "." + name
		}
		names = append(names, strings.TrimPrefix(name, "*"))
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

// Real packages must type-check against what was found to be needed of others.
func TestNeededOfStandardLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("reads much of the standard library")
	}
	names := []string{"crypto/tls", "encoding/json", "go/types", "html/template", "log/slog", "net/http", "net/http/httputil", "net/http/pprof", "os/exec", "runtime/pprof", "text/tabwriter"}
	out, err := goCommand(t.Context(), t.TempDir(), append([]string{"list", "-deps", "-json=" + listFields, "--"}, names...), "GO111MODULE=off", "GOFLAGS=")
	if err != nil {
		t.Fatal(err)
	}
	list, err := decode(out)
	if err != nil {
		t.Fatal(err)
	}
	root, err := tree.Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	ld := newChecker(root, list, apitable.Default(), nil)
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	ld.outline(wanted)
	ld.checkAll(wanted)
	for _, name := range names {
		if ld.checked[name] == nil {
			t.Errorf("%s was not checked", name)
		}
		for _, n := range ld.notes[name] {
			t.Errorf("%s: %s", name, n.Reason)
		}
	}
	if n := len(ld.outlines); n == 0 || n >= len(list)-len(names) {
		t.Errorf("%d of %d packages are read", n, len(list))
	}
}
