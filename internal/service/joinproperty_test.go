package service_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// shopArchive is a tree of two services with images, manifests and a build tool.
func shopArchive(dir, image string) []string {
	return []string{
		mod("example.test/acme/shop"),
		server(dir), cli("cmd/tool"), server("cmd/admin"),
		file(dir+"/Dockerfile", twoStages("go build -o /out/web ./"+dir, "/out/web")),
		file("cmd/admin/Dockerfile", twoStages("go build -o /out/admin ./cmd/admin", "/out/admin")),
		file("skaffold.yaml", "apiVersion: skaffold/v4beta1\nkind: Config\nbuild:\n  artifacts:\n  - image: "+image+"\n    docker: {dockerfile: "+dir+"/Dockerfile}"),
		object("deploy/web.yaml", "Deployment", "web", image+":1"),
		object("deploy/admin.yaml", "Deployment", "admin", "example.test/acme/admin:1"),
	}
}

// The order in which files come does not matter.
func TestJoinOrder(t *testing.T) {
	files := shopArchive("cmd/web", "example.test/acme/web")
	want := text(ruletest.Join(treetest.Open(t, strings.Join(files, ""))))
	r := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		if got := text(ruletest.Join(treetest.Open(t, strings.Join(files, "")))); got != want {
			t.Fatalf("with the files in another order:\n%s\nwant\n%s", got, want)
		}
	}
}

// Another name of the image, and another folder of the main, change names and
// places, and nothing else.
func TestJoinRenaming(t *testing.T) {
	want := text(ruletest.Join(treetest.Open(t, strings.Join(shopArchive("cmd/web", "example.test/acme/web"), ""))))
	renamed := text(ruletest.Join(treetest.Open(t, strings.Join(shopArchive("cmd/web", "example.test/other/thing"), ""))))
	if got := strings.ReplaceAll(renamed, "example.test/other/thing", "example.test/acme/web"); got != want {
		t.Errorf("with another name of the image:\n%s\nwant\n%s", got, want)
	}
	moved := text(ruletest.Join(treetest.Open(t, strings.Join(shopArchive("services/front/web", "example.test/acme/web"), ""))))
	got := strings.ReplaceAll(moved, "services/front/web", "cmd/web")
	if sortedLines(got) != sortedLines(want) {
		t.Errorf("with the main in another folder:\n%s\nwant\n%s", got, want)
	}
}

func sortedLines(s string) string {
	lines := strings.Split(s, "\nservice ")
	for i := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimSpace(lines[i]), "service ")
	}
	for i := range lines {
		for j := i + 1; j < len(lines); j++ {
			if lines[j] < lines[i] {
				lines[i], lines[j] = lines[j], lines[i]
			}
		}
	}
	return strings.Join(lines, "\n")
}
