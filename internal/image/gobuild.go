package image

import (
	"path"
	"slices"
	"strings"
)

// A GoBuild is one `go build` or `go install` command line.
type GoBuild struct {
	// Dir is the absolute folder in the stage in which it runs.
	Dir string
	// Packages are the package arguments as written; none means the folder.
	Packages []string
	// Output is the -o argument, "" without one.
	Output string
	// Bin is, of go install, the folder of the programs.
	Bin string
	// Install tells go install from go build, and Tool whether its packages have
	// a version: programs of others.
	Install, Tool bool
	// Tags, LDFlags, BuildMode, Mod and BuildVCS are those flags' values, from
	// the command line or from GOFLAGS.
	Tags      []string
	LDFlags   string
	BuildMode string
	Mod       string
	BuildVCS  string
	Trimpath  bool
	Race      bool
	// Env are the variables that the command sees.
	Env map[string]string
	// Cross is true where a tool runs it that sets up the compiler for another
	// platform by itself (tonistiigi/xx).
	Cross bool
}

// valueFlags are the flags of go build that take a value (cmd/go documentation,
// "Compile packages and dependencies").
var valueFlags = map[string]bool{
	"o": true, "p": true, "C": true, "asmflags": true, "buildmode": true,
	"compiler": true, "gccgoflags": true, "gcflags": true, "installsuffix": true,
	"ldflags": true, "mod": true, "modfile": true, "overlay": true, "pgo": true,
	"pkgdir": true, "tags": true, "toolexec": true, "coverpkg": true, "covermode": true,
}

// goCommands are the go command and what stands in for it in build images
// (tonistiigi/xx documentation, "Go / Cgo").
var goCommands = []string{"go", "xx-go", "gotip", "garble"}

// ParseGoBuild reads a go build or go install command line. env holds the
// variables that stand in front of it or were set before.
func ParseGoBuild(words []string, dir string, env map[string]string) (GoBuild, bool) {
	b := GoBuild{Dir: dir, Env: env}
	// env, time and variables may stand before it.
	i := slices.IndexFunc(words, func(w string) bool { return slices.Contains(goCommands, path.Base(w)) })
	if i < 0 || i+1 >= len(words) {
		return b, false
	}
	for _, w := range words[:i] {
		if w != "env" && w != "time" && w != "nice" && !strings.Contains(w, "=") {
			return b, false // an argument of another command
		}
		if name, value, ok := strings.Cut(w, "="); ok {
			b.set(name, value)
		}
	}
	b.Cross = path.Base(words[i]) == "xx-go"
	// -C may stand before and behind the subcommand.
	rest := words[i+1:]
	if rest[0] == "-C" && len(rest) > 2 {
		b.Dir = joinDir(b.Dir, rest[1])
		rest = rest[2:]
	}
	// xx-go takes its own options first.
	for b.Cross && len(rest) > 1 && strings.HasPrefix(rest[0], "--") {
		rest = rest[1:]
	}
	b.Install = rest[0] == "install"
	if rest[0] != "build" && !b.Install {
		return b, false
	}
	for _, f := range strings.Fields(b.Env["GOFLAGS"]) {
		if name, value, _ := strings.Cut(strings.TrimLeft(f, "-"), "="); name != "" {
			b.flag(name, value)
		}
	}
	b.arguments(rest[1:])
	if b.Tool && len(b.Packages) == 0 {
		return b, false
	}
	if b.Install {
		b.Output = ""
		switch {
		case b.Bin != "":
		case b.Env["GOBIN"] != "":
			b.Bin = b.Env["GOBIN"]
		case b.Env["GOPATH"] != "":
			b.Bin = path.Join(b.Env["GOPATH"], "bin")
		default:
			b.Bin = "/go/bin" // the golang image's GOPATH is /go (hub.docker.com/_/golang)
		}
	}
	return b, true
}

func (b *GoBuild) set(name, value string) {
	if name == "GOBIN" {
		b.Bin = value
	}
	env := map[string]string{}
	copyInto(env, b.Env)
	env[name] = value
	b.Env = env
}

func (b *GoBuild) arguments(rest []string) {
	for len(rest) > 0 {
		w := rest[0]
		rest = rest[1:]
		name, isFlag := strings.CutPrefix(w, "-")
		if !isFlag {
			switch {
			case strings.Contains(w, "@"):
				b.Tool = true // go install module@version
				if b.Install {
					b.Packages = append(b.Packages, w)
				}
			case w != "":
				b.Packages = append(b.Packages, w)
			}
			continue
		}
		name = strings.TrimPrefix(name, "-")
		name, value, joined := strings.Cut(name, "=")
		if !joined && valueFlags[name] && len(rest) > 0 {
			value, rest = rest[0], rest[1:]
		}
		b.flag(name, value)
	}
}

func (b *GoBuild) flag(name, value string) {
	switch name {
	case "o":
		b.Output = value
	case "C":
		b.Dir = joinDir(b.Dir, value)
	case "tags":
		b.Tags = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
	case "ldflags":
		b.LDFlags = value
	case "buildmode":
		b.BuildMode = value
	case "mod":
		b.Mod = value
	case "buildvcs":
		b.BuildVCS = value
	case "trimpath":
		b.Trimpath = value != "false"
	case "race":
		b.Race = value != "false"
	}
}

// Args are the build's package arguments; without any it is that of the folder.
func (b GoBuild) Args() []string {
	if len(b.Packages) == 0 {
		return []string{"."}
	}
	return b.Packages
}

// Target is the folder in the stage that a package argument names, and whether
// all below it is meant too. Go files name their folder. ok is false for an
// import path.
func (b GoBuild) Target(arg string) (dir string, below, ok bool) {
	if prefix, all := strings.CutSuffix(arg, "..."); all {
		arg, below = strings.TrimSuffix(prefix, "/"), true
		if arg == "" {
			return "", true, false // every package of the world
		}
	}
	if strings.HasSuffix(arg, ".go") || strings.HasSuffix(arg, "/*") {
		arg = path.Dir(arg)
	}
	if arg != "." && arg != ".." && !path.IsAbs(arg) && !strings.HasPrefix(arg, "./") && !strings.HasPrefix(arg, "../") {
		first, _, _ := strings.Cut(arg, "/")
		if strings.Contains(first, ".") && !b.NamesFiles() {
			return arg, below, false
		}
	}
	return joinDir(b.Dir, arg), below, true
}

// NamesFiles tells whether the build names Go files rather than packages.
func (b GoBuild) NamesFiles() bool {
	return slices.ContainsFunc(b.Packages, func(p string) bool { return strings.HasSuffix(p, ".go") })
}

// Several tells whether the build may make more than one program.
func (b GoBuild) Several() bool {
	return len(b.Packages) > 1 && !b.NamesFiles() || slices.ContainsFunc(b.Packages, func(p string) bool { return strings.HasSuffix(p, "...") })
}

// Outputs are the paths that a build may give to the program of a package
// argument. Where there are two, the output may be a folder that is there.
func (b GoBuild) Outputs(arg, program string, several bool) []string {
	if strings.HasSuffix(arg, ".go") {
		// go build names the program after the first file.
		program = strings.TrimSuffix(path.Base(b.Packages[0]), ".go")
		if strings.Contains(program, "*") {
			program = path.Base(path.Dir(joinDir(b.Dir, arg)))
		}
	}
	switch {
	case b.Bin != "":
		return []string{path.Join(joinDir(b.Dir, b.Bin), program)}
	case b.Output == "" && several:
		return nil // go build writes nothing for several packages
	case b.Output == "":
		return []string{path.Join(b.Dir, program)}
	}
	out := joinDir(b.Dir, b.Output)
	switch {
	case several, strings.HasSuffix(b.Output, "/"), b.Output == ".", b.Output == "..", strings.HasSuffix(b.Output, "/."):
		return []string{path.Join(out, program)}
	case systemFolders[out]:
		return []string{path.Join(out, program)}
	}
	return []string{out, path.Join(out, program)}
}

// systemFolders are folders that every image has.
var systemFolders = map[string]bool{
	"/": true, "/bin": true, "/sbin": true, "/usr/bin": true, "/usr/sbin": true, "/usr/local/bin": true,
	"/usr/local/sbin": true, "/opt": true, "/tmp": true, "/go/bin": true,
}
