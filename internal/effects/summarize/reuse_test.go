package summarize

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/effects/apitable"
)

// A maze writes functions whose variables are assigned from each other, in loops
// and under conditions.
type maze struct {
	*rand.Rand
	text strings.Builder
}

var mazeVariables = []string{"a", "b", "x", "y", "z", "t.f", "t.g"}

func (m *maze) variable() string { return mazeVariables[m.IntN(len(mazeVariables))] }

func (m *maze) expression() string {
	switch m.IntN(5) {
	case 0:
		return fmt.Sprintf("%q", fmt.Sprint("/", m.IntN(5)))
	case 1:
		return m.variable() + ` + "/"`
	case 2:
		return fmt.Sprintf("made(%s, %s)", m.variable(), m.variable())
	case 3:
		return fmt.Sprintf("(pair{%s, %s}.f)", m.variable(), m.variable())
	}
	return m.variable()
}

func (m *maze) statements(n, depth int) {
	for range n {
		switch kind := m.IntN(8); {
		case kind == 0 && depth < 3:
			m.text.WriteString("for range b {\n")
			m.statements(2, depth+1)
			m.text.WriteString("}\n")
		case kind == 1 && depth < 3:
			fmt.Fprintf(&m.text, "if %s == %s {\n", m.variable(), m.expression())
			m.statements(2, depth+1)
			m.text.WriteString("}\n")
		case kind == 2:
			fmt.Fprintf(&m.text, "set(&%s, %s)\n", m.variable(), m.expression())
		default:
			fmt.Fprintf(&m.text, "%s = %s\n", m.variable(), m.expression())
		}
	}
}

func (m *maze) program(functions int) string {
	m.text.WriteString("package maze\n\ntype pair struct{ f, g string }\n\nfunc made(a, b string) string { return a + b }\n\nfunc set(p *string, a string) { *p = a }\n\n")
	for i := range functions {
		fmt.Fprintf(&m.text, "func f%d(a, b string) string {\nvar x, y, z string\nvar t pair\nfor range a {\n", i)
		m.statements(4+m.IntN(4), 1)
		m.text.WriteString("}\nprintln(x, y, z, t.f, t.g)\nreturn " + m.expression() + "\n}\n\n")
	}
	return m.text.String()
}

func summarized(t *testing.T, text string, forgetful bool) (data []byte, s *summarizer) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "maze.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Error: func(error) {}}
	pkg, _ := conf.Check("example.com/maze", fset, []*ast.File{f}, info)
	s = newSummarizer(Input{
		Fset: fset, Files: []*ast.File{f}, Pkg: pkg, Info: info, Table: apitable.Default(),
		FirstParty: func(path string) bool { return path == "example.com/maze" },
	})
	s.forgetful = forgetful
	if data, err = json.Marshal(s.run()); err != nil {
		t.Fatal(err)
	}
	return data, s
}

// What is remembered of circles must give what following them anew would give.
func TestReuse(t *testing.T) {
	compared := 0
	for seed := range uint64(120) {
		text := (&maze{Rand: rand.New(rand.NewPCG(seed, 2))}).program(1)
		anew, s := summarized(t, text, true)
		if s.tooLong > 0 || s.tooDeep > 0 {
			continue // the bounds are met sooner where nothing is remembered
		}
		compared++
		if again, _ := summarized(t, text, false); !bytes.Equal(again, anew) {
			t.Errorf("seed %d: the summary is another one where outcomes are recalled:\n%s", seed, text)
		}
	}
	if compared < 60 {
		t.Errorf("only %d programs could be compared", compared)
	}
}

// A generated parser and a merge of two lists have dozens of variables that are
// made of each other.
func TestCircles(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 3))
	var text strings.Builder
	text.WriteString("package maze\n\nfunc made(a, b string) string { return a + b }\n\nfunc f(a, b string) string {\nvar v0, v1, v2, v3, v4, v5, v6, v7 string\nfor range a {\n")
	for i := range 24 {
		fmt.Fprintf(&text, "if a == b {\nv%d = made(v%d, v%d)\n}\n", i%8, r.IntN(8), r.IntN(8))
	}
	text.WriteString("}\nreturn v0\n}\n")
	if _, s := summarized(t, text.String(), true); s.tooLong == 0 {
		t.Errorf("there are few ways through the circles: %d steps", s.allSteps)
	}
	if _, s := summarized(t, text.String(), false); s.tooLong > 0 {
		t.Errorf("%d steps, and circles were given up %d times", s.allSteps, s.tooLong)
	}
}
