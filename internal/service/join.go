package service

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/tree"
)

// Input is what was read of a tree.
type Input struct {
	Tree        *tree.Tree
	Mains       []*code.Main
	Dockerfiles []*image.Dockerfile
	Manifests   *deploy.Manifests
	// Declared is what the project's configuration says.
	Declared []Declared
}

// Joined is the tree as services.
type Joined struct {
	Services []*Service
	// Other are the mains that are no services, with the reason.
	Other []OtherMain
	// Unowned are the workloads that run no service of the tree.
	Unowned []*deploy.Workload
	// Wrong is what the configuration names and the tree does not have.
	Wrong []error
}

// An OtherMain is a main that is no service: a CLI, a generator, an example.
type OtherMain struct {
	Main   *code.Main
	Name   string
	Reason string
}

// Join finds which main is built into which image and run by which workloads.
//
// It joins what the files say: by following builds through the stages of a
// Dockerfile to the program that the image, or a workload's command, starts, and
// by what build tools write of an image's name. Only where they say nothing do
// names decide, and where two may be meant there is no join. What the project's
// configuration says comes before all that.
func Join(in Input) *Joined {
	builds := readBuilds(in.Tree)
	said := declared(in)
	defs := said.applyImages(imageDefs(in.Tree, in.Mains, in.Dockerfiles, builds))
	images := map[*code.Main][]candidate{}
	imaged := map[*code.Main]bool{}
	for _, m := range in.Mains {
		images[m] = candidates(m, defs)
		imaged[m] = len(images[m]) > 0 || said.images[m] != nil
	}
	r := newRunner(in.Tree, in.Mains, defs, builds, imaged)
	runs := map[*code.Main][]*WorkloadJoin{}
	for _, w := range in.Manifests.Workloads {
		for _, c := range w.Containers {
			m, reason := r.main(w, c)
			if m == nil || slices.ContainsFunc(runs[m], func(j *WorkloadJoin) bool { return j.Workload == w }) {
				continue
			}
			runs[m] = append(runs[m], &WorkloadJoin{Workload: w, Container: c, Reason: reason})
		}
	}
	said.applyWorkloads(runs)
	out := &Joined{Wrong: said.errs}
	owned := map[*deploy.Workload]bool{}
	joined := map[string]bool{} // Dockerfiles that are some main's image, and no wrapper's
	packages := readPackaging(in.Tree, builds)
	mentions := namedInArtifacts(in.Tree)
	index := deploy.NewIndex(in.Manifests)
	data := machineData(in.Manifests)
	mainOf := map[*Service]*code.Main{}
	for _, m := range in.Mains {
		s := &Service{Name: nameOf(m), Dir: m.Dir, Contract: m.Contract, Workloads: runs[m], GoVersion: m.GoVersion, Named: m.Named, NamedInArtifacts: mentions, index: index, machineData: data}
		if list := images[m]; len(list) > 0 {
			s.Image = list[0].join()
			s.Variants = variantsOf(list)
		}
		if j := said.images[m]; j != nil {
			s.Image = j
		}
		if dec := said.of[m]; dec != nil && dec.Name != "" {
			s.Name = dec.Name
		}
		s.Packaging = packages.of(m, in.Mains, s)
		if reason := notService(m, s); reason != "" && !said.isService(m, s) {
			out.Other = append(out.Other, OtherMain{Main: m, Name: s.Name, Reason: reason})
			if m.Contract.Serves() || m.Example || len(s.Workloads) > 0 || len(m.Contract.Of(effects.Exec)) == 0 {
				markJoined(joined, images[m], said.images[m])
			} // one that starts others may have a service beside it in its image
			continue
		}
		markJoined(joined, images[m], said.images[m])
		for _, w := range s.Workloads {
			owned[w.Workload] = true
		}
		mainOf[s] = m
		out.Services = append(out.Services, s)
	}
	unjoined := unjoinedDockerfiles(in.Dockerfiles, joined)
	for _, s := range out.Services {
		if s.Image == nil {
			s.UnjoinedDockerfiles = near(in.Tree, unjoined, mainOf[s])
		}
	}
	for _, w := range in.Manifests.Workloads {
		if !owned[w] {
			out.Unowned = append(out.Unowned, w)
		}
	}
	return out
}

// join is the candidate as the image of its main.
func (c candidate) join() *ImageJoin {
	return &ImageJoin{File: c.def.file, Stage: c.def.stage, Image: c.def.image(), Starts: c.rank != rankHeld, Reason: c.reason, At: c.at}
}

// forDevelopers are words in the names of Dockerfiles and stages that no one
// deploys.
var forDevelopers = []string{"bench", "benchmark", "ci", "cross", "debug", "demo", "dev", "develop", "development", "devel", "docs", "e2e", "example", "fuzz", "integration", "lint", "local", "race", "test", "testing", "tests", "tilt"}

// variantsOf are the other images of a main that surely start it, one for each
// Dockerfile.
func variantsOf(list []candidate) []*ImageJoin {
	var out []*ImageJoin
	seen := map[string]bool{list[0].def.file.Path: true}
	for _, c := range list[1:] {
		file := c.def.file.Path
		if c.rank > rankProgram || !c.def.last || seen[file] || tree.IsExample(file) {
			continue
		}
		words := strings.FieldsFunc(strings.ToLower(file), func(r rune) bool { return strings.ContainsRune("./-_", r) })
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(forDevelopers, w) }) {
			continue
		}
		seen[file] = true
		out = append(out, c.join())
	}
	return out
}

// notService says why a main is no service, "" if it is one: it serves, or a
// workload runs it that is expected to go on.
func notService(m *code.Main, s *Service) string {
	if m.Example {
		return "an example"
	}
	for _, w := range s.Workloads {
		if !w.Workload.RunsToEnd {
			return ""
		}
	}
	switch {
	case !m.Contract.Serves() && len(s.Workloads) > 0:
		return "it does not listen, and only jobs run it"
	case !m.Contract.Serves():
		return "it neither listens nor is run by a workload"
	case s.Image == nil && s.Packaging == nil && len(s.Workloads) == 0 && isTooling(m.Dir):
		return "a tool of the repository: it serves, but nothing packages or runs it"
	}
	return ""
}

// isTooling tells folders of what developers run and no one deploys.
func isTooling(dir string) bool {
	for _, p := range parts(dir) {
		switch p {
		case "test", "tests", "testing", "e2e", "hack", "tools", "scripts", "mock", "mocks", "fixtures", "bench", "benchmark", "demo":
			return true
		}
	}
	return false
}

// generic are folder names that say nothing of what a service is.
var generic = map[string]bool{
	"cmd": true, "main": true, "server": true, "app": true, "service": true, "services": true,
	"src": true, "api": true, "internal": true, "pkg": true, ".": true,
}

// nameOf is a service's name: its folder's, or, where that is a word like cmd or
// server, that of the folder above it; at the top of a module the module's.
func nameOf(m *code.Main) string {
	for dir := m.Dir; dir != "." && dir != m.ModuleDir; dir = path.Dir(dir) {
		if base := path.Base(dir); !generic[base] {
			return base
		}
	}
	if m.ModuleDir != "." && !generic[path.Base(m.ModuleDir)] {
		return path.Base(m.ModuleDir)
	}
	if name := lastName(m.Module); m.Module != "" && !generic[name] {
		return name
	}
	return programName(m)
}

// markJoined marks the Dockerfiles of a main's images.
func markJoined(joined map[string]bool, images []candidate, said *ImageJoin) {
	for _, c := range images {
		joined[c.def.file.Path] = true
	}
	if said != nil {
		joined[said.File.Path] = true
	}
}

func unjoinedDockerfiles(files []*image.Dockerfile, joined map[string]bool) []string {
	var out []string
	for _, f := range files {
		if !joined[f.Path] && (hasGoBuilder(f) || len(f.Stages) == 0 || !buildsOther(f)) {
			out = append(out, f.Path)
		}
	}
	slices.Sort(out)
	return out
}

// near are the Dockerfiles that may build a main: those of its module, those that
// lie in no module, as docker/Dockerfile beside several, and those in a folder
// above it.
func near(t *tree.Tree, files []string, m *code.Main) []string {
	var out []string
	for _, f := range files {
		dir := path.Dir(f)
		module, ok := moduleAbove(t, dir)
		if _, above := cutDir(m.Dir, dir); !ok || module == m.ModuleDir || above {
			out = append(out, f)
		}
	}
	return out
}

// moduleAbove is the folder of the nearest go.mod at or above a folder.
func moduleAbove(t *tree.Tree, dir string) (string, bool) {
	for ; ; dir = path.Dir(dir) {
		if t.Has(path.Join(dir, "go.mod")) {
			return dir, true
		}
		if dir == "." || dir == "/" {
			return "", false
		}
	}
}
