package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/rule"
)

// LayerCache finds builds that download all modules whenever a line of code changes.
var LayerCache = &rule.Rule{
	Rule: finding.Rule{
		Name: "layercache",
		Doc: `each change of the code downloads all modules again

The builder keeps the layer of an instruction until the files that it copies change. Where
the sources are copied before the modules are downloaded, each change of a line downloads
them all again: minutes for each build, and a build that fails whenever the proxy does.

The rule looks at stages that run go build: it fails where all sources are there before the
first go command that needs the modules, and no cache is mounted on the module cache. It is
silent of modules without dependencies, with a vendor folder, and where the sources are
mounted.

Source: Docker documentation, "Optimize cache usage in builds"; "Build your Go image".

# Fails

	COPY . .
	RUN go build -o /app .

# Holds

	COPY go.mod go.sum ./
	RUN go mod download
	COPY . .
	RUN go build -o /app .

# How to mend it

Copy go.mod and go.sum and run go mod download before the sources are copied; or mount a
cache: RUN --mount=type=cache,target=/go/pkg/mod go build ...`,
		Property: finding.ContainerPackaged,
		Severity: finding.Note,
	},
	Needs: rule.Image,
	Run:   layerCache,
}

var (
	buildsGo     = lazyregexp.New(`\bgo\s+(build|install|mod\s+(download|tidy|verify|vendor)|get|generate|test|run|list|vet)\b`)
	downloadsGo  = lazyregexp.New(`\bgo\s+(mod\s+(download|tidy|vendor)|get|build|install|list)\b`)
	vendorFlag   = lazyregexp.New(`-mod[= ]vendor`)
	onlyGoModule = lazyregexp.New(`^(.*/)?(go\.(mod|sum|work|work\.sum)|go\.\*|go\.mod\*|go\.sum\*|go\.work\*|vendor/?|third_party/?)$`)
)

func layerCache(p *rule.Pass) {
	for _, s := range p.File.Stages {
		layerCacheOf(p, s)
	}
}

func layerCacheOf(p *rule.Pass, s *image.Stage) {
	var sources *image.Step
	for i := range s.Steps {
		step := &s.Steps[i]
		switch step.Kind {
		case image.StepCopy, image.StepAdd:
			if step.From != "" || len(step.Heredocs) > 0 {
				continue
			}
			for _, src := range step.Sources {
				// A folder of modules that go.mod replaces may have to be there first.
				if clean := path.Clean(src); sources == nil && (clean == "." || clean == "/" || clean == "*" || strings.HasSuffix(clean, ".go")) {
					sources = step
				}
			}
			if len(step.Sources) > 0 && sources == step && allModuleFiles(step.Sources) {
				sources = nil
			}
		case image.StepRun:
			text := step.Text + "\n" + strings.Join(step.Heredocs, "\n")
			if !buildsGo.MatchString(text) {
				continue
			}
			if vendorFlag.MatchString(text) || cacheMounted(step.Flags, "/pkg/mod") || cacheMounted(step.Flags, "/go") || strings.Contains(text, "make") || vendored(p, sources) {
				return
			}
			subject := fmt.Sprintf("stage %d of %s", s.Index, p.File.Path)
			if sources == nil {
				p.Holds(0, subject) // the modules come first, or the sources are mounted
				return
			}
			if !downloadsGo.MatchString(text) {
				continue
			}
			p.Fails(0, subject, finding.Finding{
				Position: sources.Position,
				Message: fmt.Sprintf("all sources are copied before the modules are downloaded (line %d): each change of the code downloads them all again; copy go.mod and go.sum and run go mod download first, or mount a cache on /go/pkg/mod",
					step.Position.Line),
				Related: []finding.Related{{Position: step.Position, Message: "downloads the modules"}},
			})
			return
		}
	}
}

func allModuleFiles(sources []string) bool {
	for _, s := range sources {
		if !onlyGoModule.MatchString(s) {
			return false
		}
	}
	return true
}

// vendored tells whether what is copied has a vendor folder, or no dependencies that
// a go.sum would list. Where the build context is not known it may.
func vendored(p *rule.Pass, sources *image.Step) bool {
	if sources == nil {
		return false
	}
	t := repository(p)
	if t == nil || p.Image == nil || p.Image.Context == nil {
		return true
	}
	dir := p.Image.Context.Dir
	sum := false
	for _, f := range t.Files {
		if f.Path == path.Join(dir, "vendor/modules.txt") {
			return true
		}
		sum = sum || path.Base(f.Path) == "go.sum" && (dir == "." || strings.HasPrefix(f.Path, dir+"/"))
	}
	return !sum
}
