package code

import (
	"testing"

	"github.com/cnready/cnready/internal/tree/treetest"
)

func TestLinked(t *testing.T) {
	root := treetest.Open(t, `
-- go.mod --
module example.test/shop

go 1.24

require example.test/absent v1.0.0
-- cmd/web/main.go --
package main

import (
	"example.test/shop/clock"
)

func main() { clock.Start() }
-- cmd/broken/main.go --
package main

import _ "example.test/absent"

func main() {}
-- clock/clock.go --
package clock

import _ "time/tzdata"

func Start() {}
`)
	c := (&Loader{CacheDir: "off"}).Load(t.Context(), root)
	if len(c.Mains) != 2 {
		t.Fatalf("%d mains", len(c.Mains))
	}
	broken, web := c.Mains[0].Contract, c.Mains[1].Contract
	for _, tt := range []struct {
		path          string
		linked, known bool
	}{
		{"time/tzdata", true, true}, {"example.test/shop/clock", true, true}, {"net/http", false, true}, {"example.test/absent", false, true},
	} {
		if linked, known := web.Links(tt.path); linked != tt.linked || known != tt.known {
			t.Errorf("%s: %v, %v", tt.path, linked, known)
		}
	}
	if linked, known := broken.Links("time/tzdata"); linked || known {
		t.Errorf("of a program that lacks a module: %v, %v", linked, known)
	}
	if linked, _ := broken.Links("example.test/absent"); !linked {
		t.Error("the module that is not there is not linked")
	}
}
