package dynamicallymanaged

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
)

func TestScratch(t *testing.T) {
	for _, dir := range strings.Fields(os.Getenv("K8S_DIRS")) {
		tr, err := tree.Open(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		m := kubernetes.Read(tr)
		fmt.Println("=====", dir, m.Read, len(m.Workloads))
		for _, n := range m.NotAnalyzed {
			fmt.Println("NA", n.File, "|", n.Reason)
		}
		seen := map[string]bool{}
		for _, r := range []*rule.Rule{FloatingTag, HostPath, NoProbes, NoResources} {
			n := map[finding.Verdict]int{}
			rec := finding.NewRecorder(&r.Rule)
			for _, w := range m.Workloads {
				r.Run(&rule.Pass{Recorder: rec, Workload: w})
			}
			for _, res := range rec.Results() {
				n[res.Verdict]++
				if seen[r.Name+res.Subject] {
					fmt.Println("DUP", r.Name, res.Subject)
				}
				seen[r.Name+res.Subject] = true
				switch {
				case res.Verdict == finding.CannotTell:
					fmt.Println("  ?", r.Name, res.Position, res.Reason)
				case res.Finding != nil:
					fmt.Println("  !", r.Name, res.Severity, res.Finding.Position, res.Finding.Status, res.Finding.Message, len(res.Finding.Related))
				}
			}
			fmt.Println("--", r.Name, "fails", n[finding.Fails], "holds", n[finding.Holds], "cannot tell", n[finding.CannotTell])
		}
	}
}
