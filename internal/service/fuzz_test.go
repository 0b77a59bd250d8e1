package service_test

import (
	"testing"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree"
)

// FuzzJoin joins Dockerfiles that nobody would write.
func FuzzJoin(f *testing.F) {
	f.Add(twoStages("cd cmd/web && go build -o /x", "/x"), "acme/web:1", "/bin/web")
	f.Add(held+"ENTRYPOINT [\"/bin/web\"]", "web", "")
	f.Add("FROM golang AS a\nARG X\nWORKDIR $X/..\nCOPY $X* /a/$X/\nRUN --mount=from=a,target=$X for i in $X; do go build -C $i -o $X ./...; done\nFROM a\nCOPY --from=0 / /\nCMD exec $X", "$", "sh -c $X")
	f.Add("FROM a AS a\nCOPY --from=a a a\nRUN mv\nRUN go build -o\nENTRYPOINT [\"\"]\nCMD [\"sh\",\"-c\"]", "a/b/c@x", "-")
	f.Fuzz(func(t *testing.T, dockerfile, ref, command string) {
		d := image.Parse("Dockerfile", []byte(dockerfile))
		main := func(dir string) *code.Main {
			p := "example.test/shop/" + dir
			return &code.Main{Path: p, Dir: dir, Module: "example.test/shop", ModuleDir: ".", Contract: &effects.Contract{Main: p, IsMain: true, Effects: []effects.Instance{{Kind: effects.Listen}}}}
		}
		c := &deploy.Container{Name: "c", Image: deploy.Field[string]{Value: ref, Set: true}, Command: deploy.Field[[]string]{Value: []string{command}, Set: command != ""}}
		joined := service.Join(service.Input{
			Tree: &tree.Tree{Root: "/nowhere"}, Mains: []*code.Main{main("cmd/web"), main("cmd/admin")}, Dockerfiles: []*image.Dockerfile{d},
			Manifests: &deploy.Manifests{Workloads: []*deploy.Workload{{Kind: "Deployment", Name: "w", Dir: ".", Containers: []*deploy.Container{c}}}},
		})
		runs := 0
		for _, s := range joined.Services {
			runs += len(s.Workloads)
			for _, w := range s.Workloads {
				if w.Reason == "" {
					t.Errorf("a join without a reason")
				}
				s.Settings(w)
			}
			if s.Image != nil && s.Image.Reason == "" {
				t.Errorf("a join without a reason")
			}
		}
		if runs+len(joined.Unowned) != 1 {
			t.Errorf("one container runs %d services, %d unowned", runs, len(joined.Unowned))
		}
	})
}
