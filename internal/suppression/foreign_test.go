package suppression

import (
	"fmt"
	"strings"
	"testing"
)

func TestForeign(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"the instruction below", "FROM alpine\n# hadolint ignore=DL3002,DL3018\nUSER root\nCMD x\n", "3-3 rootuser"},
		{"an instruction of several lines", "FROM alpine\n# hadolint ignore=DL3019\n# why\nRUN apk add a \\\n  b\nCMD x\n", "4-5 packagecache"},
		{"the whole file", "# hadolint global ignore=DL3006,DL3025\nFROM alpine\nCMD x", "1-3 lostsignal unpinnedbase"},
		{"BuildKit's checks", "# syntax=docker/dockerfile:1\n# check=skip=JSONArgsRecommended,StageNameCasing;error=true\nFROM alpine\n", "1-4 lostsignal"},
		{"all of BuildKit's checks", "#check=skip=all\nFROM alpine\n", "1-3 lostsignal missingsource relativeworkdir secretinimage undefinedvar"},
		{"no directive below an instruction", "FROM alpine\n# check=skip=UndefinedVar\nCMD x\n", ""},
		{"no directive below a comment", "# The shop.\n# check=skip=UndefinedVar\nFROM alpine\n", ""},
		{"rules that cnready does not have", "# hadolint ignore=DL3008,SC2086\nRUN x\n", ""},
		{"Windows", "FROM a\r\n# hadolint ignore=DL3002\r\nUSER root\r\n", "3-3 rootuser"},
	} {
		var got []string
		for _, c := range foreign("Dockerfile", []byte(tt.text)) {
			got = append(got, fmt.Sprintf("%d-%d %s", c.From, c.To, strings.Join(c.Rules, " ")))
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

// TestForeignIsNotAudited: what silences nothing of cnready may silence another linter.
func TestForeignIsNotAudited(t *testing.T) {
	fs := &Files{
		Read:        func(string) ([]byte, error) { return []byte("# hadolint ignore=DL3002\nFROM alpine\n"), nil },
		Dockerfiles: map[string]bool{"Dockerfile": true},
	}
	audit := &Audit{Rules: []string{"rootuser"}, Judged: func(string, string) bool { return true }}
	if results := audit.Run(fs, []string{"Dockerfile"}); len(results) > 0 {
		t.Errorf("%+v", results[0].Finding)
	}
	if c := For(fs.Of("Dockerfile"), "rootuser", fs.Of("Dockerfile")[0].Position); c != nil {
		t.Error("the comment's own line is silenced")
	}
}
