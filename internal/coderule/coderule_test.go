package coderule

import (
	"go/types"
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
		module *analysis.Module
		want   bool
	}{
		{nil, true},
		{&analysis.Module{}, true},
		{&analysis.Module{Path: "example.com/app"}, true},
		{&analysis.Module{Path: "example.com/lib", Version: "v1.2.3"}, false},
	} {
		if got := firstParty(&analysis.Pass{Module: tt.module}); got != tt.want {
			t.Errorf("%+v: got %v", tt.module, got)
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
