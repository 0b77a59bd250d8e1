package service

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// envFrom are the variables that a container takes from whole ConfigMaps and
// Secrets, by name; those of Secrets are nil. whole is false where one of them was
// not found, or not all of its keys are known.
func (s *Service) envFrom(j *WorkloadJoin) (vars map[string]*effects.Value, whole bool) {
	vars, whole = map[string]*effects.Value{}, true
	for _, ref := range j.Container.EnvFrom {
		if s.index == nil {
			return vars, false
		}
		config, l := s.index.Config(ref, j.Workload.Scope())
		if config == nil || l.Answer != deploy.Found {
			whole = false
			continue
		}
		whole = whole && config.Complete
		for _, k := range config.Keys {
			vars[ref.Prefix+k.Name] = nil
			if config.Kind == "ConfigMap" {
				vars[ref.Prefix+k.Name] = effects.Lit(k.Value, k.ValuePosition)
			}
		}
	}
	return vars, whole
}

// keyOf is the value of a variable that comes from a key of a ConfigMap.
func (s *Service) keyOf(j *WorkloadJoin, e deploy.Env) (value string, at finding.Position, ok bool) {
	if e.From != "configMap" || s.index == nil {
		return "", at, false
	}
	k, l := s.index.Key(e.Ref, j.Workload.Scope())
	if l.Answer != deploy.Found || len(l.Objects) != 1 || l.Objects[0].Kind != "ConfigMap" {
		return "", at, false
	}
	return k.Value, k.ValuePosition, true
}

// isSwitch tells the flags of the program that take no word behind them: those of
// truth values (documentation of package flag, "Command line flag syntax").
func (s *Service) isSwitch(name string) bool {
	for _, e := range s.Contract.Of(effects.DefFlag) {
		if !strings.Contains(e.API, "Bool") && !strings.Contains(e.API, "Count") {
			continue
		}
		for _, n := range e.Value("name").Elements() {
			if n.Kind == effects.Literal && n.Text == name {
				return true
			}
		}
	}
	return false
}
