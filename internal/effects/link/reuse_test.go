package link

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// A maze makes programs of functions that call each other in circles, with values
// that lead through them.
type maze struct {
	*rand.Rand
	functions, line int
}

func (m *maze) at() finding.Position {
	m.line++
	return finding.Position{File: "main.go", Line: m.line, Column: 1}
}

func (m *maze) id() string { return fmt.Sprintf("example.org/maze.f%d", m.IntN(m.functions)) }

func (m *maze) key() string { return fmt.Sprintf("example.org/maze.T.x%d", m.IntN(m.functions/2+1)) }

// value is one that a function may hold.
func (m *maze) value(fn string, depth int) *effects.Value {
	v := &effects.Value{At: m.at()}
	parts := func(n int) {
		for range n {
			v.Args = append(v.Args, m.value(fn, depth+1))
		}
	}
	kind := m.IntN(11)
	if depth > 2 {
		kind %= 4
	}
	switch kind {
	case 0, 1:
		v.Kind, v.Text = effects.Literal, fmt.Sprint("/", m.IntN(5))
	case 2:
		v.Kind, v.Text, v.Index = effects.Param, fn, m.IntN(2)
	case 3:
		v.Kind, v.Text = effects.Field, m.key()
	case 4:
		v.Kind = effects.Concat
		parts(2)
	case 5:
		v.Kind = effects.Choice
		parts(3)
	case 6:
		v.Kind, v.Text = effects.Select, m.key()
		parts(1)
	case 7:
		test := effects.TestOf("==", m.value(fn, depth+1), m.value(fn, depth+1))
		return effects.WhenOf(m.value(fn, depth+1), test)
	case 8:
		v.Kind, v.Text = effects.Env, fmt.Sprint("V", m.IntN(9))
	default:
		v.Kind, v.Text = effects.Result, m.id()
		parts(3) // the receiver and two arguments
	}
	return v
}

func (m *maze) program() *effects.Package {
	pkg := &effects.Package{
		Path: "example.org/maze", Name: "main",
		Funcs: map[string]*effects.Function{}, Fields: map[string][]effects.Assigned{},
	}
	add := func(id string, calls int) {
		f := &effects.Function{ID: id, Params: 2, Exit: -1, At: m.at(), Results: []*effects.Value{m.value(id, 0)}}
		for range calls {
			f.Nodes = append(f.Nodes, effects.Node{
				Prev: -1, At: m.at(), When: []*effects.Value{m.value(id, 1)},
				Call: &effects.Call{Callee: m.id(), Args: []*effects.Value{m.value(id, 0), m.value(id, 0)}},
			})
		}
		f.Nodes = append(f.Nodes, effects.Node{Prev: -1, At: m.at(), Effect: &effects.Effect{
			Kind: effects.Write, API: "os.Create", Names: []string{"path"}, Values: []*effects.Value{m.value(id, 0)},
		}})
		pkg.Funcs[id] = f
	}
	add("example.org/maze.main", m.functions)
	for i := range m.functions {
		add(fmt.Sprintf("example.org/maze.f%d", i), 1+m.IntN(4))
	}
	for range 2 * m.functions {
		key, fn := m.key(), m.id()
		pkg.Fields[key] = append(pkg.Fields[key], effects.Assigned{Func: fn, Value: m.value(fn, 0), Literal: m.IntN(2) == 0})
	}
	return pkg
}

// What is remembered of circles must give what following them anew would give.
func TestReuse(t *testing.T) {
	for seed := range uint64(30) {
		m := &maze{Rand: rand.New(rand.NewPCG(seed, 1)), functions: 3 + int(seed%6)}
		pkg := m.program()
		var got [2][]byte
		for i, forgetful := range []bool{true, false} {
			p := New([]*effects.Package{pkg})
			p.forgetful = forgetful
			data, err := json.Marshal(p.Contract("example.org/maze"))
			if err != nil {
				t.Fatal(err)
			}
			got[i] = data
		}
		if !bytes.Equal(got[0], got[1]) {
			t.Errorf("seed %d: the contract is another one where outcomes are recalled", seed)
		}
	}
}
