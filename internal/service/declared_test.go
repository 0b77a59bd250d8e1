package service_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// line is a place in a configuration file.
func line(n int) finding.Position { return finding.Position{File: "c.yml", Line: n, Column: 3} }

func runBy(n int, ids ...string) (out []service.DeclaredWorkload) {
	for _, id := range ids {
		out = append(out, service.DeclaredWorkload{ID: id, At: line(n)})
	}
	return out
}

// TestDeclared: what the configuration says decides, and shows as the reason.
func TestDeclared(t *testing.T) {
	shop := mod("github.com/acme/shop")
	opaque := "FROM golang:1.26 AS build\nCOPY . .\nRUN ./build.sh\nFROM scratch AS rel\nCOPY --from=build /x /x\nENTRYPOINT [\"/x\"]\nFROM rel AS dev\nUSER 1"
	two := shop + server("cmd/web") + server("cmd/admin")
	for _, tt := range []struct {
		name, archive string
		declared      []service.Declared
		want          string
	}{
		{"nothing", two + file("build/x.Dockerfile", opaque) + object("a.yaml", "Deployment", "front", "registry.test/front"), nil,
			`service admin in cmd/admin
  unjoined build/x.Dockerfile
service web in cmd/web
  unjoined build/x.Dockerfile
unowned Deployment/front in a.yaml
`},
		{"image, name and workload", two + file("build/x.Dockerfile", opaque) + object("a.yaml", "Deployment", "front", "registry.test/front"),
			[]service.Declared{{Main: "cmd/web", Name: "front", Image: "build/x.Dockerfile", ImageAt: line(4), AllWorkloads: true, Workloads: runBy(5, "deployment/front"), At: line(3)}},
			`service admin in cmd/admin
service front in cmd/web
  image build/x.Dockerfile stage dev: said by c.yml:4
  run by Deployment/front in a.yaml: said by c.yml:5
`},
		{"a stage, by import path", two + file("build/x.Dockerfile", opaque),
			[]service.Declared{{Main: "github.com/acme/shop/cmd/admin", Image: "./build/x.Dockerfile", Stage: "rel", ImageAt: line(4), At: line(3)}},
			`service admin in cmd/admin
  image build/x.Dockerfile stage rel: said by c.yml:4
service web in cmd/web
`},
		{"an image brings its workloads", two + file("front/Dockerfile", opaque) + object("a.yaml", "Deployment", "front", "registry.test/front"),
			[]service.Declared{{Main: "cmd/web", Image: "front/Dockerfile", ImageAt: line(4), At: line(3)}},
			`service admin in cmd/admin
service web in cmd/web
  image front/Dockerfile stage dev: said by c.yml:4
  run by Deployment/front in a.yaml: its image registry.test/front has the name of the service that front/Dockerfile builds
`},
		{"an image that starts another main", shop + server("cmd/web") + cli("cmd/worker") + file("Dockerfile", held+"ENTRYPOINT [\"/bin/web\"]"),
			[]service.Declared{{Main: "cmd/worker", Image: "Dockerfile", ImageAt: line(4), At: line(3)}},
			`service web in cmd/web
  image Dockerfile: the image starts /bin/web, which its go build makes from cmd/web
service worker in cmd/worker
  image Dockerfile (holds): said by c.yml:4
`},
		{"a Dockerfile that does not parse", two + file("Dockerfile", "FROM"),
			[]service.Declared{{Main: "cmd/web", Image: "Dockerfile", ImageAt: line(4), At: line(3)}},
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: said by c.yml:4
`},
		{"a workload that was given to another", two + object("a.yaml", "Deployment", "x", "acme/web"),
			[]service.Declared{{Main: "cmd/admin", AllWorkloads: true, Workloads: runBy(5, "Deployment/x"), At: line(3)}},
			`service admin in cmd/admin
  run by Deployment/x in a.yaml: said by c.yml:5
service web in cmd/web
`},
		{"one of several containers", two + object("a.yaml", "Deployment", "x", "acme/web", "}, {name: side, image: other"),
			[]service.Declared{{Main: "cmd/admin", AllWorkloads: true, Workloads: runBy(5, "Deployment/x"), At: line(3)}},
			`service admin in cmd/admin
  run by Deployment/x in a.yaml: said by c.yml:5
service web in cmd/web
  run by Deployment/x in a.yaml: its image acme/web has the name of the service
`},
		{"no workload", two + object("a.yaml", "Deployment", "web", "acme/web"),
			[]service.Declared{{Main: "cmd/web", AllWorkloads: true, At: line(3)}},
			`service admin in cmd/admin
service web in cmd/web
unowned Deployment/web in a.yaml
`},
		{"mains that are no services by themselves", shop + cli("cmd/consumer") + server("examples/x") + cli("cmd/prune") + object("a.yaml", "CronJob", "p", "x"),
			[]service.Declared{
				{Main: "cmd/consumer", Name: "consumer", At: line(3)}, {Main: "examples/x", Name: "x", At: line(4)},
				{Main: "cmd/prune", AllWorkloads: true, Workloads: runBy(5, "CronJob/p"), At: line(5)},
			},
			`service consumer in cmd/consumer
service x in examples/x
main prune in cmd/prune: it does not listen, and only jobs run it
unowned CronJob/p in a.yaml
`},
	} {
		j := joinWith(t, tt.archive, tt.declared...)
		if diff := cmp.Diff(tt.want, text(j)); diff != "" || len(j.Wrong) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, j.Wrong, diff)
		}
	}
}

// TestDeclaredWrong has each error text.
func TestDeclaredWrong(t *testing.T) {
	archive := mod("github.com/acme/shop") + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM scratch") +
		object("a.yaml", "Deployment", "x", "a", "}, {name: side, image: b")
	for _, tt := range []struct {
		declared service.Declared
		want     string
	}{
		{service.Declared{Main: "cmd/wbe", Name: "a"}, "c.yml:3:3: cmd/wbe is no main package that could be read; there is cmd/admin, cmd/web"},
		{service.Declared{Main: "cmd/web", Image: "Dockerfil"}, "c.yml:4:3: Dockerfil is no Dockerfile that could be read; there is Dockerfile"},
		{service.Declared{Main: "cmd/web", Image: "Dockerfile", Stage: "rel"}, "c.yml:4:3: Dockerfile has no stage rel"},
		{service.Declared{Main: "cmd/web", AllWorkloads: true, Workloads: runBy(5, "Pod/x")}, "c.yml:5:3: Pod/x is no workload that could be read; there is Deployment/x"},
		{service.Declared{Main: "cmd/web", AllWorkloads: true, Workloads: runBy(5, "Deployment/x/y")}, "c.yml:5:3: Deployment/x has no container y; there is c, side"},
		{service.Declared{Main: "cmd/web", AllWorkloads: true, Workloads: runBy(5, "Deployment/x")}, "c.yml:5:3: Deployment/x has several containers: write Deployment/x/CONTAINER; there is c, side"},
	} {
		tt.declared.At, tt.declared.ImageAt = line(3), line(4)
		j := joinWith(t, archive, tt.declared)
		if len(j.Wrong) != 1 || j.Wrong[0].Error() != tt.want {
			t.Errorf("got %v, want %s", j.Wrong, tt.want)
		}
	}
	j := joinWith(t, archive, service.Declared{Main: "cmd/web", Name: "a", At: line(3)}, service.Declared{Main: "github.com/acme/shop/cmd/web", Name: "b", At: line(9)})
	if len(j.Wrong) != 1 || !strings.HasPrefix(j.Wrong[0].Error(), "c.yml:9:3: github.com/acme/shop/cmd/web is the main package of c.yml:3:3") {
		t.Errorf("twice: %v", j.Wrong)
	}
}

func joinWith(t *testing.T, archive string, declared ...service.Declared) *service.Joined {
	t.Helper()
	root := treetest.Open(t, archive)
	files, _ := image.Read(root)
	return service.Join(service.Input{
		Tree: root, Mains: ruletest.Mains(root), Dockerfiles: files, Manifests: kubernetes.Read(root), Declared: declared,
	})
}
