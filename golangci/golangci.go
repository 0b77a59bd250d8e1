// Package golangci makes the rules of cnready a linter of golangci-lint, by its
// module plugin system (golangci-lint documentation, "Module Plugin System"): a
// file .custom-gcl.yml names this package, and golangci-lint custom builds a
// golangci-lint with it.
//
// The linter is called cnready. Its findings name their rule first, so one rule's
// can be excluded by text. docs/golangci-lint.md has the files that a user needs.
package golangci

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/finding"
)

// Name is the linter's name in golangci-lint's configuration.
const Name = "cnready"

func init() { register.Plugin(Name, New) }

// Settings are what linters.settings.custom.cnready.settings may hold.
type Settings struct {
	// Enable names the rules that run, and Disable those that do not; all run
	// where neither is set, and only one of them may be.
	Enable  []string `json:"enable"`
	Disable []string `json:"disable"`
	// MinSeverity leaves out the rules below it: note, warning or error.
	MinSeverity string `json:"min-severity"`
	// AcrossPackages tells whether a finding may rest on what a function of
	// another package does; true where it is not set. golangci-lint then reads
	// the source of every dependency when its cache is empty, as it does for
	// govet and staticcheck.
	AcrossPackages *bool `json:"across-packages"`
}

// New makes the linter of settings as golangci-lint hands them on: a map, or nil
// for none. The error says which setting is wrong.
func New(conf any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[Settings](conf)
	if err != nil {
		return nil, fmt.Errorf("cnready: linters.settings.custom.cnready.settings: %w; the keys are enable, disable, min-severity and across-packages", err)
	}
	rules, err := s.rules()
	if err != nil {
		return nil, fmt.Errorf("cnready: linters.settings.custom.cnready.settings: %w", err)
	}
	coderule.LeaveNolintToHost()
	return &plugin{rules: rules, alone: s.AcrossPackages != nil && !*s.AcrossPackages}, nil
}

// rules are those that the settings leave.
func (s *Settings) rules() ([]*coderule.Rule, error) {
	if len(s.Enable) > 0 && len(s.Disable) > 0 {
		return nil, errors.New("enable and disable are both set: keep one of them")
	}
	var names []string
	for _, r := range analyzers.Rules {
		names = append(names, r.Name)
	}
	for _, name := range slices.Concat(s.Enable, s.Disable) {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("there is no rule %q on Go code: the rules are %s", name, strings.Join(names, ", "))
		}
	}
	least := finding.Note
	if s.MinSeverity != "" {
		var err error
		if least, err = finding.ParseSeverity(s.MinSeverity); err != nil {
			return nil, fmt.Errorf("min-severity: %w", err)
		}
	}
	var kept []*coderule.Rule
	for _, r := range analyzers.Rules {
		chosen := len(s.Enable) == 0 || slices.Contains(s.Enable, r.Name)
		if chosen && !slices.Contains(s.Disable, r.Name) && r.Severity >= least {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return nil, errors.New("they leave no rule: enable another one, or take cnready out of linters.enable")
	}
	return kept, nil
}

type plugin struct {
	rules []*coderule.Rule
	alone bool
}

// GetLoadMode asks for types.
func (*plugin) GetLoadMode() string { return register.LoadModeTypesInfo }

// BuildAnalyzers are the passes of the rules.
func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	var out []*analysis.Analyzer
	for _, r := range p.rules {
		a := coderule.Analyzer(r)
		if p.alone {
			a = coderule.AnalyzerAlone(r)
		}
		out = append(out, shown(a))
	}
	return out, nil
}

// shown makes a pass report as golangci-lint shows findings: it puts the
// analyzer's name before each, makes findings of related places, and applies all
// fixes of a finding, alternatives too.
func shown(a *analysis.Analyzer) *analysis.Analyzer {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		its := *pass
		its.Report = func(d analysis.Diagnostic) {
			d.Message = strings.TrimPrefix(d.Message, a.Name+": ")
			d.Related = nil
			d.SuggestedFixes = d.SuggestedFixes[:min(len(d.SuggestedFixes), 1)]
			pass.Report(d)
		}
		return run(&its)
	}
	return a
}
