package coderule

import (
	"go/types"
	"hash/fnv"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/effects"
)

// An exports is the fact of a package: what it says of itself to those that import
// it, see link.Exported, and what they may need of the packages that it imports.
// Facts only add to what a package shows by itself: hosts have lost them, and
// nothing may be called missing for want of one.
//
// The fact of a package reaches its direct importers, in every host. One that gets
// a value whose type is of a package further away calls methods of that too, so
// those methods are handed on.
type exports struct {
	// Data is a list of *effects.Package, encoded: the package's own, then others
	// by path. It begins with a word that names its form.
	Data []byte
}

// AFact marks exports as a fact.
func (*exports) AFact() {}

// String is for tests and debugging.
func (e *exports) String() string { return "exports" }

// maxFact bounds a fact's size, in bytes. Beyond it nothing is handed on, and
// beyond that nothing is told.
const maxFact = 64 << 10

// form tells facts of one build of the program from those of another that a host
// may have kept: it stands for the types that are encoded.
var form = sync.OnceValue(func() string {
	h := fnv.New64a()
	seen := map[reflect.Type]bool{}
	var write func(t reflect.Type)
	write = func(t reflect.Type) {
		io.WriteString(h, t.String()+";")
		if seen[t] {
			return
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			if t.Kind() == reflect.Map {
				write(t.Key())
			}
			write(t.Elem())
		case reflect.Struct:
			for f := range t.Fields() {
				io.WriteString(h, f.Name+" ")
				write(f.Type)
			}
		}
	}
	write(reflect.TypeFor[[]*effects.Package]())
	io.WriteString(h, strconv.Itoa(int(effects.Contents)))
	return "cnready " + strconv.FormatUint(h.Sum64(), 16) + "\n"
})

// encodeFact makes a fact of the packages that one tells its importers of.
func encodeFact(own *effects.Package, others []*effects.Package) *exports {
	for _, list := range [][]*effects.Package{append([]*effects.Package{own}, others...), {own}} {
		data, err := effects.Encode(list)
		if err == nil && len(data) <= maxFact {
			return &exports{Data: append([]byte(form()), data...)}
		}
	}
	return nil
}

// decodeFact is nil for a fact of another form.
func decodeFact(e *exports) []*effects.Package {
	data, ok := strings.CutPrefix(string(e.Data), form())
	if !ok {
		return nil
	}
	var list []*effects.Package
	if effects.Decode([]byte(data), &list) != nil {
		return nil
	}
	return slices.DeleteFunc(list, func(p *effects.Package) bool { return p == nil })
}

// imported are the facts of the packages that pass's package imports, by path, and
// of those further away that they hand on.
func imported(pass *analysis.Pass) map[string]*effects.Package {
	out := map[string]*effects.Package{}
	var handedOn []*effects.Package
	for _, imp := range pass.Pkg.Imports() {
		var e exports
		if !pass.ImportPackageFact(imp, &e) {
			continue
		}
		for _, p := range decodeFact(&e) {
			if p.Path == imp.Path() {
				out[p.Path] = p
			} else {
				handedOn = append(handedOn, p)
			}
		}
	}
	direct := map[string]bool{}
	for path := range out {
		direct[path] = true
	}
	// What two packages hand on of a third is joined: each hands on the methods
	// of the types that it shows.
	for _, p := range handedOn {
		switch known := out[p.Path]; {
		case direct[p.Path]:
		case known == nil:
			out[p.Path] = p
		default:
			for id, f := range p.Funcs {
				known.Funcs[id] = f
			}
		}
	}
	return out
}

// handOn picks, of what is known of other packages, the methods of those types
// that the package's exported declarations show, sorted by path.
func handOn(pkg *types.Package, known map[string]*effects.Package) []*effects.Package {
	shown := map[string]bool{} // "pkg.Type"
	seen := map[types.Type]bool{}
	var show func(t types.Type, depth int)
	show = func(t types.Type, depth int) {
		if t == nil || seen[t] || depth > 4 {
			return
		}
		seen[t] = true
		switch t := types.Unalias(t).(type) {
		case *types.Named:
			obj := t.Obj()
			switch {
			case obj.Pkg() == nil:
			case obj.Pkg() != pkg:
				shown[obj.Pkg().Path()+"."+obj.Name()] = true
			default:
				if st, ok := t.Underlying().(*types.Struct); ok {
					for f := range st.Fields() {
						if f.Exported() {
							show(f.Type(), depth+1)
						}
					}
				}
				for m := range t.Methods() {
					if m.Exported() {
						show(m.Signature().Results(), depth+1)
					}
				}
			}
		case *types.Tuple:
			for v := range t.Variables() {
				show(v.Type(), depth+1)
			}
		case interface{ Elem() types.Type }: // pointers, slices, arrays, maps, channels
			show(t.Elem(), depth+1)
		case *types.Signature:
			show(t.Results(), depth+1)
		}
	}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if obj := scope.Lookup(name); obj.Exported() {
			show(obj.Type(), 0)
		}
	}
	var out []*effects.Package
	for path, p := range known {
		part := &effects.Package{Path: path, Name: p.Name, Funcs: map[string]*effects.Function{}}
		for id, f := range p.Funcs {
			if i := strings.LastIndexByte(id, '.'); i > 0 && shown[id[:i]] {
				part.Funcs[id] = f
			}
		}
		if len(part.Funcs) > 0 {
			out = append(out, part)
		}
	}
	slices.SortFunc(out, func(a, b *effects.Package) int { return strings.Compare(a.Path, b.Path) })
	return out
}
