package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// packaging is what a tree says of images that no Dockerfile describes.
type packaging struct {
	builds []imageBuild
	hints  []hint
	bazel  []bazelFile
}

// A hint is a file that packages some mains of a folder.
type hint struct {
	kind string
	at   finding.Position
	dir  string // the folder whose mains it is about
	// mains are the folders of those that it names; nil for any below dir.
	mains []string
	// single is true where it packages the one main of its folder.
	single bool
}

// A bazelFile is one that has image rules.
type bazelFile struct {
	dir    string
	labels map[string]bool // folders of the targets that it names
	at     finding.Position
}

// bazelLabel finds a label of the repository: "//cmd/web:image".
var bazelLabel = lazyregexp.New(`["'@]//([^:"'\n]*)[:"']`)

// bazelImage finds image rules of Bazel (rules_oci: oci_image; rules_docker:
// container_image, go_image).
var bazelImage = lazyregexp.New(`(?m)^\s*(?:oci_image|container_image|go_image|go_oci_image|go_container_image|docker_build)\s*\(`)

func readPackaging(t *tree.Tree, builds []imageBuild) *packaging {
	p := &packaging{builds: builds}
	for _, f := range t.Files {
		base := path.Base(f.Path)
		var read func(dir, text string, at finding.Position)
		switch base {
		case ".ko.yaml", ".ko.yml":
			read = p.ko
		case ".goreleaser.yaml", ".goreleaser.yml", "goreleaser.yaml", "goreleaser.yml":
			read = p.goreleaser
		case "project.toml":
			read = p.buildpacks
		case "BUILD.bazel", "BUILD":
			read = p.bazelFile
		default:
			continue
		}
		if tree.IsExample(f.Path) {
			continue
		}
		data, err := t.Read(f.Path, maxBuildFile)
		if err != nil {
			continue
		}
		read(path.Dir(f.Path), string(data), finding.Position{File: t.Name(f.Path)})
	}
	return p
}

// ko reads ko's configuration (ko documentation, "Configuration"). Its builds
// are settings of single mains; ko builds any main that it is asked for.
func (p *packaging) ko(dir, _ string, at finding.Position) {
	p.hints = append(p.hints, hint{kind: "ko", at: at, dir: dir})
}

// goreleaser reads which builds a .goreleaser.yaml puts into images (GoReleaser
// documentation, "Builds", "Docker Images" and "Docker Images with Ko").
func (p *packaging) goreleaser(dir, text string, at finding.Position) {
	type docker struct {
		IDs    []string `yaml:"ids"`
		Builds []string `yaml:"builds"`
	}
	var doc struct {
		Builds []struct {
			ID   string `yaml:"id"`
			Main string `yaml:"main"`
			Dir  string `yaml:"dir"`
		} `yaml:"builds"`
		Dockers   []docker `yaml:"dockers"`
		DockersV2 []docker `yaml:"dockers_v2"`
		Kos       []struct {
			Build string `yaml:"build"`
			Main  string `yaml:"main"`
		} `yaml:"kos"`
	}
	if yaml.Unmarshal([]byte(text), &doc) != nil {
		return
	}
	folder := func(buildDir, main string) string {
		if strings.HasSuffix(main, ".go") {
			main = path.Dir(main)
		}
		return path.Join(dir, buildDir, main)
	}
	// Without builds there is one, of the folder itself.
	all := map[string]string{}
	var ids []string
	for i, b := range doc.Builds {
		if b.ID == "" {
			b.ID = fmt.Sprintf("\x00%d", i)
		}
		ids = append(ids, b.ID)
		all[b.ID] = folder(b.Dir, b.Main)
	}
	if len(ids) == 0 {
		ids, all = []string{""}, map[string]string{"": dir}
	}
	var mains []string
	for _, d := range append(doc.Dockers, doc.DockersV2...) {
		wanted := slices.Concat(d.IDs, d.Builds)
		for _, id := range ids {
			if len(wanted) == 0 || slices.Contains(wanted, id) {
				mains = append(mains, all[id])
			}
		}
	}
	if len(mains) > 0 {
		p.hints = append(p.hints, hint{kind: "goreleaser", at: at, dir: dir, mains: mains})
	}
	mains = nil
	for _, k := range doc.Kos {
		if k.Main != "" {
			mains = append(mains, folder("", k.Main))
			continue
		}
		for _, id := range ids {
			if k.Build == "" && len(ids) == 1 || id == k.Build {
				mains = append(mains, all[id])
			}
		}
	}
	if len(mains) > 0 {
		p.hints = append(p.hints, hint{kind: "ko", at: at, dir: dir, mains: mains})
	}
}

// buildpacks reads a project descriptor (Cloud Native Buildpacks, "Project
// Descriptor").
func (p *packaging) buildpacks(dir, text string, at finding.Position) {
	if strings.Contains(text, "io.buildpacks") || strings.Contains(text, "[build]") || strings.Contains(text, "[_]") {
		p.hints = append(p.hints, hint{kind: "buildpacks", at: at, dir: dir, single: true})
	}
}

func (p *packaging) bazelFile(dir, text string, at finding.Position) {
	if loc := bazelImage.FindStringIndex(text); loc != nil {
		at.Line = 1 + strings.Count(text[:loc[0]], "\n") + strings.Count(text[loc[0]:loc[1]], "\n")
		labels := map[string]bool{}
		for _, m := range bazelLabel.FindAllStringSubmatch(text, -1) {
			labels[m[1]] = true
		}
		p.bazel = append(p.bazel, bazelFile{dir: dir, labels: labels, at: at})
	}
}

// of is the packaging of a main without a Dockerfile, or nil.
func (p *packaging) of(m *code.Main, mains []*code.Main, s *Service) *Packaging {
	for _, w := range s.Workloads {
		if strings.HasPrefix(w.Container.Image.Value, "ko://") {
			return &Packaging{Kind: "ko", Reason: fmt.Sprintf("%s runs %s", w.Workload.ID(), w.Container.Image.Value), At: w.Container.Image.Position}
		}
	}
	for _, b := range p.builds {
		if b.packages(m, mains) {
			return &Packaging{Kind: b.builder, Reason: fmt.Sprintf("%s builds the image %s with %s", b.tool, b.image, b.builder), At: b.at}
		}
	}
	for _, h := range p.hints {
		if h.packages(m, mains) {
			return &Packaging{Kind: h.kind, Reason: h.at.File + " packages it", At: h.at}
		}
	}
	for _, f := range p.bazel {
		// The rules of its own folder, or ones elsewhere that name its target.
		if f.dir == m.Dir || f.labels[m.Dir] {
			return &Packaging{Kind: "bazel", Reason: f.at.File + " has an image rule for it", At: f.at}
		}
	}
	return nil
}

// packages tells whether an entry of a build tool, without a Dockerfile,
// packages a main.
func (b imageBuild) packages(m *code.Main, mains []*code.Main) bool {
	switch b.builder {
	case "ko":
		if importPath, ok := strings.CutPrefix(b.image, "ko://"); ok && b.ko == "" {
			return importPath == m.Path
		}
		return path.Join(b.context, b.ko) == m.Dir || b.ko == "" && onlyMain(m, mains, b.context)
	case "bazel":
		dir, _, _ := strings.Cut(strings.TrimPrefix(b.bazel, "//"), ":")
		return path.Join(b.context, dir) == m.Dir
	case "buildpacks", "custom":
		return b.context == m.Dir || onlyMain(m, mains, b.context)
	}
	return false
}

func (h hint) packages(m *code.Main, mains []*code.Main) bool {
	_, below := cutDir(m.Dir, h.dir)
	switch {
	case !below, m.Example, isTooling(m.Dir):
		return false
	case h.mains != nil:
		return slices.Contains(h.mains, m.Dir)
	case h.single:
		return m.Dir == h.dir || onlyMain(m, mains, h.dir)
	}
	return true
}

// onlyMain tells whether a main is the only one of a folder, but for examples
// and tools.
func onlyMain(m *code.Main, mains []*code.Main, dir string) bool {
	for _, o := range mains {
		if _, below := cutDir(o.Dir, dir); below && o != m && !o.Example && !isTooling(o.Dir) {
			return false
		}
	}
	_, below := cutDir(m.Dir, dir)
	return below
}
