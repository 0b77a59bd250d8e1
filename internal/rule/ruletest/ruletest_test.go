package ruletest

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
	"github.com/cnready/cnready/internal/tree/treetest"
)

const services = `
-- go.mod --
module example.test/shop
-- cmd/web/main.go --
package main // want "web has no image"

func main() { http.ListenAndServe(":8080", nil) }
-- cmd/admin/main.go --
// want "admin has no image"
package main

func main() { http.ListenAndServe(":8080", nil) }
-- cmd/cli/main.go --
package main

func main() {}
-- cmd/cart/main.go --
package main

func main() { net.Listen("tcp", ":1") }
-- cmd/cart/Dockerfile --
FROM golang:1.26 AS build
COPY . /src
WORKDIR /src
RUN go build -o /cart ./cmd/cart
FROM scratch
COPY --from=build /cart /cart
ENTRYPOINT ["/cart"]
-- internal/shop/shop.go --
package shop
`

// imageless is a rule on services.
var imageless = &rule.Rule{
	Rule:  finding.Rule{Name: "imageless", Severity: finding.Error},
	Needs: rule.Service,
	Run: func(p *rule.Pass) {
		if p.Service.Image != nil {
			p.Holds(0, p.Service.Name)
			return
		}
		p.Fails(0, p.Service.Name, finding.Finding{Position: finding.Position{File: p.Service.Dir}, Message: p.Service.Name + " has no image"})
	},
}

func TestServiceRule(t *testing.T) {
	results := Run(t, imageless, treetest.Write(t, services))
	verdicts := map[string]finding.Verdict{}
	for _, r := range results[0] {
		verdicts[r.Subject] = r.Verdict
	}
	if len(verdicts) != 3 || verdicts["cart"] != finding.Holds || verdicts["web"] != finding.Fails || verdicts["admin"] != finding.Fails {
		t.Errorf("%v", verdicts)
	}
}

func TestServiceRuleAtTheTop(t *testing.T) {
	Run(t, imageless, treetest.Write(t, "-- go.mod --\nmodule example.test/one\n-- main.go --\npackage main // want \"one has no image\"\n\nvar _ = http.ListenAndServe\n"))
}

// TestUnmetAndUnexpected runs the comparison on what does not fit, with a test
// of its own.
func TestUnmetAndUnexpected(t *testing.T) {
	for name, archive := range map[string]string{
		"unexpected": strings.ReplaceAll(services, ` // want "web has no image"`, ""),
		"unmet":      strings.ReplaceAll(services, "package shop", `package shop // want "shop has no image"`),
		"other text": strings.ReplaceAll(services, `"admin has no image"`, `"admin has none"`),
	} {
		root, err := tree.Open(treetest.Write(t, archive), "")
		if err != nil {
			t.Fatal(err)
		}
		inner := &testing.T{}
		compare(inner, "dir", root, runOn(imageless, root))
		if !inner.Failed() {
			t.Errorf("%s: the comparison passes", name)
		}
	}
}

func TestMains(t *testing.T) {
	root, err := tree.Open(treetest.Write(t, services+`
-- other/go.mod --
module example.test/other/v2
-- other/main.go --
package main
-- examples/x/main.go --
package main
-- cmd/web/main_test.go --
package main
`), "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range Mains(root) {
		text := m.Dir + " " + m.Path + " in " + m.ModuleDir
		if m.Contract.Serves() {
			text += " serves"
		}
		if m.Example {
			text += " example"
		}
		got = append(got, text)
	}
	want := `cmd/admin example.test/shop/cmd/admin in . serves
cmd/cart example.test/shop/cmd/cart in . serves
cmd/cli example.test/shop/cmd/cli in .
cmd/web example.test/shop/cmd/web in . serves
examples/x example.test/shop/examples/x in . example
other example.test/other/v2 in other`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
