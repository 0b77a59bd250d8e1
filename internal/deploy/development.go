package deploy

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// developmentFiles matches words in names of compose files that nobody deploys.
var developmentFiles = regexp.MustCompile(`(?i)(^|[._/-])(dev|devel|development|debug|test|tests|testing|ci|e2e|integration|local|override|examples?|demo|bench|hack|otel|tracing|monitoring)([._/-]|$)`)

// ForDevelopment tells compose services of a developer's machine: by the name of the
// file or its folder, by profiles, where a folder of the sources is mounted, and
// where the image is built on the spot and has no name.
func (w *Workload) ForDevelopment() bool {
	if w.Platform != Compose {
		return false
	}
	if developmentFiles.MatchString(w.Position.File) || len(w.Profiles) > 0 {
		return true
	}
	for _, c := range w.Containers {
		if c.Build != nil && !c.Image.Set {
			return true
		}
		for _, m := range c.Mounts {
			v := w.Volume(m.Volume)
			if v != nil && v.Kind == "hostPath" && !m.ReadOnly && path.Ext(m.Path) == "" && slices.ContainsFunc([]string{"./src", "./cmd", "."}, func(p string) bool {
				return path.Clean(v.Source) == path.Clean(p) || path.Clean(v.Source) == w.Dir && !strings.HasPrefix(v.Source, "/")
			}) {
				return true
			}
		}
	}
	return false
}
