package vetunit_test

import (
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/vetunit"
)

// Which units the test program answers by Lent when the go command calls it as a
// vet tool.
const (
	lend   = "CNREADY_TEST_LEND" // none, all, half or other
	notes  = "CNREADY_TEST_NOTES"
	nobody = "none"
)

func TestMain(m *testing.M) {
	which := os.Getenv(lend)
	if which == "" {
		os.Exit(m.Run())
	}
	unit := os.Args[len(os.Args)-1]
	if unit == "-V=full" {
		// Another tool for each way, and each run of the test: otherwise the go
		// command hands out what it has kept.
		fmt.Printf("vetunit version devel buildID=%x\n", sha256.Sum256([]byte(which+os.Getenv(notes))))
		os.Exit(0)
	}
	if strings.HasSuffix(unit, ".cfg") && wanted(which, unit) && vetunit.Lent(unit) {
		if err := os.WriteFile(filepath.Join(os.Getenv(notes), fmt.Sprint(os.Getpid())), nil, 0o666); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	unitchecker.Main(append(slices.Clone(analyzers.All), imports)...)
}

// wanted picks units by their files of configuration: some, and the others.
func wanted(which, unit string) bool {
	dir, err := os.ReadFile(unit)
	if err != nil {
		return false
	}
	odd := crc32.ChecksumIEEE(dir[:min(len(dir), 60)])%2 == 1 // the package's name
	return which == "all" || which == "half" && odd || which == "other" && !odd
}

// imports reports what a package sees of those that it imports.
var imports = &analysis.Analyzer{
	Name: "imports",
	Doc:  "imports: the exported declarations of all imports",
	Run: func(pass *analysis.Pass) (any, error) {
		for _, imp := range pass.Pkg.Imports() {
			scope := imp.Scope()
			var all strings.Builder
			for _, name := range scope.Names() {
				if obj := scope.Lookup(name); obj.Exported() {
					fmt.Fprintf(&all, "%s; %s\n", obj, obj.Type().Underlying())
				}
			}
			pass.Reportf(pass.Files[0].Package, "%s %x", imp.Path(), sha256.Sum256([]byte(all.String())))
		}
		return nil, nil
	},
}

// TestLent: the go command, and the driver of golang.org/x/tools for the packages
// that are not lent, make of what Lent writes what they make of the driver's own.
// Lent in turn reads what the driver has written.
func TestLent(t *testing.T) {
	if testing.Short() {
		t.Skip("vets the standard library in part")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module example.com/app\n\ngo 1.26.0\n",
		"store/file.go": "package store\n\nimport \"os\"\n\nfunc Save(b []byte) error { return os.WriteFile(\"/data/b\", b, 0o600) }\n",
		"app.go": "package app\n\nimport (\n\t\"encoding/json\"\n\t\"io\"\n\t\"sync/atomic\"\n\n\t\"example.com/app/store\"\n)\n\n" +
			"var N atomic.Int64\n\nfunc Put(r io.Reader) error {\n\tvar v json.RawMessage\n\tif err := json.NewDecoder(r).Decode(&v); err != nil {\n\t\treturn err\n\t}\n\treturn store.Save(v)\n}\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	said, lent := map[string]string{}, map[string]int{}
	for _, which := range []string{nobody, "all", "half", "other"} {
		note := t.TempDir()
		cmd := exec.Command("go", "vet", "-vettool="+program, "./...")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off", lend+"="+which, notes+"="+note)
		out, _ := cmd.CombinedOutput() // there are findings, so the go command fails
		lines := strings.Split(string(out), "\n")
		slices.Sort(lines)
		said[which] = strings.Join(lines, "\n")
		list, err := os.ReadDir(note)
		if err != nil {
			t.Fatal(err)
		}
		lent[which] = len(list)
	}
	for _, want := range []string{"diskwrite: writes /data/b", "encoding/json ", "sync/atomic ", "example.com/app/store "} {
		if !strings.Contains(said[nobody], want) {
			t.Errorf("%q is not in what the driver says by itself:\n%s", want, said[nobody])
		}
	}
	for which, text := range said {
		if text != said[nobody] {
			t.Errorf("lent %s:\n%s\nby itself:\n%s", which, text, said[nobody])
		}
	}
	if lent[nobody] != 0 || lent["half"] < 5 || lent["other"] < 5 || lent["all"] != lent["half"]+lent["other"] {
		t.Errorf("units that were lent: %v", lent)
	}
}
