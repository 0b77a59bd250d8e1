package dynamicallymanaged

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestFloatingTag(t *testing.T) {
	results := ruletest.Run(t, FloatingTag, "testdata/floatingtag/wrong", "testdata/floatingtag/mended", "testdata/floatingtag/traps")
	wantCounts(t, "wrong", results[0], 4, 0, 0)
	wantCounts(t, "mended", results[1], 0, 5, 0)
	wantCounts(t, "traps", results[2], 0, 0, 11)

	for _, r := range results[0] {
		if r.Subject != "Deployment/web container kustomized (web.yaml)" {
			continue
		}
		if rel := r.Finding.Related; len(rel) != 1 || rel[0].File != "kustomization.yaml" || rel[0].Line != 6 {
			t.Errorf("the finding does not point to the kustomization's tag: %+v", rel)
		}
	}
	reasons := map[string]string{}
	for _, r := range results[2] {
		reasons[r.Subject] = r.Reason
	}
	for name, want := range map[string]string{
		"skaffold": "skaffold builds and tags frontend (skaffold.yaml:12)",
		"tilt":     "Tilt builds and tags backend (Tiltfile:2)",
		"ko":       `"ko://github.com/shop/web/cmd/web" is no image: something else fills it in`,
	} {
		if got := reasons["Deployment/web container "+name+" (web.yaml)"]; got != want {
			t.Errorf("%s: reason %q, want %q", name, got, want)
		}
	}
}

func TestIsPlaceholder(t *testing.T) {
	for image, want := range map[string]bool{
		"controller:latest":      true,
		"controller":             true,
		"controller:v1":          false,
		"image":                  true,
		"shop/controller:latest": false,
		"nginx":                  false,
		"web:V1":                 false,
		"web:__TAG__":            true,
		"web:%VERSION%":          true,
		"ko://example.com/cmd":   true,
	} {
		if got := isPlaceholder(image); got != want {
			t.Errorf("isPlaceholder(%q) = %v, want %v", image, got, want)
		}
	}
}
