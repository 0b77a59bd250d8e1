package kubernetes

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/cnready/cnready/internal/tree"
)

func TestScratch(t *testing.T) {
	dir := os.Getenv("K8S_DIR")
	if dir == "" {
		t.Skip()
	}
	tr, err := tree.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	m := Read(tr)
	fmt.Println("files", m.Read.Files, "objects", m.Read.Objects, "workloads", len(m.Workloads), "services", len(m.Services), time.Since(start))
	for _, n := range m.NotAnalyzed {
		fmt.Println("NA", n.File, "|", n.Reason)
	}
	if os.Getenv("V") == "" {
		return
	}
	for _, w := range m.Workloads {
		fmt.Printf("%s %s ns=%q svc=%d labels=%d\n", w.Position, w.ID(), w.Namespace, len(w.Services), len(w.Labels))
		for _, s := range w.Services {
			fmt.Printf("    svc %s %s\n", s.Name, s.Position)
		}
		for _, c := range w.Containers {
			fmt.Printf("    c %s %s image=%s %s ports=%d env=%d ready=%v repl=%v\n", c.Name, c.Position, c.Image.Value, c.Image.Position, len(c.Ports), len(c.Env), c.Readiness.Set, c.Replaced)
		}
	}
}
