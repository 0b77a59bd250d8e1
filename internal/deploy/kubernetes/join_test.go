package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
)

// deployment and service are a small workload and what sends it traffic.
func deployment(name, labels string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\nspec:\n  selector: {matchLabels: {" + labels + "}}\n" +
		"  template:\n    metadata: {labels: {" + labels + "}}\n    spec:\n      containers:\n      - name: c\n        image: shop/" + name + "\n"
}

func service(name, selector string) string {
	return "apiVersion: v1\nkind: Service\nmetadata:\n  name: " + name + "\nspec:\n  selector: {" + selector + "}\n  ports: [{port: 80}]\n"
}

func inNamespace(namespace, object string) string {
	return strings.Replace(object, "metadata:\n", "metadata:\n  namespace: "+namespace+"\n", 1)
}

// joined says which Services each workload has, by file.
func joined(m *deploy.Manifests) string {
	var b strings.Builder
	for _, w := range m.Workloads {
		fmt.Fprintf(&b, "%s:", w.Position.File)
		for _, s := range w.Services {
			fmt.Fprintf(&b, " %s@%s", s.Name, s.Position.File)
		}
		b.WriteString("\n")
	}
	return strings.TrimSpace(b.String())
}

func TestServices(t *testing.T) {
	d, s := deployment("web", "app: web, tier: front"), service("web", "app: web")
	for _, tt := range []struct {
		name string
		f    files
		want string
	}{
		{"same file", files{"web.yaml": d + "---\n" + s}, "web.yaml: web@web.yaml"},
		{"same folder", files{"d.yaml": d, "s.yaml": s, "t.yaml": service("web-metrics", "tier: front")}, "d.yaml: web@s.yaml web-metrics@t.yaml"},
		{"all labels of the selector", files{"d.yaml": d, "s.yaml": service("web", "app: web, track: canary")}, "d.yaml:"},
		{"no selector", files{"d.yaml": d, "s.yaml": service("web", "")}, "d.yaml:"},
		{"folders beside each other", files{"k/d/web.yaml": d, "k/s/web.yaml": s}, "k/d/web.yaml: web@k/s/web.yaml"},
		{"the nearest of several", files{"a/d.yaml": d, "a/sub/s.yaml": s, "b/s.yaml": s}, "a/d.yaml: web@a/sub/s.yaml"},
		{"copies in folders", files{"a/d.yaml": d, "a/s.yaml": s, "b/d.yaml": d, "b/s.yaml": s, "all.yaml": d + "---\n" + s},
			"a/d.yaml: web@a/s.yaml\nall.yaml: web@all.yaml\nb/d.yaml: web@b/s.yaml"},
		{"copies in files", files{"v1.yaml": d + "---\n" + s, "v2.yaml": d + "---\n" + s}, "v1.yaml: web@v1.yaml\nv2.yaml: web@v2.yaml"},
		{"ambiguous", files{"k/d.yaml": d, "x/s.yaml": s, "y/s.yaml": s}, "k/d.yaml:"},
		{"the file before the folders below", files{"all.yaml": d + "---\n" + s, "sub/s.yaml": service("other", "app: web")}, "all.yaml: web@all.yaml"},
		{"namespaces", files{"d.yaml": inNamespace("a", d), "s.yaml": inNamespace("b", s), "u.yaml": s, "v.yaml": inNamespace("a", service("own", "app: web"))},
			"d.yaml: own@v.yaml"},
		{"namespace on one side only", files{"d.yaml": d, "s.yaml": inNamespace("a", s)}, "d.yaml:"},
		{"different overlays", files{
			"dev/kustomization.yaml": "resources: [d.yaml]", "dev/d.yaml": d,
			"prod/kustomization.yaml": "resources: [s.yaml]", "prod/s.yaml": s,
		}, "dev/d.yaml:"},
		{"one overlay", files{
			"kustomization.yaml":     "resources: [dev, prod]",
			"dev/kustomization.yaml": "resources: [d.yaml]", "dev/d.yaml": d,
			"prod/kustomization.yaml": "resources: [s.yaml]", "prod/s.yaml": s,
		}, "dev/d.yaml: web@prod/s.yaml"},
		{"labels of the kustomization", files{
			"kustomization.yaml": "commonLabels: {app: x}\nlabels: [{pairs: {y: z}, includeSelectors: true}, {pairs: {no: no}}]\nresources: [d.yaml, s.yaml]",
			"d.yaml":             strings.NewReplacer("  selector: {matchLabels: {}}\n", "", "metadata: {labels: {}}", "metadata: {}").Replace(deployment("web", "")),
			"s.yaml":             service("web", ""),
		}, "d.yaml: web@s.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.f.read(t)
			equal(t, "not analyzed", reasons(m), []string{})
			equal(t, "joined", joined(m), tt.want)
		})
	}
}

func TestLimitRange(t *testing.T) {
	limits := "apiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: a}\nspec:\n  limits:\n" +
		"  - {type: PersistentVolumeClaim, max: {cpu: 9}}\n" +
		"  - {type: Container, max: {cpu: 2}, default: {memory: 64Mi}, min: {memory: 8Mi}, defaultRequest: {memory: 32Mi}}\n"
	f := files{"limits.yaml": limits, "w/d.yaml": inNamespace("a", deployment("web", "app: web")), "w/other.yaml": deployment("other", "app: o")}
	m := f.read(t)
	got := m.Workloads[0].Defaults
	equal(t, "defaults", []string{got.CPURequest.Value, got.CPULimit.Value, got.MemoryRequest.Value, got.MemoryLimit.Value}, []string{"2", "2", "32Mi", "64Mi"})
	equal(t, "place", f.at(got.MemoryRequest.Position), "32Mi")
	equal(t, "other namespace", m.Workloads[1].Defaults, deploy.Resources{})

	// Without a namespace, only one that is deployed with the workload counts.
	unset := strings.Replace(limits, ", namespace: a", "", 1)
	m = files{"x/limits.yaml": unset, "y/d.yaml": deployment("web", "app: web")}.read(t)
	equal(t, "another folder", m.Workloads[0].Defaults.CPULimit.Set, false)
	m = files{"limits.yaml": unset, "y/d.yaml": deployment("web", "app: web")}.read(t)
	equal(t, "a folder above", m.Workloads[0].Defaults.CPULimit.Set, true)
}

func TestKustomizePatches(t *testing.T) {
	patch := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n"
	m := files{
		"base/kustomization.yaml": "resources:\n- web.yaml\n",
		"base/web.yaml":           deployment("web", "app: web"),
		"prod/Kustomization": "resources: [../base, https://example.com/x.yaml]\npatches:\n- path: a.yaml\n- {path: sub/b.yaml, target: {kind: Deployment}}\n- patch: |\n    - op: add\n" +
			"patchesStrategicMerge:\n- c.yaml\n- |\n  apiVersion: apps/v1\n  kind: Deployment\npatchesJson6902:\n- {path: d.yaml}\n",
		"prod/a.yaml":                  patch,
		"prod/sub/b.yaml":              deployment("web", "app: web"), // looks whole, and is a patch
		"prod/c.yaml":                  strings.Replace(patch, "3", "null", 1) + "  template: {spec: {containers: [{name: c, env: [{name: A, value: x}]}]}}\n",
		"prod/d.yaml":                  "- op: replace\n  path: /spec/replicas\n  value: 1\n# apiVersion kind\n",
		"lost/patch.yaml":              patch + "  template: {spec: {containers: [{name: c, env: []}]}}\n",
		"lost/image.yaml":              patch + "  template: {spec: {containers: [{name: c, image: i:1}]}}\n",
		"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
	}.read(t)
	equal(t, "workloads", joined(m), "base/web.yaml:")
	equal(t, "not analyzed", reasons(m), []string{
		"lost/image.yaml: line 3: Deployment/web has neither a selector nor pod labels: a patch or a fragment, not a workload",
		"lost/patch.yaml: line 3: Deployment/web has no container with an image: a patch or a fragment, not a workload",
		"prod/a.yaml: a kustomize patch that no overlay which was built takes in",
		"prod/c.yaml: a kustomize patch that no overlay which was built takes in",
		"prod/sub/b.yaml: a kustomize patch that no overlay which was built takes in",
	})
}

func TestReplacedImages(t *testing.T) {
	f := files{
		"base/kustomization.yaml": "resources: [web.yaml, other.yaml]\n",
		"base/web.yaml":           deployment("web", "app: web"),
		"base/other.yaml":         deployment("other", "app: other"),
		"prod/kustomization.yaml": "resources: [../base]\ncomponents: [../pin]\nimages:\n- name: shop/web\n  newName: registry/web\n  newTag: v2\n",
		"pin/kustomization.yaml":  "kind: Component\nimages: [{name: shop/other, digest: sha256:abc}]\n",
		"alone/web.yaml":          deployment("web", "app: web"),
		"skaffold.yaml":           "apiVersion: skaffold/v3\nkind: Config\nprofiles:\n- build:\n    artifacts:\n    - image: shop/other\n",
		"loop/kustomization.yaml": "resources: [../loop, ../prod]\ncomponents: [../loop]\n",
	}
	m := f.read(t)
	var got []string
	for _, w := range m.Workloads {
		for _, r := range w.Containers[0].Replaced {
			got = append(got, fmt.Sprintf("%s: %s %s %s %s at %s %q", w.Position.File, r.Tool, r.Name, r.Tag, r.Digest, r.Position, f.at(r.Position)))
		}
	}
	equal(t, "replaced", got, []string{
		`base/other.yaml: skaffold    at skaffold.yaml:6:14 "shop/other"`,
		`base/other.yaml: kustomize   sha256:abc at pin/kustomization.yaml:2:37 "sha256:abc"`,
		`base/web.yaml: kustomize registry/web v2  at prod/kustomization.yaml:6:11 "v2"`,
	})
}

func TestImageName(t *testing.T) {
	for image, want := range map[string]string{
		"web": "web", "web:1": "web", "host:5000/web": "host:5000/web", "host:5000/web:1": "host:5000/web",
		"shop/web@sha256:abc": "shop/web", "shop/web:1@sha256:abc": "shop/web", "": "",
	} {
		equal(t, image, imageName(image), want)
	}
}
