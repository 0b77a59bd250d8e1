package summarize_test

import (
	"slices"
	"strings"
	"testing"
)

// Where a module is missing, its methods are found by where their receiver comes
// from, as far as the code says that.
func TestUntypedReceivers(t *testing.T) {
	for _, tt := range []struct {
		name, decls, body string
		want              []string // but for mounts, which have no text
	}{
		{"what a function of it returns", "", `r := gin.Default()
	r.GET("/x", nil)
	r.Run(":80")`, []string{
			"5 gin.RouterGroup.GET method=GET path=/x router=*",
			"6 gin.Engine.Run network=tcp address=:80 protocol=http", "6 gin.Engine.Run protocol=http",
			"6 gin.Engine.Run server=default",
		}},
		{"what a method returns", "", `v1 := gin.New().Group("/api").Group("/v1")
	v1.POST("/x", nil)`, []string{"5 gin.RouterGroup.POST method=POST path=/x router=*/api/v1"}},
		{"a parameter", `func register(e *gin.Engine, path string) { e.GET(path, nil) }`, "", []string{
			"6 gin.RouterGroup.GET method=GET path=* router=*"}},
		{"a struct's field", `type app struct { engine *gin.Engine }
func (a *app) routes() { a.engine.GET("/x", nil) }`, "", []string{"7 gin.RouterGroup.GET method=GET path=/x router=*"}},
		{"a package variable", `var engine *gin.Engine
func routes() { engine.GET("/x", nil) }`, "", []string{"7 gin.RouterGroup.GET method=GET path=/x router=*"}},
		{"a composite literal", "", `e := &gin.Engine{}
	e.GET("/x", nil)`, []string{"5 gin.RouterGroup.GET method=GET path=/x router=*"}},
		{"a field of what it returns", "", `s := gin.Server()
	s.Engine.GET("/x", nil)`, []string{"5 gin.RouterGroup.GET method=GET path=/x router=*"}},
		{"a name that is somebody else's", `type own struct{}
func (own) GET(path string, h any) {}`, `own{}.GET("/x", nil)`, nil},
		{"of unknown origin", "", `e := undeclared()
	e.GET("/x", nil)`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := summary("package main\nimport \"github.com/gin-gonic/gin\"\nfunc main() {\n\t" + tt.body + "\n}\n" + tt.decls + "\nvar _ = gin.New\n")
			got := slices.DeleteFunc(effectsOf(p), func(s string) bool { return !strings.Contains(s, "=") })
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// What comes with an import stands at the import and runs before main.
func TestImports(t *testing.T) {
	p := summary(`package main

import "C"
import (
	"net/http"
	_ "net/http/pprof"
	_ "example.com/app/own"
)

func main() { http.ListenAndServe(":1", nil) }
`)
	want := []string{
		"10 http.ListenAndServe network=tcp address=:1 protocol=http", "10 http.ListenAndServe protocol=http",
		"10 http.ListenAndServe server=default", "3 cgo", "6 pprof path=/debug/pprof/ role=profiling",
	}
	if got := effectsOf(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(p.Init) != 1 || len(p.Funcs[p.Init[0]].Nodes) < 2 {
		t.Errorf("before main runs %q", p.Init)
	}
	if !slices.Equal(p.Imports, []string{"example.com/app/own"}) {
		t.Errorf("imports %q", p.Imports)
	}
}
