package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
)

// byCode finds the main of a function that has no image: by the folder of its code,
// as AWS SAM has it, by the folder of a custom handler of Azure Functions, or by the
// name of the program, where only one main has it.
func (r *runner) byCode(w *deploy.Workload, c *deploy.Container) (*code.Main, string) {
	var names []string
	below := "." // where the program may lie
	if c.Command.Known() && len(c.Command.Value) > 0 {
		// A custom handler lies beside its host.json.
		if m := r.onlyIn(w.Dir); m != nil {
			return m, "its code is in the folder of " + path.Base(w.Position.File)
		}
		names, below = append(names, programOf(c.Command.Value[0])), w.Dir
	}
	for _, s := range w.Settings {
		switch s.Name {
		case "code":
			if s.Value == "" || strings.ContainsAny(s.Value, "$:") {
				continue
			}
			if m := r.onlyIn(path.Join(w.Dir, s.Value)); m != nil {
				return m, "its code is the folder " + showDir(m)
			}
			names = append(names, programOf(s.Value))
		case "handler":
			names = append(names, programOf(s.Value))
		}
	}
	for _, name := range names {
		// The runtimes' own name for a program says nothing.
		if name == "" || name == "bootstrap" || generic[name] {
			continue
		}
		var found *code.Main
		several := false
		for _, m := range r.mains {
			if _, within := cutDir(m.Dir, below); !within || m.Example || !slices.Contains(r.mainNames[m], name) {
				continue
			}
			several = several || found != nil
			found = m
		}
		if found != nil && !several {
			return found, fmt.Sprintf("it starts %s, the name of the program", name)
		}
	}
	return nil, ""
}

// onlyIn is the main in a folder, or else the only one below it.
func (r *runner) onlyIn(dir string) *code.Main {
	var found *code.Main
	several := false
	for _, m := range r.mains {
		if m.Dir == dir {
			return m
		}
		if _, within := cutDir(m.Dir, dir); within && !m.Example && !isTooling(m.Dir) {
			several = several || found != nil
			found = m
		}
	}
	if several {
		return nil
	}
	return found
}

// programOf is the program's name in the path of an archive, a handler or a program.
func programOf(p string) string {
	base := path.Base(strings.ReplaceAll(p, "\\", "/"))
	for _, suffix := range []string{".zip", ".exe", ".go"} {
		base = strings.TrimSuffix(base, suffix)
	}
	return base
}
