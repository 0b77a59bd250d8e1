package apitable

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestUnversioned(t *testing.T) {
	for pkg, want := range map[string]string{
		"net/http":                            "net/http",
		"github.com/labstack/echo/v4":         "github.com/labstack/echo",
		"github.com/labstack/echo/v4/mw":      "github.com/labstack/echo/mw",
		"gopkg.in/yaml.v3":                    "gopkg.in/yaml",
		"gopkg.in/tylerb/graceful.v1":         "gopkg.in/tylerb/graceful",
		"gopkg.in/check.v1/sub":               "gopkg.in/check/sub",
		"go-micro.dev/v4":                     "go-micro.dev",
		"k8s.io/api/core/v1":                  "k8s.io/api/core",
		"k8s.io/api/core/v1beta1":             "k8s.io/api/core/v1beta1",
		"example.com/vault":                   "example.com/vault",
		"example.com/v2ray/core":              "example.com/v2ray/core",
		"example.com/a.version/b":             "example.com/a.version/b",
		"github.com/jackc/pgx/v5/pgxpool":     "github.com/jackc/pgx/pgxpool",
		"github.com/cloudwego/hertz/pkg/v1/x": "github.com/cloudwego/hertz/pkg/x",
		"":                                    "",
	} {
		if got := Unversioned(pkg); got != want {
			t.Errorf("Unversioned(%q) = %q, want %q", pkg, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	table := newTable()
	err := table.parse("x.txt", 0, `# a comment
package example.com/db/v3   # the version is left out
Open            dial  driver=$0 dsn=$1
Server.Run      serve protocol=http address=$recv.Addr blocks
Get             returns.1 env $0
Fill            sets.2 flag $0 $1
Decode          opens.1
Log             write path=$1...
`)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Entry{
		"Open": {Verb: "dial", Args: []Arg{{Name: "driver", IsParam: true}, {Name: "dsn", IsParam: true, Param: 1}}},
		"Server.Run": {Verb: "serve", Blocks: true, Args: []Arg{
			{Name: "protocol", Literal: "http"}, {Name: "address", IsParam: true, Param: -1, Field: "Addr"}}},
		"Get":    {Verb: "returns", Op: "env", Index: 1, Args: []Arg{{IsParam: true}}},
		"Fill":   {Verb: "sets", Op: "flag", Index: 2, Args: []Arg{{IsParam: true}, {IsParam: true, Param: 1}}},
		"Decode": {Verb: "opens", Index: 1},
		"Log":    {Verb: "write", Args: []Arg{{Name: "path", IsParam: true, Param: 1, Rest: true}}},
	}
	n := 0
	table.Entries(func(Entry) { n++ })
	if n != len(want) {
		t.Errorf("%d entries, want %d", n, len(want))
	}
	for symbol, w := range want {
		w.Package, w.Symbol = "example.com/db", "example.com/db."+symbol
		for _, version := range []string{"", "/v2", "/v3"} {
			got := table.Lookup("example.com/db"+version, symbol)
			if len(got) != 1 || fmt.Sprintf("%+v", got[0]) != fmt.Sprintf("%+v", w) {
				t.Errorf("%s%s: got %+v, want %+v", symbol, version, got, w)
			}
		}
	}
	if !table.KnowsPackage("example.com/db/v9") || table.KnowsPackage("example.com/other") {
		t.Error("KnowsPackage tells wrongly")
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Open dial url=$0", "f.txt:1: want a package line first"},
		{"package a\n\n# c\npackage", "f.txt:4: a package line has one import path"},
		{"package a b", "f.txt:1: a package line has one import path"},
		{"package a\nOpen", "f.txt:2: want a package line first, then SYMBOL VERB ARGUMENTS"},
		{"package a\nOpen opens.0 $1\nOpen explode", `f.txt:3: unknown verb "explode"`},
		{"package a\nOpen returns", "f.txt:2: returns wants an operation"},
		{"package a\nOpen returns guess $0", "f.txt:2: returns wants an operation"},
		{"package a\nOpen sets.0", "f.txt:2: sets wants an operation"},
		{"package a\nOpen sets flag $0", "f.txt:2: sets wants the index of an argument"},
		{"package a\nOpen opens", "f.txt:2: opens wants the index of an argument"},
		{"package a\nOpen returns.x env $0", `f.txt:2: bad index in "returns.x"`},
		{"package a\nOpen returns.-1 env $0", `f.txt:2: bad index in "returns.-1"`},
		{"package a\nOpen dial.1 url=$0", `f.txt:2: bad index in "dial.1"`},
		{"package a\nOpen dial url=$x", `f.txt:2: bad argument "$x": want $N or $recv`},
		{"package a\nOpen dial url=$-1", `f.txt:2: bad argument "$-1"`},
		{"package a\nOpen dial url=$", `f.txt:2: bad argument "$"`},
		{"package a\nOpen dial url=$0.", `f.txt:2: bad field in argument "$0."`},
		{"package a\nOpen dial url=$0.A.B", `f.txt:2: bad field in argument "$0.A.B"`},
		{"package a\n(*Client).Get dial url=$0", `f.txt:2: bad symbol "(*Client).Get": want Func or Type.Method`},
		{"package a\nA.B.C dial url=$0", `f.txt:2: bad symbol "A.B.C"`},
	} {
		table := newTable()
		err := table.parse("f.txt", 0, tt.text)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q: got error %v, want %q", tt.text, err, tt.want)
		}
	}
}

// parseAll reads a table and parses all of it.
func parseAll(fsys fs.FS) (*Table, error) {
	t, err := split(fsys)
	if err == nil {
		err = t.loadAll()
	}
	return t, err
}

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		t, err := split(data)
		if err != nil || len(t.Lookup("net/http", "ListenAndServe")) == 0 {
			b.Fatal(err)
		}
	}
}

func TestParseAllNamesTheFile(t *testing.T) {
	_, err := parseAll(fstest.MapFS{
		"data/a.txt": {Data: []byte("package a\nOpen dial url=$0\n")},
		"data/b.txt": {Data: []byte("package b\nOpen dail url=$0\n")},
	})
	if err == nil || err.Error() != `b.txt:2: unknown verb "dail"` {
		t.Errorf("got %v", err)
	}
}

// Every file of data parses, Default does not panic, and no fact stands twice.
func TestData(t *testing.T) {
	table, err := parseAll(data)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	returns := map[string]bool{}
	n := 0
	table.Entries(func(e Entry) {
		n++
		fact := fmt.Sprintf("%s %s.%d %s %+v", e.Symbol, e.Verb, e.Index, e.Op, e.Args)
		if seen[fact] {
			t.Errorf("stands twice: %s", fact)
		}
		seen[fact] = true
		if e.Verb == "returns" || e.Verb == "sets" {
			value := fmt.Sprintf("%s %s.%d", e.Symbol, e.Verb, e.Index)
			if returns[value] {
				t.Errorf("two values for %s", value)
			}
			returns[value] = true
		}
		if e.Blocks && e.Verb != "serve" && e.Verb != "managed" {
			t.Errorf("%s: only serve and managed may block, not %s", e.Symbol, e.Verb)
		}
		checkNames(t, e)
	})
	if n < 500 {
		t.Errorf("only %d entries were read", n)
	}
	if got := Default().Lookup("os", "WriteFile"); len(got) != 1 || got[0].Verb != "write" {
		t.Errorf("os.WriteFile: %+v", got)
	}
}

// The names that the rules look values up by, for each effect (see the list of
// effect kinds in internal/effects).
var valueNames = map[string][]string{
	"listen": {"network", "address", "host", "port", "protocol"}, "serve": {"protocol", "handler"},
	"route": {"method", "path", "protocol", "router", "role", "match"},
	"mount": {"path", "router", "handler", "routers"}, "methods": {"method", "match"},
	"dial":    {"network", "address", "host", "port", "url", "dsn", "driver"},
	"resolve": {"address"}, "read": {"path"}, "write": {"path", "flags", "database", "log"}, "mkdir": {"path"},
	"remove": {"path"}, "temp": {"dir"}, "archive": {"path"}, "exec": {"program"}, "signal": {"signals"},
	"drain": {"timeout", "when"}, "close": {}, "managed": {}, "flag": {"name", "default", "env"},
	"default": {"key", "value", "fixed", "map"}, "bindflag": {"key", "flag"},
	"bindenv": {"key", "names", "prefix", "replace", "style", "callback"}, "env": {"name", "default", "by", "flag"}, "adds": {"kind", "default", "env"}, "within": {"kind", "router"}, "key": {"key"},
	"function": {"platform"}, "schedule": {"spec", "job"}, "election": {"what", "on"}, "memory": {"what"},
	"timezone": {"name"}, "gives": {""}, "user": {"name"}, "tls": {"what"},
	"driver": {"name"}, "exporter": {"what"}, "host": {"what"}, "log": {"to"}, "change": {"what"},
	"pure": {}, "command": {"name"},
	"request": {"protocol", "client", "context", "network"}, "reader": {"server"}, "exit": nil, "recover": {"protocol"},
}

func checkNames(t *testing.T, e Entry) {
	t.Helper()
	names, isEffect := valueNames[e.Verb]
	for _, a := range e.Args {
		switch {
		case isEffect && !slices.Contains(names, a.Name):
			t.Errorf("%s: %s has no value %q", e.Symbol, e.Verb, a.Name)
		case !isEffect && e.Verb != "opens" && e.Verb != "sets" && e.Op != "struct" && a.Name != "":
			t.Errorf("%s: the arguments of %s have no names: %q", e.Symbol, e.Verb, a.Name)
		}
	}
	operands := map[string][2]int{
		"env": {1, 1}, "flag": {1, 2}, "config": {1, 2}, "system": {1, 1}, "literal": {1, 1}, "arg": {1, 1},
		"hostport": {2, 2}, "format": {1, 9}, "concat": {1, 9}, "join": {1, 9}, "list": {1, 9}, "choice": {1, 9},
		"router": {0, 0}, "under": {2, 2}, "strip": {2, 2}, "default": {2, 2}, "contents": {1, 1}, "expand": {1, 1}, "key": {2, 2},
	}
	if e.Arg("to") != nil {
		operands["flag"] = [2]int{2, 3} // with the field
	}
	if want, ok := operands[e.Op]; ok && (len(e.Args) < want[0] || len(e.Args) > want[1]) {
		t.Errorf("%s: %s takes %v operands, not %d", e.Symbol, e.Op, want, len(e.Args))
	}
}

func FuzzParse(f *testing.F) {
	f.Add("package os\nWriteFile write path=$0\n")
	f.Add("package a/v2\nT.M returns.1 flag $0 $1... # c\nF sets.0 env $recv.Addr\n")
	f.Add("package\n\x00 $ = ...")
	place := regexp.MustCompile(`^f\.txt:[0-9]+: .`)
	f.Fuzz(func(t *testing.T, text string) {
		table := newTable()
		if err := table.parse("f.txt", 0, text); err != nil && !place.MatchString(err.Error()) {
			t.Errorf("the error does not say where: %v", err)
		}
		table.Entries(func(e Entry) {
			if e.Index < Returned || !verbs[e.Verb] {
				t.Errorf("bad entry %+v", e)
			}
			for _, a := range e.Args {
				if a.Param < -1 || a.IsParam == (a.Literal != "") && a.Literal != "" {
					t.Errorf("bad argument %+v", a)
				}
			}
		})
	})
}
