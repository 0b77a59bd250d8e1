package service_test

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func TestClearDotenv(t *testing.T) {
	const head = "-- go.mod --\nmodule example.test/shop\n-- main.go --\npackage main\n-- .env.defaults --\nA=b\n-- Dockerfile --\n"
	const build = "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /shop .\n"
	for _, tt := range []struct {
		name, tree string
		cleared    string // by what
		related    string // what else the finding says
	}{
		{"an image without it", build + "FROM alpine:3.22\nWORKDIR /srv\nCOPY --from=build /shop /shop\nENTRYPOINT [\"/shop\"]\n", "", "the image has no /srv/.env"},
		{"copied", build + "FROM alpine:3.22\nWORKDIR /srv\nCOPY .env.defaults .env\nCOPY --from=build /shop /shop\nENTRYPOINT [\"/shop\"]\n", "the image has /srv/.env", ""},
		{"an image that is not known", build + "FROM registry.example.com/base:1\nWORKDIR /srv\nCOPY --from=build /shop /shop\nENTRYPOINT [\"/shop\"]\n", "", ""},
		{
			"mounted", build + "FROM alpine:3.22\nWORKDIR /srv\nCOPY --from=build /shop /shop\nENTRYPOINT [\"/shop\"]\n-- deployment.yaml --\n" +
				"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  selector: {matchLabels: {app: shop}}\n  template:\n    metadata: {labels: {app: shop}}\n" +
				"    spec:\n      containers: [{name: shop, image: 'shop:1', volumeMounts: [{name: env, mountPath: /srv/.env, subPath: .env}]}]\n      volumes: [{name: env, secret: {secretName: env}}]\n",
			"Deployment/shop mounts /srv/.env", "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := treetest.Open(t, head+tt.tree)
			files, _ := image.Read(root)
			main := &code.Main{Path: "example.test/shop", Module: "example.test/shop", Dir: ".", ModuleDir: ".", Contract: &effects.Contract{
				Main: "example.test/shop", IsMain: true, Whole: true, Effects: []effects.Instance{
					{Kind: effects.Listen, API: "net.Listen", At: there},
					{Kind: effects.NeedsFile, API: "godotenv.Load", At: here, Names: []string{"path"}, Values: []*effects.Value{lit(".env")}},
				},
			}}
			joined := service.Join(service.Input{Tree: root, Mains: []*code.Main{main}, Dockerfiles: files, Manifests: kubernetes.Read(root)})
			if len(joined.Services) != 1 || joined.Services[0].Image == nil {
				t.Fatalf("%+v", joined)
			}
			results := []finding.Result{{Verdict: finding.Fails, Finding: &finding.Finding{Position: here, Status: finding.Open}}}
			service.ClearDotenv(joined.Services[0], results)
			f := results[0].Finding
			switch {
			case tt.cleared == "" && (results[0].Verdict != finding.Fails || f.Status != finding.Open):
				t.Errorf("cleared: %+v", f)
			case tt.cleared != "" && (results[0].Verdict != finding.Holds || f.Status != finding.Cleared || !strings.Contains(f.ClearedBy.Message, tt.cleared)):
				t.Errorf("not cleared by %q: %+v", tt.cleared, f)
			}
			said := ""
			for _, r := range f.Related {
				said += r.Message
			}
			if tt.related == "" && said != "" || !strings.Contains(said, tt.related) {
				t.Errorf("says %q, want %q", said, tt.related)
			}
		})
	}
}
