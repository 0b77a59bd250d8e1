package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/continuum"
)

// place runs cnready place and returns what it writes.
func runPlace(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	cmd := newCommand()
	cmd.SetArgs(append([]string{"place"}, args...))
	cmd.SetOut(&out)
	err := cmd.Execute()
	return out.String(), err
}

func TestPlace(t *testing.T) {
	mended := filepath.Join(trees, "shop-mended")
	text, err := runPlace(t, mended, "--service", "orders")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range continuum.Rungs {
		if !strings.Contains(text, "\n  "+r.String()+" ") {
			t.Errorf("no rung %s in\n%s", r, text)
		}
	}
	for _, want := range []string{"orders  cmd/orders\n", "  declares   Kubernetes (deploy/orders.yaml:", "Lambda: orders does not call lambda.Start"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	again, err := runPlace(t, mended, "--service", "orders")
	if err != nil || again != text {
		t.Errorf("another run differs: %v\n%s", err, again)
	}
}

func TestPlaceJSON(t *testing.T) {
	text, err := runPlace(t, filepath.Join(trees, "shop"), "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var list []placedService
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || len(list[0].Platforms) != len(continuum.Platforms) {
		t.Fatalf("%d services, %d platforms of the first", len(list), len(list[0].Platforms))
	}
	for _, s := range list {
		for _, p := range s.Platforms {
			blocks := false
			for _, r := range p.Reasons {
				blocks = blocks || r.Effect == "blocks"
				if r.Effect != "unknown" && (r.Mend == "" || r.Source == "") {
					t.Errorf("%s on %s: %+v", s.Name, p.ID, r)
				}
			}
			if blocks != (p.Verdict == "blocked") {
				t.Errorf("%s on %s: %s, and something blocks is %t", s.Name, p.ID, p.Verdict, blocks)
			}
		}
	}
}

func TestPlaceOne(t *testing.T) {
	text, err := runPlace(t, filepath.Join(trees, "shop"), "--platform", "lambda", "--service", "orders")
	if err != nil || !strings.Contains(text, "AWS Lambda (serverless): blocked") || !strings.Contains(text, "source: AWS Lambda developer guide") || strings.Contains(text, "Fargate") {
		t.Errorf("%v\n%s", err, text)
	}
	for args, want := range map[string]string{"--platform moon": "unknown --platform", "--format xml": "unknown --format", "--service x": "no service is called"} {
		if _, err := runPlace(t, append(strings.Fields(args), filepath.Join(trees, "shop"))...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}
