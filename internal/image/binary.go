package image

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// A Binary is a Go program that a RUN builds.
type Binary struct {
	// Path is where it stands: absolute, in the image that was asked.
	Path string
	// Dir is the folder of its main package, relative to the tree; "" where that
	// cannot be told, and for a Tool.
	Dir string
	// Arg is the package argument as written; a dollar sign stands for what
	// cannot be told of it.
	Arg string
	// Tool is true for go install of a module with a version: somebody else's
	// program.
	Tool bool
	// At is the go build, Build what its command line says, Stage where it runs.
	At    finding.Position
	Build GoBuild
	Stage *Stage
	// Cgo tells whether cgo was on, by CGO_ENABLED, the compiler in the stage and
	// the platform that is built for (cmd/cgo documentation; go/build, "cgo").
	Cgo Fact
	// Static tells whether the program needs no C library: Yes without cgo, and
	// with -extldflags -static. Unknown says that it depends on what the program
	// imports (net, os/user and packages with C code) and on Build.Tags.
	Static Fact
	// Libc is that of the stage that builds: glibc, musl, or "" where it is not
	// known. A program with cgo needs it at run time.
	Libc string
	// GoVersion is the toolchain's: "1.26" or "1.26.3"; "" where it is not known.
	GoVersion string
}

// goCommand carries a go command into the model.
func (x *execution) goCommand() {
	build, ok := ParseGoBuild(x.words, x.call.Dir, x.call.Env)
	if ok {
		x.build(build)
		return
	}
	verb := ""
	for _, w := range x.words[1:] {
		if !strings.HasPrefix(w, "-") {
			verb = w
			break
		}
	}
	gopath := x.call.Env["GOPATH"]
	if gopath == "" {
		gopath = "/go"
	}
	switch verb {
	case "version", "env", "vet", "list", "fmt", "doc", "fix", "clean", "telemetry", "tool", "help":
	case "mod", "get", "test", "generate", "run", "work":
		// They write below their folder and in the module cache.
		if verb == "get" {
			x.fs.add(event{kind: eventTaint, taint: x.reach([]string{path.Join(gopath, "bin")}), at: x.at, why: "RUN go get may bring it"})
		}
		if verb == "generate" || verb == "run" || verb == "mod" && slices.Contains(x.words, "vendor") {
			x.fs.add(event{kind: eventTaint, taint: x.reach([]string{x.call.Dir}), at: x.at, why: "RUN " + x.short() + " may bring it"})
		}
	default:
		x.unknown(x.at, "RUN "+x.short()+" may bring it")
	}
}

// A goTarget is one main package that a build makes a program of.
type goTarget struct {
	arg, dir, program string
	tool              bool
}

// build puts the programs that a go build makes.
func (x *execution) build(b GoBuild) {
	if b.Install && strings.Contains(b.Bin, "$") {
		b.Bin = "/go/bin"
	}
	var targets []goTarget
	for _, arg := range b.Args() {
		targets = append(targets, x.targets(b, arg)...)
	}
	several := b.Several()
	cgo, static := x.cgo(b)
	why := "RUN go build makes it"
	if b.Install {
		why = "RUN go install makes it"
	}
	for _, t := range targets {
		if !several && b.Output == "/dev/null" {
			return
		}
		outs := b.Outputs(t.arg, t.program, several)
		if len(outs) == 2 {
			// The output is a folder where one is there already.
			f := x.fs.stat(outs[0], 0)
			if f.Has == Yes && f.Kind == FileDir {
				outs = outs[1:]
			} else {
				outs = outs[:1]
			}
		}
		for _, out := range outs {
			out = path.Clean(out)
			bin := &Binary{
				Path: out, Dir: t.dir, Arg: t.arg, Tool: t.tool, At: x.at, Build: b, Stage: x.Stage,
				Cgo: cgo, Static: static, Libc: x.libcName(), GoVersion: x.goVersion(),
			}
			if strings.Contains(out, "$") {
				x.binaries = append(x.binaries, bin)
				x.taintParent(out, why+", under a name that cannot be told")
				continue
			}
			out = x.fs.resolve(out, 0)
			bin.Path = out
			f := File{Kind: FileRegular, Mode: 0o755, ModeKnown: true, Binary: bin}
			f.User, f.Group = x.owner(x.user)
			x.put(out, f, x.at, why, x.call.Maybe)
			x.binaries = append(x.binaries, bin)
		}
	}
	if len(targets) == 0 {
		x.buildUnknown(b, cgo, static, why)
	}
}

// buildUnknown notes a build whose packages could not be told.
func (x *execution) buildUnknown(b GoBuild, cgo, static Fact, why string) {
	out := b.Bin
	if out == "" {
		out = b.Output
	}
	p := joinDir(b.Dir, out)
	bin := &Binary{Path: p, Arg: strings.Join(b.Args(), " "), At: x.at, Build: b, Stage: x.Stage, Cgo: cgo, Static: static, Libc: x.libcName(), GoVersion: x.goVersion()}
	if out == "" || b.Bin != "" || b.Several() || strings.HasSuffix(b.Output, "/") {
		x.fs.add(event{kind: eventTaint, taint: x.reach([]string{p}), at: x.at, why: why})
		return
	}
	x.binaries = append(x.binaries, bin)
	if strings.Contains(p, "$") {
		x.taintParent(p, why)
		return
	}
	f := File{Kind: FileRegular, Mode: 0o755, ModeKnown: true, Binary: bin}
	f.User, f.Group = x.owner(x.user)
	p = x.fs.resolve(p, 0)
	bin.Path = p
	x.put(p, f, x.at, why, x.call.Maybe)
}

// targets are the main packages that a package argument names.
func (x *execution) targets(b GoBuild, arg string) []goTarget {
	if name, _, versioned := strings.Cut(arg, "@"); versioned {
		return []goTarget{{arg: arg, program: lastElement(name), tool: true}}
	}
	target, below, isFolder := b.Target(arg)
	if !isFolder {
		dir := x.Context.folderOf(target)
		switch {
		case dir == "" && below:
			return nil
		case dir == "":
			return []goTarget{{arg: arg, program: lastElement(target)}}
		case !below:
			return []goTarget{{arg: arg, dir: dir, program: lastElement(target)}}
		}
		return x.mainsOf(arg, dir, true)
	}
	if strings.Contains(target, "$") {
		// The folder's name is the program's, where that is known.
		if name := path.Base(target); !below && !strings.Contains(name, "$") && !strings.HasSuffix(arg, ".go") {
			return []goTarget{{arg: arg, program: name}}
		}
		return []goTarget{{arg: arg, program: "$"}}
	}
	dir, ok := x.sourceDir(target)
	if !ok {
		if below {
			return nil
		}
		// The program's name is the import path's last element, which is the
		// folder's for all but the module's root.
		program := path.Base(target)
		if arg == "." || arg == "./" || target == x.call.Dir {
			program = "$"
		}
		return []goTarget{{arg: arg, program: program}}
	}
	if below {
		return x.mainsOf(arg, dir, true)
	}
	program := lastElement(x.Context.importPath(dir))
	if program == "" {
		program = "$"
		if dir != "." {
			program = path.Base(dir)
		}
	}
	return []goTarget{{arg: arg, dir: dir, program: program}}
}

func (x *execution) mainsOf(arg, dir string, below bool) []goTarget {
	var out []goTarget
	for _, d := range x.Context.goDirs(dir, below) {
		program := lastElement(x.Context.importPath(d))
		if program == "" {
			program = path.Base(d)
		}
		out = append(out, goTarget{arg: arg, dir: d, program: program})
	}
	return out
}

// lastElement is the name that go build gives to the program of an import path:
// its last element that is no major version.
func lastElement(importPath string) string {
	if importPath == "" {
		return ""
	}
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(importPath))
	}
	return base
}

// sourceDir is the folder of the tree whose files stand in a folder of the
// stage.
func (x *execution) sourceDir(dir string) (string, bool) {
	if x.Context == nil {
		return "", false
	}
	f := x.fs.stat(dir, 0)
	if f.Has == Yes && f.Source != "" && f.Kind == FileDir && len(x.Context.goDirs(f.Source, true)) > 0 {
		return f.Source, true
	}
	// Files that were copied one by one.
	resolved := x.fs.resolve(dir, 0)
	for i := len(x.fs.events) - 1; i >= 0; i-- {
		e := &x.fs.events[i]
		switch {
		case e.kind == eventPut && path.Dir(e.path) == resolved && path.Ext(e.path) == ".go" && e.file.Source != "":
			return path.Dir(e.file.Source), true
		case e.kind == eventTree && covers(e.path, resolved):
			rel, _ := cutDir(resolved, e.path)
			if t, ok := e.tree.(contextTree); ok {
				d := path.Join(t.context.Dir, t.dir, rel)
				if len(t.context.goDirs(d, false)) > 0 {
					return d, true
				}
			}
		}
	}
	if f.Has == Yes && f.Source != "" && f.Kind == FileDir {
		return f.Source, true
	}
	return "", false
}

// cgo tells whether cgo is on for a build, and whether its programs are static.
func (x *execution) cgo(b GoBuild) (cgo, static Fact) {
	flags := strings.Join(strings.Fields(strings.NewReplacer(`'`, " ", `"`, " ", "=", " ").Replace(b.LDFlags)), " ")
	isStatic := strings.Contains(flags, "-extldflags") && strings.Contains(flags, "-static")
	cgo = x.cgoEnabled(b)
	switch {
	case cgo.Has == No:
		static = present(cgo.At, cgo.Why)
	case isStatic:
		static = present(x.at, "it is linked with -extldflags -static")
	default:
		static = unclear(x.at, "cgo may be on: whether it needs a C library depends on what it imports")
		if cgo.Has == Yes {
			static.Why = "cgo is on (" + cgo.Why + "): whether it needs a C library depends on what it imports"
		}
	}
	return cgo, static
}

func (x *execution) cgoEnabled(b GoBuild) Fact {
	value, set := b.Env["CGO_ENABLED"]
	switch {
	case set && strings.Contains(value, "$"):
		return unclear(x.at, "CGO_ENABLED depends on what is given to the build")
	case set && value == "0":
		return absent(x.at, "CGO_ENABLED=0")
	case set && value == "1":
		return present(x.at, "CGO_ENABLED=1")
	}
	if os := b.Env["GOOS"]; os != "" && os != "linux" && !strings.Contains(os, "$") {
		return absent(x.at, "it is built for "+os+" from Linux, and cgo is off then")
	}
	arch, crossed := b.Env["GOARCH"]
	if crossed && arch != "" && arch != "amd64" && !strings.Contains(arch, "$") && !b.Cross {
		return unclear(x.at, "GOARCH="+arch+" turns cgo off, unless the image is built on such a machine")
	}
	cc := b.Env["CC"]
	if cc == "" {
		cc = "gcc"
	}
	if strings.Contains(cc, "$") {
		return unclear(x.at, "the C compiler cannot be told")
	}
	compiler := x.Program(strings.Fields(cc + " ")[0])
	switch compiler.Has {
	case Yes:
		return present(x.at, "CGO_ENABLED is not set, and the stage has a C compiler")
	case No:
		return absent(x.at, "CGO_ENABLED is not set, and the stage has no C compiler")
	}
	return unclear(x.at, "CGO_ENABLED is not set, and whether the stage has a C compiler is not known")
}

// Binaries are the Go programs that the image holds, in the order of their
// paths, with all of their builds' facts. Programs that other files hide are
// left out; what is built under a name that cannot be told is not in it.
func (i *Image) Binaries() []Binary {
	var out []Binary
	for _, p := range i.fs.known() {
		f := i.fs.stat(p, 0)
		if f.Has != Yes || f.Binary == nil {
			continue
		}
		b := *f.Binary
		b.Path = i.fs.resolve(p, 0)
		if !slices.ContainsFunc(out, func(o Binary) bool { return o.Path == b.Path }) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Binary) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Builds are all Go programs that the stage itself builds, in order, whether or
// not they remain. Where Path, Arg or Dir has a dollar sign or is empty, that
// part cannot be told.
func (i *Image) Builds() []Binary {
	var out []Binary
	for _, b := range i.binaries {
		out = append(out, *b)
	}
	return out
}
