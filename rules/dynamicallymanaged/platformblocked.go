package dynamicallymanaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/continuum"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// PlatformBlocked finds platforms that the repository declares and that its own
// files keep the service from.
var PlatformBlocked = &rule.Rule{
	Rule: finding.Rule{
		Name: "platformblocked",
		Doc: `a declared platform refuses what its own files ask for

A task definition, a function's template, a cluster or a unit says on which platform
something is to run. Platforms refuse some of what others allow: Fargate a privileged
container, Cloud Run a program that listens on another port than $PORT, a virtual
machine of Kata Containers the host's network. Nothing says so before the deployment
fails.

The rule compares each declared platform with its constraints, which stand with their
sources in docs/platforms.md. Only constraints that the platform's own documentation
states block; what another rule reports already is not reported again. cnready place
shows all platforms, declared or not.

# Fails

	"requiresCompatibilities": ["FARGATE"],
	"containerDefinitions": [{"name": "web", "privileged": true}]

# Holds

	"requiresCompatibilities": ["EC2"],
	"containerDefinitions": [{"name": "web", "privileged": true}]

# How to mend it

Do without what the platform refuses, or declare one that allows it.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Error,
	},
	Needs: rule.Placement,
	Run:   platformBlocked,
}

// undemanding are platforms that almost every manifest declares and that refuse
// little: to say of each that it holds would only raise the score.
var undemanding = []deploy.PlatformID{deploy.OnVM, deploy.OnDocker, deploy.OnKubernetes}

func platformBlocked(p *rule.Pass) {
	type refusal struct {
		reason    *continuum.Reason
		offence   *continuum.Offence
		platforms []*continuum.Place
	}
	var list []*refusal
	for i := range p.Places {
		place := &p.Places[i]
		if len(place.Declared) == 0 {
			continue
		}
		refused := false
		for j := range place.Reasons {
			r := &place.Reasons[j]
			if !r.Blocks || !r.Declared {
				continue
			}
			for k := range r.Offences {
				o := &r.Offences[k]
				if o.Finding != nil || o.Perhaps {
					continue
				}
				refused = true
				at := slices.IndexFunc(list, func(l *refusal) bool { return l.offence.At == o.At && l.offence.What == o.What })
				if at < 0 {
					list, at = append(list, &refusal{reason: r, offence: o}), len(list)
				}
				list[at].platforms = append(list[at].platforms, place)
			}
		}
		switch {
		case refused, place.Verdict == continuum.Blocked: // by what other rules say
		case slices.Contains(undemanding, place.Platform.ID): // asks nothing that rules do not
		case place.Verdict == continuum.Unknown:
			// What a rule could not tell it says itself.
			i := slices.IndexFunc(place.Reasons, func(r continuum.Reason) bool { return r.Unclear != "" && len(r.Constraint.Rules) == 0 })
			if i >= 0 && p.Service != nil {
				p.CannotTell(0, "on "+place.Platform.Name, place.Reasons[i].Unclear, place.Declared[0])
			}
		default:
			p.Holds(0, "on "+place.Platform.Name)
		}
	}
	for _, l := range list {
		f := finding.Finding{Position: l.offence.At, Related: slices.Clone(l.offence.Related)}
		var names []string
		for _, place := range l.platforms {
			names = append(names, place.Platform.Name)
			f.Related = append(f.Related, finding.Related{Position: place.Declared[0], Message: "declares " + place.Platform.Name})
		}
		f.Message = fmt.Sprintf("%s, but on %s, which is declared for it (%s), %s; %s",
			l.offence.What, strings.Join(names, " and "), l.platforms[0].Declared[0].Short(), l.reason.Constraint.Says, l.offence.Mend)
		if !f.Position.IsValid() {
			f.Position = l.platforms[0].Declared[0]
		}
		p.Fails(0, "on "+names[0]+": "+l.reason.Constraint.Name+" at "+f.Position.Short()+": "+l.offence.What, f)
	}
}
