// Package vetunit answers the go command, when it runs the program as a vet
// tool, for the packages of which only their types are wanted.
//
// The go command calls a vet tool once for each package that the vetted ones
// import, however remotely: some 1,400 of 1,500 calls are about the standard
// library and about modules of others, of which no rule has anything to say. The
// driver of golang.org/x/tools (go/analysis/unitchecker) type-checks each of them
// whole. The importers need no more than the types, and those do not depend on
// what stands in the bodies of functions.
package vetunit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
	"golang.org/x/tools/go/gcexportdata"

	"github.com/cnready/cnready/internal/coderule"
)

// Lent writes the output for the unit that a file *.cfg of the go command
// describes, if no rule has anything to say of the unit: the types of its package
// and no facts. It is false for all other units, and for those of which something
// could not be read or checked; nothing has been written then, and
// unitchecker.Main does whatever is right.
func Lent(configFile string) bool {
	cfg, err := readConfig(configFile)
	if err != nil || !cfg.VetxOnly || cfg.VetxOutput == "" || cfg.FixArchive != "" || !foreign(cfg) {
		return false
	}
	data, err := lend(cfg)
	if err != nil {
		return false
	}
	if cfg.Stdout != "" && os.WriteFile(cfg.Stdout, nil, 0o666) != nil {
		return false
	}
	return os.WriteFile(cfg.VetxOutput, data, 0o666) == nil
}

func readConfig(name string) (*unitchecker.Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	cfg := &unitchecker.Config{}
	err = json.Unmarshal(data, cfg)
	return cfg, err
}

// foreign tells packages of the standard library and of modules of others.
func foreign(cfg *unitchecker.Config) bool {
	if strings.Contains(cfg.ID, " ") || len(cfg.GoFiles) == 0 {
		return false // built for one test
	}
	module := cfg.Module // filled from Go 1.27 on
	if module == nil {
		module = &analysis.Module{Path: cfg.ModulePath, Version: cfg.ModuleVersion}
	}
	if module.Path == "" {
		return coderule.Standard(cfg.ImportPath, cfg.Dir)
	}
	return !coderule.FirstParty(module, cfg.Dir)
}

// lend makes the contents of a unit's file of types and facts.
func lend(cfg *unitchecker.Config) ([]byte, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range cfg.GoFiles {
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	conf := types.Config{
		Importer:         &importer{cfg: cfg, fset: fset, packages: map[string]*types.Package{}},
		Sizes:            types.SizesFor("gc", build.Default.GOARCH),
		GoVersion:        cfg.GoVersion,
		IgnoreFuncBodies: true,
	}
	pkg, err := conf.Check(cfg.ImportPath, fset, files, nil)
	if err != nil {
		return nil, err
	}
	return encode(fset, pkg)
}

// An importer reads the types of imports out of the files that were written for
// them.
type importer struct {
	cfg      *unitchecker.Config
	fset     *token.FileSet
	packages map[string]*types.Package
}

func (im *importer) Import(importPath string) (*types.Package, error) {
	path := im.cfg.ImportMap[importPath] // as vendoring has it
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := im.packages[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	name := im.cfg.PackageVetx[path]
	if name == "" {
		return nil, fmt.Errorf("no types of %s", importPath)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	encoded, err := typesOf(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return gcexportdata.Read(encoded, im.fset, im.packages, path)
}

// A file of types and facts is, since golang.org/x/tools v0.50, the word vetx,
// the lengths of both as 32 bits each, little endian, the types as gcexportdata
// writes them without its first byte, and the facts, of which there may be none.
// A test holds this against what the driver reads and writes.
const (
	magic  = "vetx"
	header = len(magic) + 8
	// indexed is the first byte of what gcexportdata writes.
	indexed = "i"
)

func encode(fset *token.FileSet, pkg *types.Package) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(magic)
	out.Write(make([]byte, header-len(magic)-len(indexed)))
	// The first byte of gcexportdata takes the place of the lengths' last.
	if err := gcexportdata.Write(&out, fset, pkg); err != nil {
		return nil, err
	}
	data := out.Bytes()
	binary.LittleEndian.PutUint32(data[len(magic):], uint32(len(data)-header))
	binary.LittleEndian.PutUint32(data[len(magic)+4:], 0)
	return data, nil
}

func typesOf(data []byte) (*bytes.Reader, error) {
	if len(data) < header || string(data[:len(magic)]) != magic {
		return nil, errors.New("no file of types and facts")
	}
	n := uint64(binary.LittleEndian.Uint32(data[len(magic):]))
	if n > uint64(len(data)-header) {
		return nil, errors.New("a file of types and facts is cut short")
	}
	// The byte before the types is one of the lengths'; the data is ours to change.
	data[header-1] = indexed[0]
	return bytes.NewReader(data[header-1 : uint64(header)+n]), nil
}
