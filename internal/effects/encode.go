package effects

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"sync"
)

// Encode writes a summary, a contract or anything made of them into bytes, from
// which Decode makes an equal one in another run. What several pointers point to
// is written once and shared again afterwards: values are trees with many common
// branches. Maps are written in the order of their keys, so that equal things
// give equal bytes.
//
// It goes by the exported fields of the types, whatever these are; unexported
// fields, which only remember what was reckoned, are left out. v must hold no
// interfaces, functions or channels: the error names the type that does.
//
// The bytes say nothing of the types. They can be read by the same build of the
// program only.
func Encode(v any) ([]byte, error) {
	rv := reflect.ValueOf(v)
	if !rv.IsValid() {
		return nil, errors.New("cannot encode nil")
	}
	c, err := codecOf(rv.Type())
	if err != nil {
		return nil, err
	}
	e := &encoder{strings: map[string]uint64{}, pointers: map[target]uint64{}}
	c.encode(e, rv)
	return e.out, nil
}

// Decode reads what Encode wrote into what v points to, which must be of the type
// that was encoded. Strings of the result share memory with a copy of data. The
// error says that data is not what Encode wrote; v is then filled in part.
func Decode(data []byte, v any) (err error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("cannot decode into %T: want a pointer", v)
	}
	c, err := codecOf(rv.Type().Elem())
	if err != nil {
		return err
	}
	d := &decoder{data: data, text: string(data)}
	defer func() {
		if x := recover(); x != nil {
			if e, ok := x.(error); !ok || !errors.Is(e, errDamaged) {
				panic(x)
			}
			err = errDamaged
		}
	}()
	c.decode(d, rv.Elem())
	if d.pos != len(data) {
		return errDamaged
	}
	return nil
}

var errDamaged = errors.New("the encoded data is damaged")

// maxNesting bounds how deep decoded pointers may stand in each other.
const maxNesting = 100_000

type encoder struct {
	out []byte
	// What was written before is referred to by its number, from 1 on.
	strings  map[string]uint64
	pointers map[target]uint64
}

// A target is what a pointer points to. A struct and its first field have one
// address.
type target struct {
	address uintptr
	codec   *codec
}

func (e *encoder) uint(n uint64) { e.out = binary.AppendUvarint(e.out, n) }

// string writes 0 for "", the number of a string that was written before, or the
// next number and the string.
func (e *encoder) string(s string) {
	if s == "" {
		e.uint(0)
		return
	}
	if n, ok := e.strings[s]; ok {
		e.uint(n)
		return
	}
	n := uint64(len(e.strings)) + 1
	e.strings[s] = n
	e.uint(n)
	e.uint(uint64(len(s)))
	e.out = append(e.out, s...)
}

type decoder struct {
	data     []byte
	text     string
	pos      int
	strings  []string
	pointers []reflect.Value
	nesting  int
}

func (d *decoder) uint() uint64 {
	if d.pos < len(d.data) && d.data[d.pos] < 0x80 {
		d.pos++
		return uint64(d.data[d.pos-1])
	}
	n, size := binary.Uvarint(d.data[d.pos:])
	if size <= 0 {
		panic(errDamaged)
	}
	d.pos += size
	return n
}

// length reads the length of a slice or map, of which each element takes at least
// a byte; ok is false for nil.
func (d *decoder) length() (n int, ok bool) {
	x := d.uint()
	if x == 0 {
		return 0, false
	}
	return d.within(x - 1), true
}

// within checks that n bytes are left.
func (d *decoder) within(n uint64) int {
	if n > uint64(len(d.data)-d.pos) {
		panic(errDamaged)
	}
	return int(n)
}

func (d *decoder) string() string {
	switch n := d.uint(); {
	case n == 0:
		return ""
	case n <= uint64(len(d.strings)):
		return d.strings[n-1]
	case n > uint64(len(d.strings))+1:
		panic(errDamaged)
	}
	size := d.within(d.uint())
	s := d.text[d.pos : d.pos+size]
	d.pos += size
	d.strings = append(d.strings, s)
	return s
}

// A codec writes and reads the values of one type.
type codec struct {
	encode func(*encoder, reflect.Value)
	decode func(*decoder, reflect.Value)
}

var (
	codecMu sync.Mutex
	codecs  = map[reflect.Type]*codec{}
)

// codecOf makes the codec of a type, once.
func codecOf(t reflect.Type) (*codec, error) {
	codecMu.Lock()
	defer codecMu.Unlock()
	if c := codecs[t]; c != nil {
		return c, nil
	}
	made := map[reflect.Type]*codec{}
	c, err := makeCodec(t, made)
	if err != nil {
		return nil, err
	}
	for t, c := range made {
		codecs[t] = c
	}
	return c, nil
}

// makeCodec adds the codecs of a type and all types in it to made. A type that
// holds itself meets its own, which is filled by then.
func makeCodec(t reflect.Type, made map[reflect.Type]*codec) (*codec, error) {
	if c := made[t]; c != nil {
		return c, nil
	}
	c := &codec{}
	made[t] = c
	switch t.Kind() {
	case reflect.Bool:
		c.encode = func(e *encoder, v reflect.Value) {
			if v.Bool() {
				e.uint(1)
			} else {
				e.uint(0)
			}
		}
		c.decode = func(d *decoder, v reflect.Value) { v.SetBool(d.uint() != 0) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		c.encode = func(e *encoder, v reflect.Value) { e.out = binary.AppendVarint(e.out, v.Int()) }
		c.decode = func(d *decoder, v reflect.Value) {
			n := d.uint()
			x := int64(n>>1) ^ -int64(n&1)
			if v.OverflowInt(x) {
				panic(errDamaged)
			}
			v.SetInt(x)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.encode = func(e *encoder, v reflect.Value) { e.uint(v.Uint()) }
		c.decode = func(d *decoder, v reflect.Value) {
			n := d.uint()
			if v.OverflowUint(n) {
				panic(errDamaged)
			}
			v.SetUint(n)
		}
	case reflect.Float32, reflect.Float64:
		c.encode = func(e *encoder, v reflect.Value) { e.uint(math.Float64bits(v.Float())) }
		c.decode = func(d *decoder, v reflect.Value) { v.SetFloat(math.Float64frombits(d.uint())) }
	case reflect.String:
		c.encode = func(e *encoder, v reflect.Value) { e.string(v.String()) }
		c.decode = func(d *decoder, v reflect.Value) { v.SetString(d.string()) }
	case reflect.Pointer:
		err := c.pointer(t, made)
		return c, err
	case reflect.Slice:
		err := c.slice(t, made)
		return c, err
	case reflect.Array:
		err := c.array(t, made)
		return c, err
	case reflect.Map:
		err := c.maps(t, made)
		return c, err
	case reflect.Struct:
		err := c.structs(t, made)
		return c, err
	default:
		return nil, fmt.Errorf("cannot encode values of type %s", t)
	}
	return c, nil
}

func (c *codec) pointer(t reflect.Type, made map[reflect.Type]*codec) error {
	elem, err := makeCodec(t.Elem(), made)
	if err != nil {
		return err
	}
	c.encode = func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.uint(0)
			return
		}
		p := target{v.Pointer(), elem}
		if n, ok := e.pointers[p]; ok {
			e.uint(n)
			return
		}
		n := uint64(len(e.pointers)) + 1
		e.pointers[p] = n
		e.uint(n)
		elem.encode(e, v.Elem())
	}
	c.decode = func(d *decoder, v reflect.Value) {
		n := d.uint()
		switch {
		case n == 0:
			v.SetZero()
			return
		case n <= uint64(len(d.pointers)):
			p := d.pointers[n-1]
			if p.Type() != t {
				panic(errDamaged)
			}
			v.Set(p)
			return
		case n > uint64(len(d.pointers))+1 || d.nesting > maxNesting:
			panic(errDamaged)
		}
		p := reflect.New(t.Elem())
		d.pointers = append(d.pointers, p)
		v.Set(p)
		d.nesting++
		elem.decode(d, p.Elem())
		d.nesting--
	}
	return nil
}

// slice writes 0 for nil, and otherwise the length and one.
func (c *codec) slice(t reflect.Type, made map[reflect.Type]*codec) error {
	elem, err := makeCodec(t.Elem(), made)
	if err != nil {
		return err
	}
	c.encode = func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.uint(0)
			return
		}
		n := v.Len()
		e.uint(uint64(n) + 1)
		for i := range n {
			elem.encode(e, v.Index(i))
		}
	}
	c.decode = func(d *decoder, v reflect.Value) {
		n, ok := d.length()
		if !ok {
			v.SetZero()
			return
		}
		s := reflect.MakeSlice(t, n, n)
		for i := range n {
			elem.decode(d, s.Index(i))
		}
		v.Set(s)
	}
	return nil
}

func (c *codec) array(t reflect.Type, made map[reflect.Type]*codec) error {
	elem, err := makeCodec(t.Elem(), made)
	if err != nil {
		return err
	}
	c.encode = func(e *encoder, v reflect.Value) {
		for i := range t.Len() {
			elem.encode(e, v.Index(i))
		}
	}
	c.decode = func(d *decoder, v reflect.Value) {
		for i := range t.Len() {
			elem.decode(d, v.Index(i))
		}
	}
	return nil
}

// maps writes 0 for nil, and otherwise the length and one, and each key with its
// value.
func (c *codec) maps(t reflect.Type, made map[reflect.Type]*codec) error {
	compare := comparison(t.Key().Kind())
	if compare == nil {
		return fmt.Errorf("cannot encode maps with keys of type %s", t.Key())
	}
	key, err := makeCodec(t.Key(), made)
	if err != nil {
		return err
	}
	elem, err := makeCodec(t.Elem(), made)
	if err != nil {
		return err
	}
	c.encode = func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.uint(0)
			return
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, compare)
		e.uint(uint64(len(keys)) + 1)
		for _, k := range keys {
			key.encode(e, k)
			elem.encode(e, v.MapIndex(k))
		}
	}
	c.decode = func(d *decoder, v reflect.Value) {
		n, ok := d.length()
		if !ok {
			v.SetZero()
			return
		}
		m := reflect.MakeMapWithSize(t, n)
		k, x := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		for range n {
			k.SetZero()
			x.SetZero()
			key.decode(d, k)
			elem.decode(d, x)
			m.SetMapIndex(k, x)
		}
		v.Set(m)
	}
	return nil
}

// comparison orders the keys of maps, or is nil where they cannot be.
func comparison(k reflect.Kind) func(a, b reflect.Value) int {
	switch k {
	case reflect.String:
		return func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) }
	}
	return nil
}

// structs writes a bit for each exported field that is not zero, and then those
// fields.
func (c *codec) structs(t reflect.Type, made map[reflect.Type]*codec) error {
	type field struct {
		index int
		*codec
	}
	var fields []field
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		f, err := makeCodec(t.Field(i).Type, made)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, t.Field(i).Name, err)
		}
		fields = append(fields, field{i, f})
	}
	if len(fields) > 64 {
		return fmt.Errorf("cannot encode %s: it has more than 64 fields", t)
	}
	c.encode = func(e *encoder, v reflect.Value) {
		var set uint64
		for i, f := range fields {
			if !v.Field(f.index).IsZero() {
				set |= 1 << i
			}
		}
		e.uint(set)
		for i, f := range fields {
			if set&(1<<i) != 0 {
				f.encode(e, v.Field(f.index))
			}
		}
	}
	c.decode = func(d *decoder, v reflect.Value) {
		set := d.uint()
		if bits.Len64(set) > len(fields) {
			panic(errDamaged)
		}
		for ; set != 0; set &= set - 1 {
			f := fields[bits.TrailingZeros64(set)]
			f.decode(d, v.Field(f.index))
		}
	}
	return nil
}
