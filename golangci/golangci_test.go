package golangci

import (
	"slices"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/analyzers"
)

func TestSettings(t *testing.T) {
	var all []string
	for _, a := range analyzers.All {
		all = append(all, a.Name)
	}
	for _, tt := range []struct {
		name string
		conf any
		want func(names []string) bool
	}{
		{"none", nil, func(n []string) bool { return slices.Equal(n, all) }},
		{"empty", map[string]any{}, func(n []string) bool { return slices.Equal(n, all) }},
		{"enable", map[string]any{"enable": []any{"shutdown", "diskwrite"}}, func(n []string) bool { return slices.Equal(n, []string{"diskwrite", "shutdown"}) }},
		{"disable", map[string]any{"disable": []any{"shutdown"}}, func(n []string) bool { return len(n) == len(all)-1 && !slices.Contains(n, "shutdown") }},
		{"severity", map[string]any{"min-severity": "error"}, func(n []string) bool { return slices.Contains(n, "shutdown") && len(n) < len(all) }},
	} {
		p, err := New(tt.conf)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		list, err := p.BuildAnalyzers()
		if err != nil {
			t.Fatal(err)
		}
		if err := analysis.Validate(list); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		var names []string
		for _, a := range list {
			names = append(names, a.Name)
		}
		if !tt.want(names) {
			t.Errorf("%s: %q", tt.name, names)
		}
		if p.GetLoadMode() != register.LoadModeTypesInfo {
			t.Errorf("%s: load mode %s", tt.name, p.GetLoadMode())
		}
	}
}

func TestWrongSettings(t *testing.T) {
	for name, tt := range map[string]struct {
		conf any
		want string
	}{
		"unknown key":  {map[string]any{"rules": []any{"shutdown"}}, `unknown field "rules"; the keys are enable, disable, min-severity and across-packages`},
		"type":         {map[string]any{"enable": "shutdown"}, "cannot unmarshal string"},
		"unknown rule": {map[string]any{"disable": []any{"shutdwn"}}, `there is no rule "shutdwn" on Go code: the rules are diskwrite, `},
		"both":         {map[string]any{"enable": []any{"shutdown"}, "disable": []any{"diskwrite"}}, "enable and disable are both set"},
		"severity":     {map[string]any{"min-severity": "fatal"}, "min-severity: "},
		"nothing left": {map[string]any{"enable": []any{"metrics"}, "min-severity": "error"}, "they leave no rule"},
	} {
		_, err := New(tt.conf)
		if err == nil || !strings.HasPrefix(err.Error(), "cnready: linters.settings.custom.cnready.settings: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without facts of other packages no dependency is read.
func TestAlone(t *testing.T) {
	for _, across := range []bool{false, true} {
		p, err := New(map[string]any{"across-packages": across})
		if err != nil {
			t.Fatal(err)
		}
		list, err := p.BuildAnalyzers()
		if err != nil {
			t.Fatal(err)
		}
		if facts := usesFacts(list); facts != across {
			t.Errorf("across-packages %v: the analyzers use facts: %v", across, facts)
		}
	}
}

func usesFacts(list []*analysis.Analyzer) bool {
	return slices.ContainsFunc(list, func(a *analysis.Analyzer) bool { return len(a.FactTypes) > 0 || usesFacts(a.Requires) })
}
