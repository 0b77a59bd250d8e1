package service

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// An imageBuild is one image that a build tool's file describes.
type imageBuild struct {
	tool    string // skaffold, compose, Tilt, a workflow, a makefile
	image   string // as written; "" where the tool makes the name up
	context string // relative to the tree
	file    string // the Dockerfile, relative to the tree; "" for other builders
	target  string
	args    map[string]string // build arguments
	ko      string            // the ko builder's main, relative to the context
	bazel   string            // the Bazel target
	builder string            // docker, ko, buildpacks, bazel, jib, custom
	profile bool              // of a profile, that is on request only
	at      finding.Position
}

// maxBuildFile is the largest file of a build tool that is read, in bytes, and
// maxBuilds how many images are taken from all of them.
const (
	maxBuildFile = 1 << 20
	maxBuilds    = 5000
)

// readBuilds reads what the build tools' files of a tree say of images. Files
// that do not parse add nothing: they are no artifact to judge.
func readBuilds(t *tree.Tree) []imageBuild {
	var out []imageBuild
	for _, f := range t.Files {
		if tree.IsExample(f.Path) || len(out) > maxBuilds {
			continue
		}
		base := path.Base(f.Path)
		isYAML := path.Ext(base) == ".yaml" || path.Ext(base) == ".yml"
		var read func(t *tree.Tree, file string, text []byte) []imageBuild
		switch {
		case isYAML && strings.HasPrefix(base, "skaffold"):
			read = readSkaffold
		case isYAML && (strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose")):
			read = readCompose
		case base == "Tiltfile":
			read = readTiltfile
		case isYAML && path.Dir(f.Path) == ".github/workflows":
			read = readWorkflow
		case base == "Makefile" || base == "makefile" || base == "GNUmakefile" || path.Ext(base) == ".mk":
			read = readMakefile
		default:
			continue
		}
		data, err := t.Read(f.Path, maxBuildFile)
		if err != nil {
			continue
		}
		for _, b := range read(t, f.Path, data) {
			// What lies outside of the tree is not its own.
			if b.context != ".." && !strings.HasPrefix(b.context, "../") {
				out = append(out, b)
			}
		}
	}
	// A tool that deploys says which image a manifest means; a compose file is
	// asked where none does.
	slices.SortStableFunc(out, func(a, b imageBuild) int { return toolRank[a.tool] - toolRank[b.tool] })
	return out
}

var toolRank = map[string]int{"skaffold": 0, "Tilt": 1, "compose": 2, "a workflow": 3, "a makefile": 4}

// readSkaffold reads the artifacts of a skaffold.yaml and of its profiles
// (Skaffold documentation, "skaffold.yaml").
func readSkaffold(t *tree.Tree, file string, text []byte) []imageBuild {
	type build struct {
		Artifacts []skaffoldArtifact `yaml:"artifacts"`
	}
	var out, profiles []imageBuild
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	for range 64 { // documents
		var doc struct {
			Build    build `yaml:"build"`
			Profiles []struct {
				Build build `yaml:"build"`
			} `yaml:"profiles"`
		}
		if err := dec.Decode(&doc); err != nil {
			break
		}
		for _, a := range doc.Build.Artifacts {
			out = append(out, a.build(t, file))
		}
		for _, p := range doc.Profiles {
			for _, a := range p.Build.Artifacts {
				b := a.build(t, file)
				b.profile = true
				profiles = append(profiles, b)
			}
		}
	}
	return append(out, profiles...)
}

type skaffoldArtifact struct {
	Image   yaml.Node `yaml:"image"`
	Context string    `yaml:"context"`
	Docker  *struct {
		Dockerfile string            `yaml:"dockerfile"`
		Target     string            `yaml:"target"`
		BuildArgs  map[string]string `yaml:"buildArgs"`
	} `yaml:"docker"`
	Kaniko *struct {
		Dockerfile string            `yaml:"dockerfile"`
		Target     string            `yaml:"target"`
		BuildArgs  map[string]string `yaml:"buildArgs"`
	} `yaml:"kaniko"`
	Ko *struct {
		Main string `yaml:"main"`
		Dir  string `yaml:"dir"`
	} `yaml:"ko"`
	Bazel *struct {
		Target string `yaml:"target"`
	} `yaml:"bazel"`
	Buildpacks *yaml.Node `yaml:"buildpacks"`
	Jib        *yaml.Node `yaml:"jib"`
	Custom     *yaml.Node `yaml:"custom"`
}

func (a skaffoldArtifact) build(t *tree.Tree, file string) imageBuild {
	dir := path.Join(path.Dir(file), a.Context)
	out := imageBuild{
		tool: "skaffold", image: a.Image.Value, context: dir, builder: "docker",
		at: finding.Position{File: t.Name(file), Line: a.Image.Line, Column: a.Image.Column},
	}
	switch {
	case a.Ko != nil:
		out.builder, out.ko = "ko", path.Join(a.Ko.Dir, a.Ko.Main)
	case a.Buildpacks != nil:
		out.builder = "buildpacks"
	case a.Bazel != nil:
		out.builder, out.bazel = "bazel", a.Bazel.Target
	case a.Jib != nil:
		out.builder = "jib"
	case a.Custom != nil:
		out.builder = "custom"
	default:
		docker := a.Docker
		if docker == nil {
			docker = a.Kaniko
		}
		name := "Dockerfile"
		if docker != nil {
			out.target, out.args = docker.Target, literals(docker.BuildArgs)
			if docker.Dockerfile != "" {
				name = docker.Dockerfile
			}
		}
		out.file = t.Name(path.Join(dir, name))
	}
	return out
}

// literals are the arguments whose values are no templates.
func literals(args map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range args {
		if !strings.Contains(value, "{{") && !strings.Contains(value, "$") {
			out[name] = value
		}
	}
	return out
}

// readCompose reads the build sections of a compose file (Compose
// specification, "Build section"). Its target is not taken: compose files are
// for development more often than not, and what they build is not what ships.
func readCompose(t *tree.Tree, file string, text []byte) []imageBuild {
	var doc struct {
		Services yaml.Node `yaml:"services"`
	}
	if yaml.Unmarshal(text, &doc) != nil || doc.Services.Kind != yaml.MappingNode {
		return nil
	}
	var out []imageBuild
	for i := 0; i+1 < len(doc.Services.Content); i += 2 {
		key := doc.Services.Content[i]
		var s struct {
			Image string    `yaml:"image"`
			Build yaml.Node `yaml:"build"`
		}
		if doc.Services.Content[i+1].Decode(&s) != nil {
			continue
		}
		var build struct {
			Context    string    `yaml:"context"`
			Dockerfile string    `yaml:"dockerfile"`
			Args       yaml.Node `yaml:"args"`
		}
		switch s.Build.Kind {
		case yaml.ScalarNode:
			build.Context = s.Build.Value
		case yaml.MappingNode:
			if s.Build.Decode(&build) != nil {
				continue
			}
		default:
			continue
		}
		if strings.Contains(build.Context, "$") || strings.Contains(build.Context, "://") || strings.Contains(build.Dockerfile, "$") || path.IsAbs(build.Context) {
			continue
		}
		if build.Dockerfile == "" {
			build.Dockerfile = "Dockerfile"
		}
		context := path.Join(path.Dir(file), build.Context)
		image := s.Image
		if strings.Contains(image, "$") {
			image = ""
		}
		out = append(out, imageBuild{
			tool: "compose", image: image, context: context, file: t.Name(path.Join(context, build.Dockerfile)),
			args: composeArgs(&build.Args), builder: "docker",
			at: finding.Position{File: t.Name(file), Line: key.Line, Column: key.Column},
		})
	}
	return out
}

func composeArgs(n *yaml.Node) map[string]string {
	args := map[string]string{}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if v := n.Content[i+1]; v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
				args[n.Content[i].Value] = v.Value
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if name, value, ok := strings.Cut(item.Value, "="); ok {
				args[name] = value
			}
		}
	}
	return literals(args)
}

var (
	tiltBuild = lazyregexp.New(`(?m)^[^#\n]*\bdocker_build(?:_with_restart)?\(\s*(?:ref\s*=\s*)?["']([^"'\n]+)["']\s*,\s*(?:context\s*=\s*)?["']([^"'\n]+)["']([^)]*)`)
	tiltFile  = lazyregexp.New(`\bdockerfile\s*=\s*["']([^"'\n]+)["']`)
	tiltGoal  = lazyregexp.New(`\btarget\s*=\s*["']([^"'\n]+)["']`)
)

// readTiltfile reads the docker_build calls of a Tiltfile whose arguments are
// literals (Tilt API reference, docker_build). Its dockerfile is relative to the
// Tiltfile, not to the context.
func readTiltfile(t *tree.Tree, file string, text []byte) []imageBuild {
	var out []imageBuild
	dir := path.Dir(file)
	for _, m := range tiltBuild.FindAllSubmatchIndex(text, maxBuilds) {
		rest := text[m[6]:m[7]]
		if strings.Contains(string(rest), "dockerfile_contents") {
			continue
		}
		context := path.Join(dir, string(text[m[4]:m[5]]))
		b := imageBuild{
			tool: "Tilt", image: string(text[m[2]:m[3]]), context: context,
			file: t.Name(path.Join(context, "Dockerfile")), builder: "docker",
			at: finding.Position{File: t.Name(file), Line: 1 + strings.Count(string(text[:m[2]]), "\n")},
		}
		if f := tiltFile.FindSubmatch(rest); f != nil {
			b.file = t.Name(path.Join(dir, string(f[1])))
		} else if strings.Contains(string(rest), "dockerfile") {
			continue // named by an expression
		}
		if g := tiltGoal.FindSubmatch(rest); g != nil {
			b.target = string(g[1])
		}
		out = append(out, b)
	}
	return out
}
