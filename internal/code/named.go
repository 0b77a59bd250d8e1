package code

import (
	"bytes"
	"os"
	"strings"
	"sync"
)

// maxScannedFile is the largest Go file that is searched for names, in bytes.
const maxScannedFile = 4 << 20

// A namer tells which names stand as string literals in the sources of a program.
// It reads them when it is first asked.
type namer struct {
	files [][]string // by package
	own   []bool     // false for the standard library, by package
	whole bool
	once  sync.Once
	names map[string]bool
}

// named makes the namer of a program: its own packages, those of other modules,
// and those of the standard library.
func (ld *checker) named(main *listedPackage) *namer {
	paths, whole := ld.linked(main)
	n := &namer{whole: whole, files: [][]string{main.files()}, own: []bool{true}}
	for _, path := range paths {
		if p := ld.byPath[path]; p != nil {
			n.files, n.own = append(n.files, p.files()), append(n.own, !p.Standard)
		}
	}
	return n
}

// has tells whether a name that is written like an environment variable stands in
// quotes in some file of the program. known is false where files are missing and
// it was not found.
func (n *namer) has(name string) (found, known bool) {
	n.once.Do(n.read)
	found = n.names[name]
	return found, found || n.whole
}

func (n *namer) read() {
	n.names = map[string]bool{}
	for i, files := range n.files {
		for _, file := range files {
			names, ok := quotedNames(file)
			n.whole = n.whole && ok
			for _, name := range names {
				// The runtime's own use of its functions is none of the program's.
				if n.own[i] || !strings.Contains(name, ".") {
					n.names[name] = true
				}
			}
		}
	}
}

// limitCalls are the calls by which a program sets what GOMEMLIMIT and GOMAXPROCS
// set; a namer knows them by these names.
var limitCalls = []string{"debug.SetMemoryLimit", "runtime.GOMAXPROCS"}

// sets tells whether a file calls one of them other than with a literal that only
// asks: 0 or a negative number.
func sets(data []byte, call string) bool {
	for {
		_, after, found := bytes.Cut(data, []byte(call+"("))
		if !found {
			return false
		}
		if len(after) > 0 && after[0] != '0' && after[0] != '-' {
			return true
		}
		data = after
	}
}

// quoted keeps what was found, by file: mains of one tree share most packages.
var quoted sync.Map

// quotedNames are the words of capitals, digits and underscores that stand between
// quotation marks in a file, or behind one up to a comma, colon or space, as in
// the tags of struct fields.
func quotedNames(file string) (names []string, ok bool) {
	if kept, found := quoted.Load(file); found {
		return kept.([]string), true
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() > maxScannedFile {
		return nil, false
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	names = namesIn(data)
	for _, call := range limitCalls {
		if sets(data, call) {
			names = append(names, call)
		}
	}
	quoted.Store(file, names)
	return names, true
}

func namesIn(data []byte) (names []string) {
	for i := 0; i < len(data); i++ {
		if data[i] < 'A' || data[i] > 'Z' || i == 0 || !startsName(data[i-1]) {
			continue
		}
		start := i
		for i < len(data) && isNameByte(data[i]) {
			i++
		}
		if i < len(data) && i-start > 1 && endsName(data[i]) {
			names = append(names, string(data[start:i]))
		}
		i--
	}
	return names
}

func startsName(b byte) bool {
	return b == '"' || b == '`' || b == ',' || b == ':' || b == ' ' || b == '$' || b == '{'
}

func endsName(b byte) bool {
	return startsName(b) || b == '=' || b == '}' || b == '\\' || b == '%' || b == '.' || b == '\n' || b == ')'
}

func isNameByte(b byte) bool { return b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' }
