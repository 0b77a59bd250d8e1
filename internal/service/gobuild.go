package service

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
)

// A goBuild is one `go build` or `go install` of a RUN instruction.
type goBuild struct {
	// dir is the absolute folder in the stage in which it runs.
	dir string
	// packages are the package arguments as written; none means the folder.
	packages []string
	// output is the -o argument, "" without one.
	output string
	at     finding.Position
}

// goBuilds finds the builds of a stage. What a Makefile or script builds is not
// seen.
func goBuilds(s *image.Stage) []goBuild {
	var out []goBuild
	for _, step := range s.Steps {
		if step.Kind != image.StepRun {
			continue
		}
		scripts := step.Heredocs
		switch {
		case step.Command.Shell && len(step.Command.Args) > 0:
			scripts = append([]string{step.Command.Args[0]}, scripts...)
		case len(step.Command.Args) > 0:
			scripts = append([]string{strings.Join(step.Command.Args, " ")}, scripts...)
		}
		for _, script := range scripts {
			for _, b := range buildsOf(script, step.Workdir, variables(s)) {
				b.at = step.Position
				out = append(out, b)
			}
		}
	}
	return out
}

// variables are the ARG and ENV values of a stage that are known.
func variables(s *image.Stage) map[string]string {
	vars := map[string]string{}
	for _, step := range s.AllSteps() {
		for _, v := range step.Vars {
			if v.Set && v.Known {
				vars[v.Name] = v.Value
			}
		}
	}
	return vars
}

// buildsOf finds go build and go install in a shell script.
func buildsOf(script, dir string, vars map[string]string) []goBuild {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		return nil
	}
	var out []goBuild
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		var words []string
		for _, w := range call.Args {
			words = append(words, wordText(w, vars))
		}
		if len(words) > 1 && words[0] == "cd" {
			dir = joinDir(dir, words[1])
		}
		if b, ok := parseBuild(words); ok {
			b.dir = joinDir(dir, b.dir)
			out = append(out, b)
		}
		return true
	})
	return out
}

func joinDir(dir, sub string) string {
	if path.IsAbs(sub) || dir == "" {
		return path.Clean(sub)
	}
	return path.Join(dir, sub)
}

// wordText is a shell word with known variables put in; unknown ones stand as $.
func wordText(w *syntax.Word, vars map[string]string) string {
	var b strings.Builder
	var write func(parts []syntax.WordPart)
	write = func(parts []syntax.WordPart) {
		for _, p := range parts {
			switch p := p.(type) {
			case *syntax.Lit:
				b.WriteString(p.Value)
			case *syntax.SglQuoted:
				b.WriteString(p.Value)
			case *syntax.DblQuoted:
				write(p.Parts)
			case *syntax.ParamExp:
				if v, ok := vars[p.Param.Value]; ok && p.Exp == nil {
					b.WriteString(v)
					continue
				}
				if p.Exp != nil && p.Exp.Word != nil && vars[p.Param.Value] == "" {
					write(p.Exp.Word.Parts)
					continue
				}
				b.WriteByte('$')
			default:
				b.WriteByte('$')
			}
		}
	}
	write(w.Parts)
	return b.String()
}

// valueFlags are the flags of go build that take a value (cmd/go documentation,
// "Compile packages and dependencies").
var valueFlags = map[string]bool{
	"o": true, "p": true, "C": true, "asmflags": true, "buildmode": true, "buildvcs": false,
	"compiler": true, "gccgoflags": true, "gcflags": true, "installsuffix": true,
	"ldflags": true, "mod": true, "modfile": true, "overlay": true, "pgo": true,
	"pkgdir": true, "tags": true, "toolexec": true, "coverpkg": true, "covermode": true,
}

// parseBuild reads a go build or go install command line.
func parseBuild(words []string) (goBuild, bool) {
	var b goBuild
	// env assignments as words, env, xx-go and the like may stand before it.
	i := slices.IndexFunc(words, func(w string) bool {
		base := path.Base(w)
		return base == "go" || base == "xx-go" || base == "gotip"
	})
	if i < 0 || i+1 >= len(words) || words[i+1] != "build" && words[i+1] != "install" {
		return b, false
	}
	for _, w := range words[:i] {
		if w != "env" && w != "time" && w != "nice" && !strings.Contains(w, "=") {
			return b, false // an argument of another command
		}
	}
	rest := words[i+2:]
	for len(rest) > 0 {
		w := rest[0]
		rest = rest[1:]
		name, isFlag := strings.CutPrefix(w, "-")
		if !isFlag {
			if strings.Contains(w, "@") {
				continue // go install module@version: a tool
			}
			if w != "" {
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
			b.dir = value
		}
	}
	if words[i+1] == "install" && len(b.packages) == 0 && len(words) > i+2 && strings.Contains(strings.Join(words[i+2:], " "), "@") {
		return b, false
	}
	return b, true
}
