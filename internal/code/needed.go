package code

import (
	"bytes"
	"go/parser"
	"go/token"
	"runtime"
	"strconv"
	"sync"

	"github.com/cnready/cnready/internal/effects/summarize"
)

// Of the packages that only lend their types, those declarations are needed to
// which the wanted packages refer, and those to which these refer. A method is
// needed of a type that is, where anything that is needed has a method of that
// name or selects it: then the type may be asked for it, and no method is missed
// where an interface wants it. All else would be parsed and checked for nothing,
// and most packages need not even be read.

// A lender is a package that lends its types.
type lender struct {
	p     *listedPackage
	files []*lentFile
	// read is set once its files are, asked are the names that were asked for
	// before.
	requested, read bool
	asked           []string
	needed          map[string]bool
	byName          map[string][]lent
	methods         map[string][]lent // by receiver
	// dots are the packages whose names its files use as their own.
	dots []string
}

// A lentFile is a file of a lender.
type lentFile struct {
	stripped
	name    string
	imports []importedName
	paths   map[string]string // of imports by local names
	used    map[string]bool   // the local names that what is needed refers to
	// whole is set for a file that is not understood.
	whole bool
}

// An importedName is what an import spec says.
type importedName struct{ local, path string }

// lent is a declaration of a lender.
type lent struct {
	lender *lender
	file   *lentFile
	*declaration
}

// needs finds what is needed.
type needs struct {
	ld      *checker
	wanted  map[string]bool
	lenders map[string]*lender
	// methods are the names of methods that are needed, waiting those methods of
	// needed types whose names are not.
	methods map[string]bool
	waiting map[string][]lent
	stack   []lent
	// reading counts the lenders that are being read and then sent to done.
	reading int
	done    chan *lender
	slots   chan struct{}
}

// outline finds the declarations that lend types to the wanted packages, and to
// each other.
func (ld *checker) outline(wanted map[string]bool) {
	n := &needs{
		ld: ld, wanted: wanted, lenders: map[string]*lender{}, methods: map[string]bool{}, waiting: map[string][]lent{},
		done: make(chan *lender), slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	for _, name := range summarize.Methods {
		n.methods[name] = true
	}
	paths := sortedKeys(wanted)
	own := make([]*references, len(paths))
	var wg sync.WaitGroup
	for i, path := range paths {
		wg.Go(func() {
			n.slots <- struct{}{}
			defer func() { <-n.slots }()
			own[i] = ld.referencesOf(ld.byPath[path])
		})
	}
	wg.Wait()
	for _, r := range own {
		for name := range r.methods {
			n.useMethod(name)
		}
		for to := range r.names {
			n.ask(to.path, to.local)
		}
	}
	for {
		for len(n.stack) > 0 {
			l := n.stack[len(n.stack)-1]
			n.stack = n.stack[:len(n.stack)-1]
			n.follow(l)
		}
		if n.reading == 0 {
			break
		}
		l := <-n.done
		n.reading--
		l.read = true
		for _, f := range l.files {
			if f.whole {
				n.need(lent{l, f, &f.declarations[0]})
			}
		}
		for _, name := range l.asked {
			n.lend(l, name)
		}
	}
	for path, l := range n.lenders {
		if o := l.outline(); o != nil {
			ld.outlines[path] = o
		}
	}
}

// references are what the files of a package refer to.
type references struct {
	// names are those of other packages; "" is the package itself.
	names map[importedName]bool
	// methods are all names that stand behind a dot, and those of the methods of
	// interfaces.
	methods map[string]bool
}

// referencesOf are the references of a package that is checked whole.
func (ld *checker) referencesOf(p *listedPackage) *references {
	r := &references{names: map[importedName]bool{}, methods: map[string]bool{}}
	for _, name := range p.files() {
		text, read := ld.texts[name]
		if !read {
			var err error
			if text, err = readFile(name); err != nil {
				continue
			}
		}
		imports := ld.importsOf(p, name, text)
		paths := map[string]string{}
		var dots []string
		for _, imp := range imports {
			r.names[importedName{path: imp.path}] = true
			if paths[imp.local] = imp.path; imp.local == "." {
				dots = append(dots, imp.path)
			}
		}
		eachReference(text, func(q, word []byte) {
			switch path := paths[string(q)]; {
			case q == nil:
				for _, dot := range dots {
					r.names[importedName{string(word), dot}] = true
				}
				return
			case path != "":
				to := importedName{string(word), path}
				if !r.names[to] {
					r.names[to] = true
				}
			}
			// A variable may have the name of an import.
			if !r.methods[string(word)] {
				r.methods[string(word)] = true
			}
		})
	}
	return r
}

// importsOf are the imports of a file, in their order.
func (ld *checker) importsOf(p *listedPackage, name string, text []byte) []importedName {
	head, _ := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.SkipObjectResolution) // as far as it goes
	if head == nil {
		return nil
	}
	out := make([]importedName, len(head.Imports))
	for i, spec := range head.Imports {
		if imp, err := strconv.Unquote(spec.Path.Value); err == nil {
			out[i] = importedName{ld.localName(p, imp, spec), ld.mapped(p, imp)}
		}
	}
	return out
}

// ask asks for a name of a package; "" for nothing but that it is there.
func (n *needs) ask(path, name string) {
	p := n.ld.byPath[path]
	if p == nil || n.wanted[path] || path == "unsafe" || path == "C" {
		return
	}
	l := n.lenders[path]
	if l == nil {
		l = &lender{p: p, needed: map[string]bool{}, byName: map[string][]lent{}, methods: map[string][]lent{}}
		n.lenders[path] = l
	}
	if name == "" {
		return
	}
	if !l.requested {
		l.requested = true
		n.reading++
		go func() {
			n.slots <- struct{}{}
			n.ld.readLender(l)
			<-n.slots
			n.done <- l
		}()
	}
	if !l.read {
		l.asked = append(l.asked, name)
		return
	}
	n.lend(l, name)
}

// lend has all declarations of a name needed.
func (n *needs) lend(l *lender, name string) {
	if l.needed[name] {
		return
	}
	l.needed[name] = true
	for _, d := range l.byName[name] {
		n.need(d)
	}
	if len(l.byName[name]) == 0 {
		for _, dot := range l.dots {
			n.ask(dot, name)
		}
	}
}

func (n *needs) need(d lent) {
	if !d.needed {
		d.needed = true
		n.stack = append(n.stack, d)
	}
}

// useMethod has the methods of a name needed.
func (n *needs) useMethod(name string) {
	if n.methods[name] {
		return
	}
	n.methods[name] = true
	for _, d := range n.waiting[name] {
		n.need(d)
	}
	delete(n.waiting, name)
}

// follow asks for what a declaration refers to.
func (n *needs) follow(d lent) {
	l, f := d.lender, d.file
	eachReference(f.text[d.from:d.to], func(q, word []byte) {
		if q == nil {
			if len(l.byName[string(word)]) > 0 || len(l.dots) > 0 {
				n.lend(l, string(word))
			}
			return
		}
		path, ok := f.paths[string(q)]
		if !ok {
			if !n.methods[string(word)] {
				n.useMethod(string(word))
			}
			return
		}
		if !f.used[string(q)] {
			f.used[string(q)] = true
		}
		n.ask(path, string(word))
	})
	if !d.isType {
		return
	}
	for _, name := range d.names {
		for _, m := range l.methods[name] {
			if method := m.names[0]; n.methods[method] {
				n.need(m)
			} else {
				n.waiting[method] = append(n.waiting[method], m)
			}
		}
	}
}

// readLender reads the files of a lender.
func (ld *checker) readLender(l *lender) {
	for _, name := range l.p.files() {
		text, read := ld.texts[name]
		if !read {
			var err error
			if text, err = readFile(name); err != nil {
				continue // what is missing is told where its types are missed
			}
		}
		f := &lentFile{name: name, paths: map[string]string{}, used: map[string]bool{}}
		out, ok := strip(text)
		if !ok {
			f.whole = true
			out = stripped{text: text, declarations: []declaration{{to: len(text)}}}
		}
		f.stripped = out
		f.imports = ld.importsOf(l.p, name, f.text)
		for _, imp := range f.imports {
			if f.paths[imp.local] = imp.path; imp.local == "." {
				l.dots = append(l.dots, imp.path)
			}
		}
		l.files = append(l.files, f)
		for i := range f.declarations {
			d := lent{l, f, &f.declarations[i]}
			if d.receiver != "" && len(d.names) > 0 {
				l.methods[d.receiver] = append(l.methods[d.receiver], d)
				continue
			}
			for _, name := range d.names {
				l.byName[name] = append(l.byName[name], d)
			}
		}
	}
}

// outline is what is needed of a lender, nil where none of its files could be read.
func (l *lender) outline() *outline {
	if len(l.p.GoFiles)+len(l.p.CgoFiles) == 0 || l.requested && len(l.files) == 0 {
		return nil
	}
	o := &outline{name: l.p.Name}
	used := map[string]bool{}
	for _, f := range l.files {
		text, any := f.neededText()
		if !any {
			continue
		}
		of := outlineFile{name: f.name, text: text, unused: map[int]bool{}}
		for i, imp := range f.imports {
			if imp.path != "" && (f.whole || imp.local == "." || f.used[imp.local]) {
				used[imp.path] = true
			} else {
				of.unused[i] = true
			}
		}
		o.files = append(o.files, of)
	}
	o.imports = sortedKeys(used)
	l.files = nil
	return o
}

// neededText is the text of a file without the declarations that are not needed.
// The rest stands where it stood. any is false where nothing is needed.
func (f *lentFile) neededText() (text []byte, any bool) {
	at := 0
	for i := range f.declarations {
		d := &f.declarations[i]
		if d.needed {
			any = true
			continue
		}
		text = append(text, f.text[at:d.from]...)
		at = d.to
		left := f.text[d.from:d.to]
		for range bytes.Count(left, []byte("\n")) {
			text = append(text, '\n')
		}
		if at < len(f.text) && f.text[at] != '\n' {
			for range left[bytes.LastIndexByte(left, '\n')+1:] {
				text = append(text, ' ')
			}
		}
	}
	return append(text, f.text[at:]...), any
}

// eachReference calls fn with the words of Go source that may refer to something:
// word alone with a nil q, or behind a dot, and then with the word before that; q is
// empty where none stands there. The name of a method of an interface is one
// behind a dot.
func eachReference(src []byte, fn func(q, word []byte)) {
	s := stripper{src: src}
	none := []byte{}
	var last lexeme
	var lastText, before []byte // the last token, and what stands before its dot
	var interfaces []bool       // for each open bracket
	for {
		t, text := s.next()
		switch t {
		case endOfFile, malformed:
			return
		case newline:
			continue
		case word:
			if last == period {
				fn(before, text)
				// a.b.c: what stands before c is no word alone.
				before = none
				last, lastText = word, none
				continue
			}
			fn(nil, text)
		case period:
			if bytes.HasPrefix(src[s.pos:], []byte("..")) {
				s.pos += 2
				last, lastText = operator, none
				continue
			}
			if before = none; last == word {
				before = lastText
			}
		case opening:
			if text[0] == '(' && last == word && len(interfaces) > 0 && interfaces[len(interfaces)-1] && len(lastText) > 0 {
				fn(none, lastText)
			}
			interfaces = append(interfaces, text[0] == '{' && last == word && string(lastText) == "interface")
		case closing:
			if len(interfaces) > 0 {
				interfaces = interfaces[:len(interfaces)-1]
			}
		}
		last, lastText = t, text
	}
}
