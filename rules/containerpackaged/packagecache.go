package containerpackaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/rule"
)

// PackageCache finds what package managers leave behind in the image.
var PackageCache = &rule.Rule{
	Rule: finding.Rule{
		Name: "packagecache",
		Doc: `a package manager's cache is left in the image

Package managers keep lists and downloads for the next time, and in an image there is none.
They make it tens of megabytes larger, which every node pulls. A later RUN that removes them
does not help: the layer below still has them.

The stage that ships is judged, with the stages that it builds on. A cache mount on the
folder keeps it out of the image as well.

Source: Docker documentation, "Building best practices" (apt-get); apk-tools, apk-add(8),
--no-cache.

# Fails

	RUN apt-get update && apt-get install -y ca-certificates
	RUN apk add ca-certificates

# Holds

	RUN apt-get update && apt-get install -y ca-certificates && rm -rf /var/lib/apt/lists/*
	RUN apk add --no-cache ca-certificates

# How to mend it

Remove the lists in the same RUN, or use the package manager's option for it.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Note,
	},
	Needs: rule.Image,
	Run:   packageCache,
}

// A cacheKeeper is a package manager that keeps what it downloads.
type cacheKeeper struct {
	installs, cleans *lazyregexp.Regexp
	folders          string // as a cache mount names them
	mend             string
}

var cacheKeepers = []cacheKeeper{
	{lazyregexp.New(`\bapt(-get)?\s+([^&;|]*\s)?install\b`), lazyregexp.New(`rm\s+[^&;|]*/var/lib/apt/lists|rm\s+[^&;|]*/var/lib/apt(/|\s|$)`), "/var/lib/apt", "end the RUN with && rm -rf /var/lib/apt/lists/*"},
	{lazyregexp.New(`\bapk\s+([^&;|]*\s)?add\b`), lazyregexp.New(`\bapk\s[^&;|]*--no-cache|rm\s+[^&;|]*/var/cache/apk`), "/var/cache/apk", "write apk add --no-cache"},
	{lazyregexp.New(`\b(micro)?dnf\s+([^&;|]*\s)?install\b|\byum\s+([^&;|]*\s)?install\b`), lazyregexp.New(`\b((micro)?dnf|yum)\s+([^&;|]*\s)?clean\s+all|rm\s+[^&;|]*/var/cache/(dnf|yum)`), "/var/cache", "end the RUN with the package manager's clean all"},
	{lazyregexp.New(`\bzypper\s+([^&;|]*\s)?(install|in)\b`), lazyregexp.New(`\bzypper\s+([^&;|]*\s)?(clean|cc)\b|rm\s+[^&;|]*/var/cache/zypp`), "/var/cache/zypp", "end the RUN with && zypper clean --all"},
}

func packageCache(p *rule.Pass) {
	for _, step := range p.Stage.AllSteps() {
		if step.Kind != image.StepRun {
			continue
		}
		text := step.Text + "\n" + strings.Join(step.Heredocs, "\n")
		for i := range cacheKeepers {
			k := &cacheKeepers[i]
			if !k.installs.MatchString(text) {
				continue
			}
			subject := fmt.Sprintf("RUN at line %d of %s", step.Position.Line, step.Position.File)
			if k.cleans.MatchString(text) || cacheMounted(step.Flags, k.folders) {
				p.Holds(0, subject)
				break
			}
			p.Fails(0, subject, finding.Finding{
				Position: step.Position,
				Message:  fmt.Sprintf("the package manager's lists and downloads stay in this layer of the image, which every node pulls; %s", k.mend),
			})
			break
		}
	}
}

// cacheMounted tells whether a RUN mounts a cache on a folder.
func cacheMounted(flags []string, folder string) bool {
	for _, f := range flags {
		if strings.HasPrefix(f, "--mount=") && strings.Contains(f, "type=cache") && strings.Contains(f, folder) {
			return true
		}
	}
	return false
}
