package service

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// A skaffoldArtifact is one image that a skaffold.yaml builds (Skaffold
// documentation, "skaffold.yaml").
type skaffoldArtifact struct {
	image   string
	context string // relative to the tree
	file    string // the Dockerfile, relative to the tree; "" for other builders
	target  string
	ko      string // the ko builder's main, relative to the context
	builder string // docker, ko, buildpacks, bazel, jib, custom
	at      finding.Position
}

// maxSkaffold is the largest skaffold.yaml that is read, in bytes.
const maxSkaffold = 1 << 20

// readSkaffold reads the build sections of all skaffold files of a tree. Files
// that do not parse add nothing: they are no artifact to judge.
func readSkaffold(t *tree.Tree) []skaffoldArtifact {
	var out []skaffoldArtifact
	for _, f := range t.Files {
		base := path.Base(f.Path)
		if !strings.HasPrefix(base, "skaffold") || path.Ext(base) != ".yaml" && path.Ext(base) != ".yml" || tree.IsExample(f.Path) {
			continue
		}
		data, err := t.Read(f.Path, maxSkaffold)
		if err != nil {
			continue
		}
		dec := yaml.NewDecoder(strings.NewReader(string(data)))
		for range 64 { // documents
			var doc struct {
				Build struct {
					Artifacts []skaffoldYAML `yaml:"artifacts"`
				} `yaml:"build"`
			}
			if err := dec.Decode(&doc); err != nil {
				break
			}
			for _, a := range doc.Build.Artifacts {
				out = append(out, a.artifact(t, f.Path))
			}
		}
	}
	return out
}

type skaffoldYAML struct {
	Image   yaml.Node `yaml:"image"`
	Context string    `yaml:"context"`
	Docker  *struct {
		Dockerfile string `yaml:"dockerfile"`
		Target     string `yaml:"target"`
	} `yaml:"docker"`
	Ko *struct {
		Main string `yaml:"main"`
		Dir  string `yaml:"dir"`
	} `yaml:"ko"`
	Buildpacks *yaml.Node `yaml:"buildpacks"`
	Bazel      *yaml.Node `yaml:"bazel"`
	Jib        *yaml.Node `yaml:"jib"`
	Custom     *yaml.Node `yaml:"custom"`
}

func (a skaffoldYAML) artifact(t *tree.Tree, file string) skaffoldArtifact {
	dir := path.Join(path.Dir(file), a.Context)
	out := skaffoldArtifact{
		image: a.Image.Value, context: dir, builder: "docker",
		at: finding.Position{File: t.Name(file), Line: a.Image.Line, Column: a.Image.Column},
	}
	switch {
	case a.Ko != nil:
		out.builder, out.ko = "ko", path.Join(a.Ko.Dir, a.Ko.Main)
	case a.Buildpacks != nil:
		out.builder = "buildpacks"
	case a.Bazel != nil:
		out.builder = "bazel"
	case a.Jib != nil:
		out.builder = "jib"
	case a.Custom != nil:
		out.builder = "custom"
	default:
		out.file = path.Join(dir, "Dockerfile")
		if a.Docker != nil {
			out.target = a.Docker.Target
			if a.Docker.Dockerfile != "" {
				out.file = path.Join(dir, a.Docker.Dockerfile)
			}
		}
	}
	return out
}
