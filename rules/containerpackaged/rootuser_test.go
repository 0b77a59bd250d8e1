package containerpackaged

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/service"
)

func TestRootUser(t *testing.T) {
	results := ruletest.Run(t, RootUser, "testdata/rootuser/wrong", "testdata/rootuser/mended", "testdata/rootuser/silent")
	all(t, results[0], finding.Fails)
	all(t, results[1], finding.Holds)
	all(t, results[2], finding.CannotTell)
	for _, r := range results[0] {
		if r.Severity != finding.Warning || r.Finding.Position.Column == 0 {
			t.Errorf("%+v", r.Finding)
		}
	}
}

// all asks that there are results, that all have the verdict, and that those
// that cannot be told say why and where.
func all(t *testing.T, results []finding.Result, verdict finding.Verdict) {
	t.Helper()
	if len(results) == 0 {
		t.Error("no results")
	}
	for _, r := range results {
		if r.Verdict != verdict {
			t.Errorf("%s: verdict %d, want %d: %s", r.Subject, r.Verdict, verdict, r.Reason)
		}
		if verdict == finding.CannotTell && (r.Reason == "" || !r.Position.IsValid()) {
			t.Errorf("%s: reason %q at %v", r.Subject, r.Reason, r.Position)
		}
	}
}

func user(n int64) deploy.Field[int64] {
	return deploy.Field[int64]{Value: n, Set: true, Position: finding.Position{File: "deploy.yaml", Line: 9}}
}

func TestRootUserCleared(t *testing.T) {
	f := image.Parse("Dockerfile", []byte("FROM alpine:3.22\n"))
	join := func(pod, container deploy.Field[int64]) *service.WorkloadJoin {
		return &service.WorkloadJoin{
			Workload:  &deploy.Workload{Kind: "Deployment", Name: "web", RunAsUser: pod},
			Container: &deploy.Container{RunAsUser: container},
		}
	}
	var none deploy.Field[int64]
	for _, tt := range []struct {
		name      string
		workloads []*service.WorkloadJoin
		want      finding.Status
	}{
		{"none", nil, finding.Open},
		{"pod", []*service.WorkloadJoin{join(user(7), none)}, finding.Cleared},
		{"container", []*service.WorkloadJoin{join(none, user(7))}, finding.Cleared},
		{"container over pod", []*service.WorkloadJoin{join(user(7), user(0))}, finding.Open},
		{"one of two", []*service.WorkloadJoin{join(user(7), none), join(none, none)}, finding.Open},
	} {
		rec := finding.NewRecorder(&RootUser.Rule)
		RootUser.Run(&rule.Pass{Recorder: rec, File: f, Stage: f.Shipped(""), Service: &service.Service{Workloads: tt.workloads}})
		got := rec.Results()
		if len(got) != 1 || got[0].Finding == nil || got[0].Finding.Status != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		} else if by := got[0].Finding.ClearedBy; tt.want == finding.Cleared && (by == nil || by.Line != 9 || by.Message != "Deployment web runs it as user 7") {
			t.Errorf("%s: cleared by %+v", tt.name, by)
		}
	}
}
