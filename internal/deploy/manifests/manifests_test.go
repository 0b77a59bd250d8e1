package manifests

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/tree/treetest"
)

// TestRead has one workload of each platform and form; none is read twice.
func TestRead(t *testing.T) {
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec:\n  selector: {matchLabels: {app: a}}\n" +
		"  template:\n    metadata: {labels: {app: a}}\n    spec: {containers: [{name: a, image: shop/a:1}]}\n"
	m := Read(nil, treetest.Open(t, "-- plain/a.yaml --\n"+deployment+
		"-- chart/Chart.yaml --\nname: web\n-- chart/templates/a.yaml --\n"+deployment+
		"-- base/kustomization.yaml --\nresources: [a.yaml]\n-- base/a.yaml --\n"+deployment+
		"-- prod/kustomization.yaml --\nresources: [../base]\n"+
		"-- dev/kustomization.yaml --\nresources: [../base]\n"+
		"-- broken/kustomization.yaml --\nresources: [a.yaml]\npatches: [{path: gone.yaml}]\n-- broken/a.yaml --\n"+deployment+
		"-- compose.yaml --\nservices:\n  a:\n    image: shop/a:1\n"))
	var got []string
	for _, w := range m.Workloads {
		got = append(got, w.Platform+" "+w.Position.File+" "+w.Variant)
	}
	slices.Sort(got)
	want := []string{
		"compose compose.yaml ", "kubernetes base/a.yaml dev", "kubernetes base/a.yaml prod", "kubernetes broken/a.yaml ",
		"kubernetes chart/templates/a.yaml chart/values.yaml", "kubernetes plain/a.yaml ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
	if len(m.NotAnalyzed) != 1 || m.NotAnalyzed[0].File != "broken/kustomization.yaml" {
		t.Errorf("not analyzed: %v", m.NotAnalyzed)
	}
}
