package dynamicallymanaged

import (
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// versionWord stands where a person or a pipeline has to write the version.
const versionWord = "VERSION"

// tagFix writes the version that the other manifests have for the same image, or
// else a word in the place of one.
func tagFix(p *rule.Pass, c *deploy.Container, tag string) []finding.Fix {
	if c.Image.Unknown || c.Build != nil {
		return nil
	}
	version, message := versionElsewhere(p, c.Image.Value), "write the version that the other manifests have"
	if version == "" {
		version, message = versionWord, "mark the place for the version: write it instead of "+versionWord
	}
	if tag != "" {
		return rule.Mends(message, p.YAML.Set(c.Image.Position, ":"+tag, ":"+version))
	}
	return rule.Mends(message, p.YAML.Set(c.Image.Position, c.Image.Value, c.Image.Value+":"+version))
}

// versionElsewhere is the one version that manifests of the tree have for an image,
// "" where there is none or several.
func versionElsewhere(p *rule.Pass, image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil || p.Manifests == nil {
		return ""
	}
	version := ""
	for _, w := range p.Manifests.Workloads {
		for _, c := range slices.Concat(w.Containers, w.Init) {
			if !strings.Contains(c.Image.Value, ":") || isPlaceholder(c.Image.Value) || c.Image.Unknown {
				continue
			}
			other, err := reference.ParseNormalizedNamed(c.Image.Value)
			if err != nil || other.Name() != named.Name() {
				continue
			}
			switch tagged, ok := other.(reference.Tagged); {
			case !ok || tagged.Tag() == "latest" || tagged.Tag() == version:
			case version != "":
				return ""
			default:
				version = tagged.Tag()
			}
		}
	}
	return version
}
