package code

import (
	"crypto/sha256"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// A hasher makes keys. What is written is marked off, so that no two ways to write
// give the same key.
type hasher struct{ hash.Hash }

func newHasher() hasher { return hasher{sha256.New()} }

func (h hasher) strings(texts ...string) {
	var size [20]byte
	for _, s := range texts {
		h.Write(append(strconv.AppendInt(size[:0], int64(len(s)), 10), ':'))
		io.WriteString(h.Hash, s)
	}
}

func (h hasher) bools(values ...bool) {
	for _, v := range values {
		h.strings(strconv.FormatBool(v))
	}
}

func (h hasher) key() (k key) {
	h.Sum(k[:0])
	return k
}

// makeKeys gives each listed package the key of what is found of it: its own files,
// and the keys of all that it imports. Functions and types of a package that is
// not first-party count by their declarations only, but these need not be told
// apart: its module's version stands for all. ok is false where the running
// program cannot be told.
//
// What was read on the way is kept in ld.texts, so that what is analyzed is what
// was hashed.
func (ld *checker) makeKeys() (keys map[string]key, ok bool) {
	program := thisBuild()
	if program == "" {
		return nil, false
	}
	base := newHasher()
	base.strings("cnready", program, runtime.Version(), runtime.GOOS, runtime.GOARCH, ld.table.Hash(), ld.tree.Prefix)
	common := base.key()

	pins := ld.pins()
	contents := ld.hashFiles(pins)
	keys = make(map[string]key, len(ld.list))
	for i, p := range ld.list {
		h := newHasher()
		h.Write(common[:])
		h.strings(p.ImportPath, p.Name)
		h.bools(p.Standard, p.DepOnly, p.firstParty)
		if m := p.Module; m != nil {
			h.strings(m.Path)
		}
		if p.Error != nil {
			h.strings("error", withoutRoot(ld.tree, p.Error.Err))
		}
		if rel, ok := inTree(ld.tree, p.Dir); ok {
			h.strings("in", rel)
		}
		h.strings(pins[i])
		for _, name := range p.files() {
			h.strings(ld.fileName(name))
			if sum, ok := contents[name]; ok {
				h.Write(sum[:])
			}
		}
		for _, imp := range p.Imports {
			q := ld.mapped(p, imp)
			// What comes later is imported in a circle and not waited for.
			k, ok := keys[q]
			h.strings(imp, q)
			h.bools(ok)
			h.Write(k[:])
		}
		keys[p.ImportPath] = h.key()
	}
	return keys, true
}

// hashFiles reads and hashes the files of packages that may change.
func (ld *checker) hashFiles(pins []string) map[string]key {
	contents := map[string]key{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, p := range ld.list {
		if pins[i] != "" {
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, name := range p.files() {
				text, err := readFile(name)
				sum := sha256.Sum256(text)
				if err != nil {
					sum = sha256.Sum256([]byte("unreadable"))
				}
				mu.Lock()
				contents[name] = sum
				if err == nil && p.firstParty {
					ld.texts[name] = text
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return contents
}

// pins gives each listed package the version from which its files follow: that of
// a released Go for the standard library, and that of the module for those in the
// module cache, whose folders are named by it (Go modules reference, "Module
// cache"). It is "" for packages whose files may change.
func (ld *checker) pins() []string {
	pins := make([]string, len(ld.list))
	versions := map[string]string{} // of Go installations
	for i, p := range ld.list {
		if p.Standard {
			pins[i] = goVersion(p, versions)
			continue
		}
		m := p.Module
		if m == nil || m.Main {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		if m.Version != "" && strings.Contains(filepath.Base(m.Dir), "@") && within(p.Dir, m.Dir) {
			pins[i] = m.Path + "@" + m.Version
		}
	}
	return pins
}

func within(dir, parent string) bool {
	return dir == parent || strings.HasPrefix(dir, parent+string(filepath.Separator))
}

// goVersion is the version of the Go installation that has a package of the
// standard library; "" where it cannot be told. versions remembers it.
func goVersion(p *listedPackage, versions map[string]string) string {
	root, ok := strings.CutSuffix(filepath.ToSlash(p.Dir), "/src/"+p.ImportPath)
	if !ok {
		return ""
	}
	v, ok := versions[root]
	if !ok {
		// A Go that was built from its repository has no such file.
		text, err := os.ReadFile(filepath.Join(filepath.FromSlash(root), "VERSION"))
		if err == nil && len(text) < 1<<10 {
			v = string(text)
		}
		versions[root] = v
	}
	return v
}

// groupKey is the key of a group's contracts.
func (ld *checker) groupKey(g group, keys map[string]key) key {
	h := newHasher()
	h.strings("contracts", g.dir)
	for _, p := range ld.list {
		if !p.firstParty {
			continue
		}
		k := keys[p.ImportPath]
		h.Write(k[:])
		rel, ok := inTree(ld.tree, p.Dir)
		h.strings(rel)
		h.bools(ok)
		if p.Module != nil {
			rel, ok := inTree(ld.tree, p.Module.Dir)
			h.strings(rel)
			h.bools(ok)
		}
	}
	return h.key()
}
