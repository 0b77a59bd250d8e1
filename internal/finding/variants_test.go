package finding

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMergeVariants(t *testing.T) {
	rule := &Rule{Name: "noprobes"}
	at := Position{File: "base/web.yaml", Line: 7}
	fails := func(variant, message string) Result {
		return Result{Rule: rule, Severity: Warning, Subject: "web", Verdict: Fails, Variant: variant, Finding: &Finding{Position: at, Message: message}}
	}
	holds := func(subject, variant string) Result {
		return Result{Rule: rule, Severity: Warning, Subject: subject, Verdict: Holds, Variant: variant}
	}
	type said struct {
		Subject  string
		Verdict  Verdict
		Message  string
		Variants []string
	}
	for _, tt := range []struct {
		name string
		in   []Result
		want []said
	}{
		{"the same in two", []Result{fails("prod", "a"), fails("dev", "a")}, []said{{"web", Fails, "a", []string{"dev", "prod"}}}},
		{"wrong in one", []Result{fails("prod", "a"), holds("web", "dev")}, []said{{"web", Fails, "a", []string{"prod"}}}},
		{"wrong in two ways", []Result{fails("prod", "a"), fails("dev", "b")}, []said{{"web", Fails, "a", []string{"prod"}}, {"web", Fails, "b", []string{"dev"}}}},
		{"right in all", []Result{holds("web", "prod"), holds("web", "dev")}, []said{{"web", Holds, "", nil}}},
		{"two things", []Result{holds("web", "prod"), holds("db", "prod")}, []said{{"web", Holds, "", nil}, {"db", Holds, "", nil}}},
		{"no variants", []Result{holds("web", ""), holds("web", "")}, []said{{"web", Holds, "", nil}, {"web", Holds, "", nil}}},
	} {
		var got []said
		for _, r := range MergeVariants(tt.in) {
			s := said{Subject: r.Subject, Verdict: r.Verdict}
			if r.Finding != nil {
				s.Message, s.Variants = r.Finding.Message, r.Finding.Variants
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
