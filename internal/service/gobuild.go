package service

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// A goBuild is one `go build` or `go install` of a RUN instruction.
type goBuild struct {
	// dir is the absolute folder in the stage in which it runs.
	dir string
	// packages are the package arguments as written; none means the folder.
	packages []string
	// output is the -o argument, "" without one.
	output string
	// bin is, of go install, the folder of the programs.
	bin string
	at  finding.Position
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

// parseBuild reads a go build or go install command line. env holds the
// variables that stand in front of it or were set before.
func parseBuild(words []string, dir string, env map[string]string) (goBuild, bool) {
	b := goBuild{dir: dir}
	// env, time and variables may stand before it.
	i := slices.IndexFunc(words, func(w string) bool { return slices.Contains(goCommands, path.Base(w)) })
	if i < 0 || i+1 >= len(words) {
		return b, false
	}
	for _, w := range words[:i] {
		if w != "env" && w != "time" && w != "nice" && !strings.Contains(w, "=") {
			return b, false // an argument of another command
		}
		if name, value, ok := strings.Cut(w, "="); ok && name == "GOBIN" {
			b.bin = value
		}
	}
	// -C may stand before and behind the subcommand.
	rest := words[i+1:]
	if rest[0] == "-C" && len(rest) > 2 {
		b.dir = joinDir(b.dir, rest[1])
		rest = rest[2:]
	}
	install := rest[0] == "install"
	if rest[0] != "build" && !install {
		return b, false
	}
	rest = rest[1:]
	tool := false
	for len(rest) > 0 {
		w := rest[0]
		rest = rest[1:]
		name, isFlag := strings.CutPrefix(w, "-")
		if !isFlag {
			switch {
			case strings.Contains(w, "@"):
				tool = true // go install module@version
			case w != "":
				b.packages = append(b.packages, w)
			}
			continue
		}
		name = strings.TrimPrefix(name, "-")
		name, value, joined := strings.Cut(name, "=")
		if !joined && valueFlags[name] && len(rest) > 0 {
			value, rest = rest[0], rest[1:]
		}
		switch name {
		case "o":
			b.output = value
		case "C":
			b.dir = joinDir(b.dir, value)
		}
	}
	if tool && len(b.packages) == 0 {
		return b, false
	}
	if install {
		b.output = ""
		switch {
		case b.bin != "":
		case env["GOBIN"] != "":
			b.bin = env["GOBIN"]
		case env["GOPATH"] != "":
			b.bin = path.Join(env["GOPATH"], "bin")
		default:
			b.bin = "/go/bin" // the golang image's GOPATH is /go (hub.docker.com/_/golang)
		}
	}
	return b, true
}

// args are the build's package arguments; without any it is that of the folder.
func (b goBuild) args() []string {
	if len(b.packages) == 0 {
		return []string{"."}
	}
	return b.packages
}

// target is the folder in the stage that a package argument names, and whether
// all below it is meant too. Go files name their folder. ok is false for an
// import path.
func (b goBuild) target(arg string) (dir string, below, ok bool) {
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
		if strings.Contains(first, ".") && !b.namesFiles() {
			return arg, below, false
		}
	}
	return joinDir(b.dir, arg), below, true
}

func (b goBuild) namesFiles() bool {
	return slices.ContainsFunc(b.packages, func(p string) bool { return strings.HasSuffix(p, ".go") })
}

// outputs are the paths that a build may give to the program of a package
// argument.
func (b goBuild) outputs(arg, program string, several bool) []string {
	if strings.HasSuffix(arg, ".go") {
		// go build names the program after the first file.
		program = strings.TrimSuffix(path.Base(b.packages[0]), ".go")
		if strings.Contains(program, "*") {
			program = path.Base(path.Dir(joinDir(b.dir, arg)))
		}
	}
	switch {
	case b.bin != "":
		return []string{path.Join(joinDir(b.dir, b.bin), program)}
	case b.output == "" && several:
		return nil // go build writes nothing for several packages
	case b.output == "":
		return []string{path.Join(b.dir, program)}
	}
	out := joinDir(b.dir, b.output)
	switch {
	case several, strings.HasSuffix(b.output, "/"), b.output == ".", b.output == "..", strings.HasSuffix(b.output, "/."):
		return []string{path.Join(out, program)}
	case systemFolders[out]:
		return []string{path.Join(out, program)}
	}
	// The output may be a folder that is there.
	return []string{out, path.Join(out, program)}
}

// systemFolders are folders that every image has.
var systemFolders = map[string]bool{
	"/": true, "/bin": true, "/sbin": true, "/usr/bin": true, "/usr/sbin": true, "/usr/local/bin": true,
	"/usr/local/sbin": true, "/opt": true, "/tmp": true, "/go/bin": true,
}

// joinDir is a path as seen from a folder of a stage.
func joinDir(dir, p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join("/", dir, p)
}
