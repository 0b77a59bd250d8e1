package finding

import (
	"fmt"
	"slices"
	"strings"
)

// MergeVariants makes one result of those that say the same of one subject in
// several variants of a deployment, such as two overlays of one base or two
// values files of one chart. Its finding names the variants in which it stands.
// A subject that is wrong in one variant is not also right: it fails, or cannot
// be told, as soon as that is so in one of them. Results of no variant stay as
// they are, and so does the order of what is left.
func MergeVariants(results []Result) []Result {
	type check struct {
		rule     *Rule
		severity Severity
		subject  string
	}
	worst := map[check]Verdict{} // of those that have variants
	for _, r := range results {
		if r.Variant == "" {
			continue
		}
		c := check{r.Rule, r.Severity, r.Subject}
		if have, ok := worst[c]; !ok || graver(r.Verdict, have) {
			worst[c] = r.Verdict
		}
	}
	first := map[string]*Result{} // by what they say
	out := make([]Result, 0, len(results))
	for _, r := range results {
		if r.Variant == "" {
			out = append(out, r)
			continue
		}
		if worst[check{r.Rule, r.Severity, r.Subject}] != r.Verdict {
			continue
		}
		said := fmt.Sprintf("%p %d %d ", r.Rule, r.Severity, r.Verdict)
		if f := r.Finding; f != nil {
			// An overlay may change the kind, name or namespace of what a base has.
			said += fmt.Sprintf("%v %q %q", f.Position, strings.Replace(f.Message, f.Workload, "", 1), f.Status)
		} else {
			said += fmt.Sprintf("%q %q %v", r.Subject, r.Reason, r.Position)
		}
		if have := first[said]; have != nil {
			if have.Finding != nil && !slices.Contains(have.Finding.Variants, r.Variant) {
				have.Finding.Variants = append(have.Finding.Variants, r.Variant)
				slices.Sort(have.Finding.Variants)
			}
			continue
		}
		if r.Finding != nil && !slices.Contains(r.Finding.Variants, r.Variant) {
			r.Finding.Variants = append(r.Finding.Variants, r.Variant)
		}
		out = append(out, r)
		first[said] = &Result{Finding: r.Finding}
	}
	return out
}

func graver(a, b Verdict) bool {
	rank := map[Verdict]int{Holds: 0, CannotTell: 1, Fails: 2}
	return rank[a] > rank[b]
}
