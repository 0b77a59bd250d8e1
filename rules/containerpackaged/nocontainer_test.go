package containerpackaged

import (
	"slices"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

func TestNoContainer(t *testing.T) {
	at := finding.Position{File: "k8s/web.yaml", Line: 4}
	run := []*service.WorkloadJoin{{Workload: &deploy.Workload{Kind: "Deployment", Name: "web", Position: at}}}
	for _, tt := range []struct {
		name    string
		service service.Service
		want    finding.Verdict
		at      finding.Position
	}{
		{"nothing", service.Service{Dir: "cmd/web"}, finding.Fails, finding.Position{File: "cmd/web"}},
		{"nothing, at the top", service.Service{}, finding.Fails, finding.Position{File: "."}},
		{"image", service.Service{Image: &service.ImageJoin{}}, finding.Holds, finding.Position{}},
		{"ko", service.Service{Packaging: &service.Packaging{Kind: "ko"}}, finding.Holds, finding.Position{}},
		{"workload", service.Service{Workloads: run}, finding.CannotTell, at},
		{"unjoined", service.Service{UnjoinedDockerfiles: []string{"build/Dockerfile", "x"}}, finding.CannotTell, finding.Position{File: "build/Dockerfile"}},
	} {
		tt.service.Name = "web"
		rec := finding.NewRecorder(&NoContainer.Rule)
		NoContainer.Run(&rule.Pass{Recorder: rec, Service: &tt.service})
		got := rec.Results()
		if len(got) != 1 || got[0].Verdict != tt.want || got[0].Severity != finding.Error || got[0].Subject != "web" {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		pos := got[0].Position
		if got[0].Finding != nil {
			pos = got[0].Finding.Position
		}
		if pos != tt.at {
			t.Errorf("%s: at %v, want %v", tt.name, pos, tt.at)
		}
	}
}

func TestRules(t *testing.T) {
	if !slices.IsSortedFunc(Rules, func(a, b *rule.Rule) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}) {
		t.Error("the rules are not sorted by name")
	}
	for _, r := range Rules {
		if r.Property != finding.ContainerPackaged || r.Severity == 0 || r.Run == nil {
			t.Errorf("%s: %q %v", r.Name, r.Property, r.Severity)
		}
	}
}
