package code

import (
	"bytes"
	"go/format"
	"go/token"
	"testing"
)

// An outline has no names that only bodies use. Those in the types of function
// values stay: they are seen where such a type is written out.
func TestOutlineNames(t *testing.T) {
	o := &outline{files: []outlineFile{{name: "a.go", text: []byte(`package a

type Stack[T any] struct{ all []T }

type Walker interface {
	Walk(path string, fn func(name string) error) (err error)
}

func (s *Stack[T]) Push(v T, more ...T) (n int) {}

func Map[T any](in []T, fn func(element T) T) []T {}
`)}}}
	fset := token.NewFileSet()
	files := o.parse(fset)
	if len(files) != 1 || o.files != nil {
		t.Fatalf("got %d files of syntax and %d of text, want 1 and 0", len(files), len(o.files))
	}
	var got bytes.Buffer
	if err := format.Node(&got, fset, files[0]); err != nil {
		t.Fatal(err)
	}
	want := `package a

type Stack[T any] struct{ all []T }

type Walker interface {
	Walk(_ string, _ func(name string) error) (_ error)
}

func (_ *Stack[T]) Push(_ T, _ ...T) (_ int) {}

func Map[T any](_ []T, _ func(element T) T) []T {}
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &got, want)
	}
}
