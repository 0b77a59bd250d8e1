package config_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/config"
	"github.com/cnready/cnready/internal/effects/apitable"
)

var errorLine = regexp.MustCompile(`^c\.yml:(\d+:(\d+:)?)? `)

// FuzzParse: every text is read or refused, with the place in each line of the
// error, and what is read is within the bounds.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		whole, "", "a: [", "api: &a [*a]", "services: &s {a: *s}", "exclude: [a, !!binary eA==]",
		"x: &x [1]\nexclude: *x", "<<: {exclude: []}", "services: {a: {workloads: ~}}", "api: |2-\n   package a\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse("c.yml", []byte(text))
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !errorLine.MatchString(line) {
					t.Errorf("%q: no place in %q", text, line)
				}
			}
			return
		}
		for _, e := range c.API {
			if e.File == "" {
				if _, err := apitable.Default().With(c.Name(), e.Text); err != nil && !strings.HasPrefix(err.Error(), "c.yml:") {
					t.Errorf("%q: no place in %v", text, err)
				}
			}
		}
		for main, s := range c.Services {
			if main == "" || s == nil || !s.At.IsValid() || s.Name == "" && s.Image == "" && !s.AllWorkloads {
				t.Errorf("%q: service %q is %+v", text, main, s)
			}
		}
	})
}
