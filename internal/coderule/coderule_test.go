package coderule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

func TestFamily(t *testing.T) {
	for _, tt := range []struct {
		module, pkg string
		in, out     []string
	}{
		{"github.com/acme/shop", "github.com/acme/shop/cmd/server",
			[]string{"github.com/acme/shop", "github.com/acme/shop/store", "github.com/acme/kit/signals"},
			[]string{"github.com/acmeother/kit", "github.com/other/kit", "net/http"}},
		{"go.acme.dev/shop/v2", "go.acme.dev/shop/v2/cmd",
			[]string{"go.acme.dev/shop/v2/store"}, []string{"go.acme.dev/kit", "go.acme.dev/shop/v20"}},
		{"", "github.com/acme/shop/cmd/server", []string{"github.com/acme/kit"}, []string{"github.com/other/kit"}},
		{"", "example.com/shop/cmd/server", []string{"example.com/shop/stop"}, []string{"example.com/other", "os/signal"}},
		{"", "services/web/main", []string{"services/lib/stop"}, []string{"net/http", "example.com/services"}},
		{"", "main", []string{"main"}, []string{"os", "maintenance"}},
	} {
		pass := &analysis.Pass{Pkg: types.NewPackage(tt.pkg, "main")}
		if tt.module != "" {
			pass.Module = &analysis.Module{Path: tt.module}
		}
		is := family(pass)
		for _, p := range tt.in {
			if !is(p) {
				t.Errorf("module %q, package %s: %s is not of the family", tt.module, tt.pkg, p)
			}
		}
		for _, p := range tt.out {
			if is(p) {
				t.Errorf("module %q, package %s: %s is of the family", tt.module, tt.pkg, p)
			}
		}
	}
}

func TestFirstParty(t *testing.T) {
	for _, tt := range []struct {
		module analysis.Module
		dir    string
		want   bool
	}{
		{analysis.Module{Path: "example.com/app"}, "/src/app/store", true},
		{analysis.Module{Path: "example.com/lib", Version: "v1.2.3"}, "/go/pkg/mod/example.com/lib@v1.2.3/store", false},
		{analysis.Module{Path: "example.com/lib", Version: "v1.2.3"}, "/src/app/vendor/example.com/lib/store", false},
		{analysis.Module{Path: "example.com/lib", Version: "v1.2.3"}, "/src/lib/store", true}, // replaced by a folder
	} {
		if got := FirstParty(&tt.module, tt.dir); got != tt.want {
			t.Errorf("%+v in %s: got %v", tt.module, tt.dir, got)
		}
	}
}

// Under nogo a pass has no module; where its files are tells whose they are.
func TestFirstPartyByFile(t *testing.T) {
	for file, want := range map[string]bool{
		"services/cart/main.go":                                                                    true,
		"services/external/main.go":                                                                true,
		"external/com_github_acme_kit/kit.go":                                                      false,
		"/home/me/.cache/bazel/execroot/_main/services/cart/main.go":                               true,
		"/home/me/.cache/bazel/execroot/_main/external/com_github_acme_kit/kit.go":                 false,
		"/home/me/.cache/bazel/execroot/_main/bazel-out/k8-fastbuild/bin/services/cart/cart.pb.go": true,
		"/home/me/external/services/cart/main.go":                                                  true,
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, "package p", 0)
		if err != nil {
			t.Fatal(err)
		}
		pass := &analysis.Pass{Fset: fset, Files: []*ast.File{f}, Pkg: types.NewPackage("example.com/p", "p")}
		if got := firstParty(pass); got != want {
			t.Errorf("%s: got %v", file, got)
		}
	}
	if firstParty(&analysis.Pass{}) {
		t.Error("a package without files is nobody's")
	}
}

func TestStandard(t *testing.T) {
	src := filepath.Join(t.TempDir(), "src")
	if err := os.MkdirAll(filepath.Join(src, "runtime"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(src, "runtime", "runtime2.go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path, dir string
		want      bool
	}{
		{"net/http", filepath.Join(src, "net", "http"), true},
		{"vendor/golang.org/x/net/idna", filepath.Join(src, "vendor", "golang.org", "x", "net", "idna"), true},
		{"net/http", filepath.Join(t.TempDir(), "src", "net", "http"), false},
		{"example.com/app", filepath.Join(src, "net", "http"), false},
		{"app", filepath.Join(src, "..", "app"), false},
	} {
		if got := Standard(tt.path, tt.dir); got != tt.want {
			t.Errorf("%s in %s: got %v", tt.path, tt.dir, got)
		}
	}
}

// A panic in a rule becomes an error of its package; the host goes on.
func TestGuarded(t *testing.T) {
	pass := &analysis.Pass{Pkg: types.NewPackage("example.com/app", "app")}
	err := guarded(pass, func() { panic("index out of range") })
	if err == nil || !strings.Contains(err.Error(), "example.com/app: index out of range; please report it") {
		t.Errorf("got %v", err)
	}
	if err := guarded(pass, func() {}); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestDoc(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"heading", "// Package x finds y.\n//\n// # Analyzer x\n//\n// x: all is well\n//\n// Why.\npackage x\n", "x: all is well\n\nWhy.\n"},
		{"without heading", "// Package x finds y.\npackage x\n", "Package x finds y.\n"},
		{"no comment", "package x\n", ""},
		{"no Go", "nonsense", ""},
		{"heading at the end", "// # Analyzer x\npackage x\n", ""},
	} {
		if got := Doc(tt.source); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
