package effects

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/finding"
)

// everything is a value of a type with something in each exported field, as far
// as the type goes; n tells values apart.
func everything(t reflect.Type, n *int, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	*n++
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n%100) - 50)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n % 200))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(*n) / 4)
	case reflect.String:
		v.SetString(strings.Repeat("x", *n%7) + string(rune('a'+*n%26)))
	case reflect.Pointer:
		if depth > 0 {
			v.Set(everything(t.Elem(), n, depth-1).Addr())
		}
	case reflect.Slice:
		if depth > 0 {
			v.Set(reflect.Append(v, everything(t.Elem(), n, depth-1), reflect.Zero(t.Elem())))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		for range 3 {
			v.SetMapIndex(everything(t.Key(), n, depth), everything(t.Elem(), n, depth-1))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(everything(t.Field(i).Type, n, depth))
			}
		}
	}
	return v
}

var exportedOnly = cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && !exported(f.Name())
}, cmp.Ignore())

// exported tells whether a field is exported.
func exported(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

func TestEncodeEverything(t *testing.T) {
	for _, v := range []any{Package{}, Contract{}} {
		n := 0
		in := everything(reflect.TypeOf(v), &n, 6)
		data, err := Encode(in.Interface())
		if err != nil {
			t.Fatal(err)
		}
		out := reflect.New(in.Type())
		if err := Decode(data, out.Interface()); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(in.Interface(), out.Elem().Interface(), exportedOnly); d != "" {
			t.Errorf("%T differs after decoding:\n%s", v, d)
		}
		again, err := Encode(out.Elem().Interface())
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%T: what was decoded is encoded otherwise (%v)", v, err)
		}
	}
}

// TestEncodeLeavesOut lists the unexported fields that encoding leaves out: they
// must be what can be reckoned again.
func TestEncodeLeavesOut(t *testing.T) {
	var got []string
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Map:
			visit(t.Key())
			visit(t.Elem())
		case reflect.Pointer, reflect.Slice, reflect.Array:
			visit(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if f := t.Field(i); f.IsExported() {
					visit(f.Type)
				} else {
					got = append(got, t.Name()+"."+f.Name)
				}
			}
		}
	}
	visit(reflect.TypeFor[Package]())
	visit(reflect.TypeFor[Contract]())
	if want := []string{"Value.size", "Value.hash"}; !reflect.DeepEqual(got, want) {
		t.Errorf("encoding leaves out %v, want only %v", got, want)
	}
}

func TestEncodeShares(t *testing.T) {
	leaf := Lit("leaf", finding.Position{File: "a.go", Line: 1})
	branch := &Value{Kind: Concat, Args: []*Value{leaf, leaf}}
	for range 40 {
		branch = &Value{Kind: Concat, Args: []*Value{branch, branch}}
	}
	data, err := Encode(branch)
	if err != nil || len(data) > 400 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	var got *Value
	if err := Decode(data, &got); err != nil {
		t.Fatal(err)
	}
	depth := 0
	for ; got.Kind == Concat; got = got.Args[0] {
		if got.Args[0] != got.Args[1] {
			t.Fatal("what was shared is doubled")
		}
		depth++
	}
	if depth != 41 || got.Text != "leaf" || got.At.Line != 1 {
		t.Errorf("depth %d, leaf %+v", depth, got)
	}
}

func TestEncodeNilAndEmpty(t *testing.T) {
	type all struct {
		S, N []string
		M, E map[string]int
		P    *int
		A    [2]bool
	}
	in := all{S: []string{}, E: map[string]int{}, A: [2]bool{false, true}}
	data, err := Encode(in)
	if err != nil {
		t.Fatal(err)
	}
	var out all
	if err := Decode(data, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, v := range []any{nil, struct{ X any }{}, func() {}, []error{}, map[bool]int{}, map[string]chan int{}} {
		if data, err := Encode(v); err == nil {
			t.Errorf("%T was encoded: %x", v, data)
		}
	}
	if err := Decode(nil, Value{}); err == nil {
		t.Error("decoded into what is no pointer")
	}
}

func TestDecodeDamaged(t *testing.T) {
	n := 0
	data, err := Encode(everything(reflect.TypeFor[Package](), &n, 4).Interface())
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		if err := Decode(data[:i], new(Package)); err == nil {
			t.Fatalf("the first %d of %d bytes were decoded", i, len(data))
		}
		for _, b := range []byte{0, 1, 0x7f, 0xff} {
			changed := bytes.Clone(data)
			changed[i] = b
			_ = Decode(changed, new(Package)) // must only end
		}
	}
}

func FuzzDecode(f *testing.F) {
	n := 0
	data, err := Encode(everything(reflect.TypeFor[Package](), &n, 4).Interface())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p Package
		if Decode(data, &p) == nil {
			if _, err := Encode(p); err != nil {
				t.Error(err)
			}
		}
	})
}
