package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/tree"
)

// Input is what was read of a tree.
type Input struct {
	Tree        *tree.Tree
	Mains       []*code.Main
	Dockerfiles []*image.Dockerfile
	Manifests   *deploy.Manifests
}

// Joined is the tree as services.
type Joined struct {
	Services []*Service
	// Other are the mains that are no services, with the reason.
	Other []OtherMain
	// Unowned are the workloads that run no service of the tree.
	Unowned []*deploy.Workload
}

// An OtherMain is a main that is no service: a CLI, a generator, an example.
type OtherMain struct {
	Main   *code.Main
	Name   string
	Reason string
}

// Join finds which main is built into which image and run by which workloads.
func Join(in Input) *Joined {
	builds := readSkaffold(in.Tree)
	images := imagesOf(in.Tree, in.Mains, in.Dockerfiles, builds)
	out := &Joined{}
	owned := map[*deploy.Workload]bool{}
	joined := map[string]bool{} // Dockerfiles that are some main's image
	for _, m := range in.Mains {
		for _, c := range images[m] {
			joined[c.file.Path] = true
		}
	}
	unjoined := unjoinedDockerfiles(in.Dockerfiles, joined)
	for _, m := range in.Mains {
		s := &Service{Name: nameOf(m), Dir: m.Dir, Contract: m.Contract}
		if list := images[m]; len(list) > 0 {
			best := list[0]
			s.Image = &ImageJoin{File: best.file, Stage: best.stage, Reason: best.reason, At: best.at}
		}
		s.Workloads = workloadsOf(m, namesOf(m, s), s.Image, builds, in.Manifests)
		s.Packaging = packagingOf(in.Tree, m, s, builds)
		if reason := notService(m, s); reason != "" {
			out.Other = append(out.Other, OtherMain{Main: m, Name: s.Name, Reason: reason})
			continue
		}
		for _, w := range s.Workloads {
			owned[w.Workload] = true
		}
		if s.Image == nil {
			s.UnjoinedDockerfiles = near(unjoined, m)
		}
		out.Services = append(out.Services, s)
	}
	for _, w := range in.Manifests.Workloads {
		if !owned[w] {
			out.Unowned = append(out.Unowned, w)
		}
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
	if name := programName(&code.Main{Path: m.Module}); m.Module != "" && !generic[name] {
		return name
	}
	return programName(m)
}

// namesOf are the names that an image of the service may have.
func namesOf(m *code.Main, s *Service) []string {
	names := []string{s.Name, programName(m)}
	if s.Image != nil {
		if dir := s.Image.File.Dir; dir != "." {
			names = append(names, path.Base(dir))
		}
	}
	if m.Module != "" && s.Image != nil {
		names = append(names, programName(&code.Main{Path: m.Module}))
	}
	names = slices.DeleteFunc(names, func(n string) bool { return generic[n] })
	slices.Sort(names)
	return slices.Compact(names)
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

// otherLanguages are builder images of programs that are not Go's.
var otherLanguages = []string{"node", "python", "openjdk", "eclipse-temurin", "maven", "gradle", "rust", "php", "ruby", "sdk", "aspnet", "dotnet", "composer", "bun", "deno", "nginx"}

// buildsOther tells Dockerfiles of programs in other languages.
func buildsOther(f *image.Dockerfile) bool {
	for _, s := range f.Stages {
		if slices.Contains(otherLanguages, path.Base(s.Root().Base.Repository)) {
			return true
		}
	}
	return false
}

// near are the Dockerfiles that may build a main: those in its folder or above,
// and those that lie outside every module folder, as build/Dockerfile does.
func near(files []string, m *code.Main) []string {
	var out []string
	for _, f := range files {
		dir := path.Dir(f)
		if dir == "." || m.ModuleDir == "." || dir == m.ModuleDir || strings.HasPrefix(dir, m.ModuleDir+"/") || strings.HasPrefix(m.Dir+"/", dir+"/") {
			out = append(out, f)
		}
	}
	return out
}

// packagingOf recognises container packaging without a Dockerfile.
func packagingOf(t *tree.Tree, m *code.Main, s *Service, builds []skaffoldArtifact) *Packaging {
	for _, w := range s.Workloads {
		if strings.HasPrefix(w.Container.Image.Value, "ko://") {
			return &Packaging{Kind: "ko", Reason: fmt.Sprintf("%s runs %s", w.Workload.ID(), w.Container.Image.Value), At: w.Container.Image.Position}
		}
	}
	for _, b := range builds {
		dir := b.context
		if b.builder == "ko" {
			dir = path.Join(b.context, b.ko)
		}
		if b.builder != "docker" && (dir == m.Dir || b.context == m.ModuleDir) {
			return &Packaging{Kind: b.builder, Reason: fmt.Sprintf("skaffold builds the image %s with %s", b.image, b.builder), At: b.at}
		}
	}
	for _, hint := range []struct{ kind, file, word string }{
		{"ko", ".ko.yaml", ""}, {"ko", ".ko.yml", ""},
		{"buildpacks", "project.toml", "io.buildpacks"}, {"buildpacks", "project.toml", "[build]"},
		{"goreleaser", ".goreleaser.yaml", "dockers"}, {"goreleaser", ".goreleaser.yml", "dockers"},
		{"ko", ".goreleaser.yaml", "kos:"}, {"ko", ".goreleaser.yml", "kos:"},
		{"bazel", "BUILD.bazel", "_image("}, {"bazel", "BUILD", "_image("},
	} {
		for dir := m.Dir; ; dir = path.Dir(dir) {
			file := path.Join(dir, hint.file)
			if t.Has(file) {
				data, err := t.Read(file, 1<<20)
				if err == nil && strings.Contains(string(data), hint.word) {
					return &Packaging{Kind: hint.kind, Reason: file + " packages it", At: finding.Position{File: t.Name(file)}}
				}
			}
			if dir == "." {
				break
			}
		}
	}
	return nil
}
