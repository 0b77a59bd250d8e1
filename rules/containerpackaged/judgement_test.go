package containerpackaged

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func TestOnError(t *testing.T) {
	for _, tt := range []struct {
		statement string
		want      handling
	}{
		{"x, err := call(); if err != nil { log.Fatal(err) }", errorEnds},
		{"x, err := call()\n\tif err != nil {\n\t\tpanic(err)\n\t}", errorEnds},
		{"if err := call(); err != nil {\n\t\tos.Exit(1)\n\t}", errorEnds},
		{"x := template.Must(call())", errorEnds},
		{"x, err := call()\n\tif err != nil {\n\t\treturn err\n\t}", errorReturned},
		{"return call()", errorReturned},
		{"x, err := call()\n\tif err != nil {\n\t\tlog.Print(err)\n\t}", errorHandled},
		{"if x, err := call(); err == nil {\n\t\tuse(x)\n\t}", errorHandled},
		{"x, err := call()\n\tif err == nil && x {\n\t\tuse(x)\n\t}", errorHandled},
		{"x, _ := call()", errorIgnored},
		{"call()", errorIgnored},
		{"x, err := call()\n\tuse(x)\n\tif err != nil {\n\t\tpanic(err)\n\t}", handlingUnclear},
		{"x, ok := call()\n\tif !ok {\n\t\tpanic(x)\n\t}", handlingUnclear},
	} {
		text := "package main\n\nfunc f() error {\n\t" + strings.ReplaceAll(tt.statement, "; if err != nil { log.Fatal(err) }", "\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}") + "\n}\n"
		root := treetest.Open(t, "-- Dockerfile --\nFROM scratch\n-- main.go --\n"+text)
		p := &rule.Pass{Image: &image.Image{Context: image.NewContext(root, ".", "Dockerfile")}}
		line := strings.Split(text, "\n")[3]
		at := finding.Position{File: "main.go", Line: 4, Column: 1 + strings.Index(line, "call(")}
		if got := onError(p, at); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.statement, got, tt.want)
		}
	}
}

func TestSecure(t *testing.T) {
	lit := func(s string) *effects.Value { return effects.Lit(s, finding.Position{}) }
	env := &effects.Value{Kind: effects.Env, Text: "HOST"}
	for _, tt := range []struct {
		value *effects.Value
		want  security
	}{
		{lit("https://api.example.com/v1"), secured},
		{lit("wss://stream.example.com"), secured},
		{lit("http://api.example.com"), plain},
		{lit("https://localhost:8443/"), plain},
		{lit("https://10.0.0.7/"), plain},
		{lit("https://cart.shop.svc.cluster.local/"), plain},
		{lit("https://vault:8200"), plain},
		{lit("api.example.com:443"), plain},
		{env, secureUnclear},
		{effects.ConcatOf(lit("https://"), env), secureUnclear},
		{effects.ConcatOf(lit("https://sqs."), env, lit(".amazonaws.com")), secured},
		{effects.ChoiceOf(env, lit("https://api.example.com")), secured},
	} {
		if _, got := secure(tt.value); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.value.Key(), got, tt.want)
		}
	}
}

func TestTooOld(t *testing.T) {
	for _, tt := range []struct {
		toolchain, line string
		want            bool
	}{
		{"1.24", "1.26.0", true},
		{"1.26", "1.26.3", false}, // the tag's newest patch release is not known
		{"1.26.1", "1.26.3", true},
		{"1.26.3", "1.26", false},
		{"1.9", "1.24", true},
		{"1.26rc1", "1.26.0", true},
		{"1.26rc2", "1.26rc1", false},
		{"1.27", "1.26.3", false},
	} {
		if got := tooOld(tt.toolchain, tt.line); got != tt.want {
			t.Errorf("%s for go %s: %v", tt.toolchain, tt.line, got)
		}
	}
}

func TestGlibcOf(t *testing.T) {
	for ref, want := range map[string]int{
		"debian:bookworm-slim": 36, "debian:11": 31, "debian:13.1": 41, "debian:latest": 0, "ubuntu:22.04": 35, "ubuntu:jammy": 35,
		"golang:1.26": 36, "golang:1.20": 0, "golang:1.24-bullseye": 31, "golang:1.26-alpine": 0,
		"gcr.io/distroless/base-debian12:nonroot": 36, "registry.example.com/base:1": 0,
	} {
		f := image.Parse("Dockerfile", []byte("FROM "+ref+"\n"))
		if got := glibcOf(f.Stages[0].Base); got != want {
			t.Errorf("%s: %d, want %d", ref, got, want)
		}
	}
}

func TestPortOf(t *testing.T) {
	lit := func(s string) *effects.Value { return effects.Lit(s, finding.Position{}) }
	listen := func(name string, v *effects.Value) *effects.Instance {
		return &effects.Instance{Kind: effects.Listen, API: "http.Server.ListenAndServe", Names: []string{"network", name}, Values: []*effects.Value{lit("tcp"), v}}
	}
	port := &effects.Value{Kind: effects.Env, Text: "PORT"}
	for _, tt := range []struct {
		effect *effects.Instance
		set    effects.Settings
		want   int
		known  bool
	}{
		{listen("address", lit(":80")), effects.Settings{}, 80, true},
		{listen("address", lit("[::]:https")), effects.Settings{}, 443, true},
		{listen("port", lit("8080")), effects.Settings{}, 8080, true},
		{listen("address", effects.ConcatOf(lit(":"), port)), effects.Settings{Env: map[string]*effects.Value{"PORT": lit("443")}}, 443, true},
		{listen("address", effects.ConcatOf(lit(":"), port)), effects.Settings{}, 0, false},
		{listen("address", port), effects.Settings{}, 0, false},
	} {
		if got, known := portOf(tt.effect, tt.set); got != tt.want || known != tt.known {
			t.Errorf("%+v: %d, %v, want %d, %v", tt.effect.Values[1], got, known, tt.want, tt.known)
		}
	}
}

// TestVariants judges the other images of a service, too.
func TestVariants(t *testing.T) {
	results := variantResults(t)
	want := "time zones: holds\ntime zones in Dockerfile.arm: fails at Dockerfile.arm:1"
	if results != want {
		t.Errorf("got\n%s\nwant\n%s", results, want)
	}
}

func variantResults(t *testing.T) string {
	t.Helper()
	main := image.Parse("Dockerfile", []byte("FROM alpine:3.22\nRUN apk add tzdata\nCOPY shop /shop\nENTRYPOINT [\"/shop\"]\n"))
	arm := image.Parse("Dockerfile.arm", []byte("FROM alpine:3.22\nCOPY shop /shop\nENTRYPOINT [\"/shop\"]\n"))
	contract := &effects.Contract{Effects: []effects.Instance{{
		Kind: effects.Timezone, API: "time.LoadLocation", Names: []string{"name"}, Values: []*effects.Value{effects.Lit("Europe/Berlin", finding.Position{})},
	}}}
	join := func(f *image.Dockerfile) *service.ImageJoin {
		return &service.ImageJoin{File: f, Stage: f.Shipped(""), Image: image.Of(f.Shipped(""), nil), Starts: true}
	}
	s := &service.Service{Name: "shop", Dir: ".", Contract: contract, Image: join(main), Variants: []*service.ImageJoin{join(arm)}}
	rec := finding.NewRecorder(&MissingTZData.Rule)
	MissingTZData.Run(&rule.Pass{Recorder: rec, Service: s, Contract: contract, File: main, Stage: s.Image.Stage, Image: s.Image.Image})
	var lines []string
	for _, r := range rec.Results() {
		line := r.Subject + ": holds"
		if r.Verdict == finding.Fails {
			line = r.Subject + ": fails at " + r.Finding.Position.Short()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
