package continuum

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy"
)

//go:embed constraints.yaml
var constraintsText []byte

// A Constraint is something that platforms ask of what they run.
type Constraint struct {
	// Name is unique; it stands in reports.
	Name string `yaml:"name"`
	// Says is the constraint as a sentence without a period, of any of the
	// platforms.
	Says string `yaml:"says"`
	// Fact names the question by which it is judged.
	Fact string `yaml:"fact"`
	// Blocks are the platforms on which a service that offends cannot run, Warns
	// those on which it runs with loss or risk.
	Blocks []deploy.PlatformID `yaml:"blocks"`
	Warns  []deploy.PlatformID `yaml:"warns"`
	// Declared is true of what only a workload that is written for the platform
	// can offend: a field of its format.
	Declared bool `yaml:"declared"`
	// Rules are, for the fact rule, those whose findings offend. Uncleared is true
	// where a finding offends even if a workload's volume meets it.
	Rules     []string `yaml:"rules"`
	Uncleared bool     `yaml:"uncleared"`
	// Of are what the fact speaks of: things of the host, capabilities, fields of
	// the format as names or as conditions (name=value, name>number). Except are
	// those that are allowed.
	Of     []string `yaml:"of"`
	Except []string `yaml:"except"`
	// Limit is a number of the platform: seconds, ports.
	Limit int `yaml:"limit"`
	// Source is the title of the document that says so, AsOf its date or that of
	// reading it, as year or year-month.
	Source string `yaml:"source"`
	AsOf   string `yaml:"asOf"`
	// Confirmed is false of what is known but was not read in the platform's own
	// documentation: it never blocks, but warns.
	Confirmed bool `yaml:"confirmed"`
}

// Constraints are all constraints, in the order of the file.
var Constraints = sync.OnceValue(func() []*Constraint {
	list, err := parse(constraintsText)
	if err != nil {
		panic("continuum: constraints.yaml: " + err.Error()) // a test reads it
	}
	return list
})

func parse(text []byte) ([]*Constraint, error) {
	var list []*Constraint
	if err := yaml.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, c := range list {
		switch {
		case c.Name == "" || seen[c.Name]:
			return nil, fmt.Errorf("constraint %q: no name, or a name twice", c.Name)
		case facts[c.Fact] == nil:
			return nil, fmt.Errorf("constraint %s: unknown fact %q", c.Name, c.Fact)
		case c.Says == "" || c.Source == "" || c.AsOf == "":
			return nil, fmt.Errorf("constraint %s: says, source and asOf are needed", c.Name)
		case len(c.Blocks)+len(c.Warns) == 0:
			return nil, fmt.Errorf("constraint %s: no platform", c.Name)
		}
		seen[c.Name] = true
		for _, id := range slices.Concat(c.Blocks, c.Warns) {
			if PlatformOf(id) == nil {
				return nil, fmt.Errorf("constraint %s: unknown platform %q", c.Name, id)
			}
		}
	}
	return list, nil
}

// On tells how a platform holds the constraint: whether it does, and whether a
// service that offends is blocked.
func (c *Constraint) On(id deploy.PlatformID) (holds, blocks bool) {
	if slices.Contains(c.Blocks, id) {
		return true, c.Confirmed
	}
	return slices.Contains(c.Warns, id), false
}
