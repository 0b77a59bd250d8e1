package kubernetes

import (
	"bytes"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// An artifact is an image that a build tool builds, and whose tag it puts into
// every manifest that names it: skaffold (its documentation, "Image naming") and
// Tilt (its API reference, docker_build).
type artifact struct {
	tool  string
	image string // without tag
	at    finding.Position
}

var tiltBuild = lazyregexp.New(`\b(?:docker_build|custom_build|docker_build_with_restart|custom_build_with_restart|ko_build|bazel_build)\(\s*(?:ref\s*=\s*)?(?:"([^"\n]+)"|'([^'\n]+)')`)

func isTiltfile(name string) bool { return path.Base(name) == "Tiltfile" }

// readTiltfile finds the images that a Tiltfile builds by their literal names.
func readTiltfile(file string, text []byte) []artifact {
	d := &yamldoc.Document{File: file, Text: text}
	var list []artifact
	for _, m := range tiltBuild.FindAllSubmatchIndex(text, -1) {
		start, end := m[2], m[3]
		if start < 0 {
			start, end = m[4], m[5]
		}
		line := text[bytes.LastIndexByte(text[:m[0]], '\n')+1 : m[0]]
		if bytes.Contains(line, []byte("#")) {
			continue
		}
		list = append(list, artifact{
			tool: "Tilt", image: imageName(string(text[start:end])), at: d.Position(start, end),
		})
	}
	return list
}

// readArtifacts reads the artifacts of a skaffold Config and its profiles.
func readArtifacts(c yamldoc.Cursor) []artifact {
	var list []artifact
	read := func(build yamldoc.Cursor) {
		for _, item := range build.Get("artifacts").Items() {
			if image := item.Get("image"); image.Text() != "" {
				list = append(list, artifact{tool: "skaffold", image: imageName(image.Text()), at: image.At})
			}
		}
	}
	read(c.Get("build"))
	for _, profile := range c.Get("profiles").Items() {
		read(profile.Get("build"))
	}
	return list
}

// builtImages are the artifacts of all files, by image.
func builtImages(files []*parsedFile) map[string][]artifact {
	built := map[string][]artifact{}
	for _, f := range files {
		for _, a := range f.artifacts {
			built[a.image] = append(built[a.image], a)
		}
	}
	return built
}

// replaceImages notes for each container of a workload what build tools put in
// the place of its image.
func replaceImages(w *deploy.Workload, file string, k *kustomize, built map[string][]artifact) {
	for _, list := range [][]*deploy.Container{w.Containers, w.Init} {
		for _, c := range list {
			name := imageName(c.Image.Value)
			if name == "" {
				continue
			}
			if by := built[name]; len(by) > 0 {
				c.Replaced = append(c.Replaced, deploy.Replacement{Tool: by[0].tool, Position: by[0].at})
			}
			c.Replaced = append(c.Replaced, k.replacements(file, name)...)
		}
	}
}

// imageName is an image reference without its tag and digest.
func imageName(image string) string {
	name, _, _ := strings.Cut(image, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name = name[:i]
	}
	return name
}
