package report_test

import (
	"errors"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/service"
)

func outcome(source string, services map[string][]finding.Result) report.Outcome {
	o := report.Outcome{Source: func(string) ([]byte, error) { return []byte(source), nil }}
	for name, results := range services {
		o.Services = append(o.Services, report.ServiceOutcome{
			Service: &service.Service{Name: name, Dir: "cmd/" + name, Contract: &effects.Contract{Main: "m/" + name}},
			Results: results,
		})
	}
	return o
}

func on(line int, message string) []finding.Result {
	return fails(rootuser, finding.Finding{Position: finding.Position{File: "f", Line: line, Column: 1}, Message: message})
}

// ids has the ids of all findings by service, workload and message.
func ids(t *testing.T, r *report.Report) map[string]string {
	t.Helper()
	out := map[string]string{}
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if seen[f.ID] {
			t.Errorf("id %s is given twice", f.ID)
		}
		seen[f.ID] = true
		out[f.Service+"/"+f.Workload+"/"+f.Message] = f.ID
	}
	return out
}

func TestIDsSurvive(t *testing.T) {
	before := outcome("USER root\nother\n  USER   root\n", map[string][]finding.Result{"a": join(on(1, "first"), on(2, "second"), on(3, "third"))})
	want := ids(t, report.Build(before))
	if len(want) != 3 {
		t.Fatalf("%d ids, want 3: the same text on two lines makes two findings", len(want))
	}

	moved := outcome("# a comment\n\nUSER root\n\tother\nUSER root", map[string][]finding.Result{"a": join(on(4, "second"), on(5, "third"), on(3, "first"))})
	if diff := cmp.Diff(want, ids(t, report.Build(moved))); diff != "" {
		t.Errorf("moved and indented lines change ids (-want +got):\n%s", diff)
	}

	reworded := outcome("USER root\nother\nUSER root\n", map[string][]finding.Result{"a": join(on(1, "1"), on(2, "2"), on(3, "3"))})
	got := ids(t, report.Build(reworded))
	for old, now := range map[string]string{"first": "1", "second": "2", "third": "3"} {
		if want["a//"+old] != got["a//"+now] {
			t.Errorf("another wording changes the id of %s", old)
		}
	}

	renamed := outcome("USER root\nother\nUSER root\n", map[string][]finding.Result{"b": before.Services[0].Results})
	for key, id := range ids(t, report.Build(renamed)) {
		if id != want["a"+strings.TrimPrefix(key, "b")] {
			t.Errorf("another name of the service changes the id of %s", key)
		}
	}

	edited := outcome("USER 0\nother\nUSER root\n", map[string][]finding.Result{"a": before.Services[0].Results})
	got = ids(t, report.Build(edited))
	if got["a//first"] == want["a//first"] || got["a//second"] != want["a//second"] {
		t.Errorf("an edited line must change the id of its finding, and of no finding with other text")
	}
}

func TestOneFindingForTwoServices(t *testing.T) {
	alone := ids(t, report.Build(outcome("USER root", map[string][]finding.Result{"a": on(1, "x")})))
	both := ids(t, report.Build(outcome("USER root", map[string][]finding.Result{"a": on(1, "x"), "b": on(1, "x")})))
	if len(both) != 2 {
		t.Fatalf("%d findings, want one for each service", len(both))
	}
	if both["a//x"] != alone["a//x"] {
		t.Error("a second service changes the id of the first one's finding")
	}
	// One that stands for two must not take the number of the next place either.
	two := ids(t, report.Build(outcome("USER root\nUSER root", map[string][]finding.Result{"a": join(on(1, "x"), on(2, "y"))})))
	shared := ids(t, report.Build(outcome("USER root\nUSER root", map[string][]finding.Result{
		"a": join(on(1, "x"), on(2, "y")), "b": join(on(1, "x"), on(2, "y")),
	})))
	if two["a//y"] != shared["a//y"] || two["a//x"] != shared["a//x"] {
		t.Error("a second service changes the ids of findings on equal lines")
	}
}

func TestReportedTwice(t *testing.T) {
	r := report.Build(outcome("USER root", map[string][]finding.Result{"a": join(on(1, "x"), on(1, "x"))}))
	if len(r.Findings) != 1 {
		t.Fatalf("%d findings, want 1", len(r.Findings))
	}
	lost := r.Services[0].Properties.ContainerPackaged.Lost
	if len(lost) != 1 || !slices.Equal(lost[0].Findings, []string{r.Findings[0].ID}) {
		t.Errorf("lost by %+v, want by the one finding", lost)
	}
}

func TestEveryLostFindingIsInTheReport(t *testing.T) {
	r := report.Build(shop())
	known := map[string]report.Finding{}
	for _, f := range r.Findings {
		known[f.ID] = f
	}
	n := 0
	for _, s := range r.Services {
		for _, p := range []report.Property{s.Properties.ContainerPackaged, s.Properties.DynamicallyManaged, s.Properties.MicroservicesOriented} {
			for _, l := range p.Lost {
				for _, id := range l.Findings {
					n++
					if f := known[id]; f.Service != s.Name || f.Rule != l.Rule || f.Severity != l.Severity || f.Status != "open" {
						t.Errorf("%s lost points to %s, by %s %s, which is %+v", s.Name, id, l.Severity, l.Rule, f)
					}
				}
			}
		}
	}
	if n != 9 {
		t.Errorf("%d findings lost points, want 9", n)
	}
}

func TestBuildChangesNothing(t *testing.T) {
	o, again := shop(), shop()
	r := rand.New(rand.NewSource(1))
	shuffle(r, o.Services[0].Results)
	shuffle(r, o.Mains)
	again.Services[0].Results = slices.Clone(o.Services[0].Results)
	again.Mains = slices.Clone(o.Mains)
	report.Build(o)
	for i := range o.Services {
		if diff := cmp.Diff(again.Services[i].Contract, o.Services[i].Contract); diff != "" {
			t.Errorf("contract changed:\n%s", diff)
		}
		if o.Services[i].Service.Name != again.Services[i].Service.Name {
			t.Error("services were sorted in place")
		}
		for j, res := range o.Services[i].Results {
			want := again.Services[i].Results[j]
			if res.Rule != want.Rule || res.Subject != want.Subject {
				t.Fatalf("results were changed in place: %s became %s", want.Subject, res.Subject)
			}
			if res.Finding != nil && res.Finding.Service != "" {
				t.Errorf("a finding got the service %q", res.Finding.Service)
			}
		}
	}
	if diff := cmp.Diff(again.Mains, o.Mains); diff != "" {
		t.Errorf("mains were sorted in place:\n%s", diff)
	}
}

func TestIDsBeforeTheReport(t *testing.T) {
	o := shop()
	before := report.IDs(o)
	// A baseline sets the status of what it knows; the ids must stay.
	for f := range before {
		f.Status = finding.Baseline
	}
	r := report.Build(o)
	var want, got []string
	for _, id := range before {
		want = append(want, id)
	}
	for _, f := range r.Findings {
		got = append(got, f.ID)
		if f.Status != "baseline" {
			t.Errorf("status of %s is %s", f.ID, f.Status)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ids differ (-before +in the report):\n%s", diff)
	}
}

func TestServicesOfOneName(t *testing.T) {
	o := report.Outcome{}
	for _, dir := range []string{"b/cmd/server", "a/cmd/server", "a/cmd/server"} {
		o.Services = append(o.Services, report.ServiceOutcome{
			Service: &service.Service{Name: "server", Dir: dir}, Results: on(1, dir),
		})
	}
	r := report.Build(o)
	var names []string
	for _, s := range r.Services {
		names = append(names, s.Name)
	}
	if want := []string{"server (a/cmd/server)", "server (a/cmd/server, 2)", "server (b/cmd/server)"}; !slices.Equal(names, want) {
		t.Errorf("names are %q, want %q", names, want)
	}
	for _, f := range r.Findings {
		if !slices.Contains(names, f.Service) {
			t.Errorf("finding of service %q, which is not in the report", f.Service)
		}
	}
}

func TestUnreadableSource(t *testing.T) {
	o := outcome("", map[string][]finding.Result{"a": join(on(1, "x"), on(2, "y"))})
	o.Source = func(string) ([]byte, error) { return nil, errors.New("gone") }
	if got := ids(t, report.Build(o)); len(got) != 2 {
		t.Errorf("%d ids, want 2", len(got))
	}
}

func TestWriteErrors(t *testing.T) {
	r := report.Build(shop())
	if err := report.WriteJSON(broken{}, r); !errors.Is(err, errBroken) {
		t.Errorf("WriteJSON returns %v", err)
	}
	if err := report.WriteText(broken{}, r, report.TextOptions{}); !errors.Is(err, errBroken) {
		t.Errorf("WriteText returns %v", err)
	}
}

var errBroken = errors.New("broken pipe")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }
