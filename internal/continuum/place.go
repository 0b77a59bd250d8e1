package continuum

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/service"
)

// Verdict says whether something runs on a platform as it stands.
type Verdict string

// The verdicts, the best first.
const (
	Fits     Verdict = "fits"
	Warnings Verdict = "warnings"
	// Unknown is the verdict where a constraint that would block could not be
	// judged.
	Unknown Verdict = "unknown"
	Blocked Verdict = "blocked"
)

// A Place is where something stands on one platform.
type Place struct {
	Platform *Platform
	Verdict  Verdict
	// Declared are the places where the repository declares the platform for it,
	// sorted.
	Declared []finding.Position
	// Reasons are what the verdict rests on: what blocks first, then what warns,
	// then what could not be told, in the order of the constraints.
	Reasons []Reason
}

// A Reason is one constraint that is offended, or could not be judged.
type Reason struct {
	Constraint *Constraint
	// Blocks is true where it keeps the service from the platform.
	Blocks bool
	// Offences are the places, the surest first. Where the constraint could not be
	// judged there are none, and Unclear says why.
	Offences []Offence
	Unclear  string
	// Declared is true where a workload offends that is written for the platform.
	Declared bool
}

// Input is what places are judged by.
type Input struct {
	// Service is what is placed; nil for a workload that runs no service of the
	// tree, which is then in Workload.
	Service  *service.Service
	Workload *deploy.Workload
	// Results are those of the rules on the service and its workloads.
	Results   []finding.Result
	Manifests *deploy.Manifests
	Index     *deploy.Index
	// Alone is true where the service is the only one of the tree: then machines
	// that the tree declares are for it.
	Alone bool
}

// PlacesOf are the places of a service on all platforms, from the lowest rung to
// the highest; of a workload alone those on the platforms that are declared for it.
func PlacesOf(in Input) []Place {
	var out []Place
	for i := range Platforms {
		p := &Platforms[i]
		runs, declared := runningsOn(p.ID, in)
		if in.Service == nil && len(declared) == 0 {
			continue
		}
		out = append(out, placeOn(p, runs, declared))
	}
	return out
}

// runningsOn are the ways of running that a platform is judged by, and the places
// that declare it.
func runningsOn(id deploy.PlatformID, in Input) (runs []*running, declared []finding.Position) {
	base := running{service: in.Service, on: id, results: in.Results, manifests: in.Manifests, index: in.Index}
	var all []*running
	switch {
	case in.Service == nil:
		r := base
		r.workload = in.Workload
		all = append(all, &r)
	default:
		for _, j := range in.Service.Workloads {
			r := base
			r.join, r.workload, r.container = j, j.Workload, j.Container
			all = append(all, &r)
		}
	}
	for _, r := range all {
		if at, ok := declares(in.Manifests, id, r.workload); ok {
			r.declared = true
			runs, declared = append(runs, r), append(declared, at)
		}
	}
	if len(runs) == 0 && in.Manifests != nil {
		// A cluster or a machine of which no workload speaks.
		for _, p := range in.Manifests.Platforms {
			if p.ID != id || p.Workload != nil {
				continue
			}
			for _, r := range all {
				if r.workload != nil && hosts(id, r.workload) {
					r.declared = true
					if !slices.Contains(runs, r) {
						runs = append(runs, r)
					}
					declared = append(declared, p.Position)
				}
			}
			if len(all) == 0 && in.Alone && PlatformOf(id).Rung <= ThinVM {
				declared = append(declared, p.Position)
			}
		}
	}
	if len(runs) == 0 {
		for _, r := range all {
			if !r.workload.ForDevelopment() {
				runs = append(runs, r)
			}
		}
	}
	if len(runs) == 0 {
		r := base
		runs = []*running{&r}
	}
	slices.SortFunc(declared, finding.Position.Compare)
	return runs, slices.Compact(declared)
}

// declares tells whether a workload is declared for a platform, and where.
func declares(m *deploy.Manifests, id deploy.PlatformID, w *deploy.Workload) (finding.Position, bool) {
	if w == nil {
		return finding.Position{}, false
	}
	if m != nil {
		for _, p := range m.Platforms {
			if p.ID == id && p.Workload == w {
				if p.Evidence.IsValid() {
					return p.Evidence, true
				}
				return p.Position, true
			}
		}
	}
	return w.Position, w.On(id)
}

// hosts tells whether a platform that is declared by itself runs a workload: a
// cluster the pods of the tree, a machine the units.
func hosts(id deploy.PlatformID, w *deploy.Workload) bool {
	switch PlatformOf(id).Rung {
	case VM, ThinVM:
		return w.Machine()
	case ContainerService, ManagedContainer:
		switch id {
		case deploy.OnGKE, deploy.OnAKS, deploy.OnOpenShift, deploy.OnGKEAutopilot:
			return w.Platform == deploy.Kubernetes
		case deploy.OnSwarm:
			return w.Platform == deploy.Compose && w.Swarm.Set
		case deploy.OnCoreOS, deploy.OnContainerOS:
			return w.Machine() || w.Platform == deploy.Docker || w.Platform == deploy.Quadlet
		}
	}
	return false
}

func placeOn(p *Platform, runs []*running, declared []finding.Position) Place {
	out := Place{Platform: p, Verdict: Fits, Declared: declared}
	for _, k := range Constraints() {
		holds, blocks := k.On(p.ID)
		if !holds || k.Declared && !runs[0].declared {
			continue
		}
		reason, offended := judge(k, runs, blocks)
		if !offended {
			continue
		}
		out.Reasons = append(out.Reasons, reason)
		switch {
		case reason.Blocks:
			out.Verdict = Blocked
		case reason.Unclear != "" && out.Verdict != Blocked:
			out.Verdict = Unknown
		case reason.Unclear == "" && out.Verdict == Fits:
			out.Verdict = Warnings
		}
	}
	slices.SortStableFunc(out.Reasons, func(a, b Reason) int { return cmp.Compare(a.rank(), b.rank()) })
	return out
}

func (r *Reason) rank() int {
	switch {
	case r.Blocks:
		return 0
	case r.Unclear == "":
		return 1
	}
	return 2
}

// judge asks a constraint's fact of all ways of running. One that is declared for
// the platform offends by itself. Of others all must: what one does without is not
// needed; where only some offend it is a warning.
func judge(k *Constraint, runs []*running, blocks bool) (Reason, bool) {
	out := Reason{Constraint: k, Declared: runs[0].declared}
	var list []Offence
	offending, surely := 0, false
	seen := map[string]bool{}
	for _, r := range runs {
		a := facts[k.Fact](k, r)
		switch a.verdict {
		case finding.CannotTell:
			if out.Unclear == "" {
				out.Unclear = a.reason
			}
		case finding.Fails:
			offending++
			for _, o := range a.offences {
				surely = surely || !o.Perhaps
				key := o.At.String() + " " + o.What
				if !seen[key] {
					seen[key] = true
					list = append(list, o)
				}
			}
		}
	}
	if len(list) == 0 {
		return out, out.Unclear != "" && blocks
	}
	out.Unclear = ""
	slices.SortStableFunc(list, func(a, b Offence) int {
		switch {
		case a.Perhaps == b.Perhaps:
			return 0
		case a.Perhaps:
			return 1
		}
		return -1
	})
	out.Offences = list
	out.Blocks = blocks && surely && (out.Declared || offending == len(runs))
	return out, true
}

// Highest is the highest rung on which the service runs on one platform at least:
// 0 where it is blocked on all or nothing can be told.
func Highest(places []Place) Rung {
	var best Rung
	for _, p := range places {
		if (p.Verdict == Fits || p.Verdict == Warnings) && p.Platform.Rung > best {
			best = p.Platform.Rung
		}
	}
	return best
}

// Next is the place on the next rung, above the highest, that takes the fewest
// mends, and those mends, each once; nil where there is none.
func Next(places []Place) (*Place, []Reason) {
	above := Highest(places) + 1
	var best *Place
	var mends []Reason
	for i := range places {
		p := &places[i]
		if p.Platform.Rung != above || p.Verdict != Blocked {
			continue
		}
		var own []Reason
		for _, r := range p.Reasons {
			if r.Blocks {
				own = append(own, r)
			}
		}
		if best == nil || len(own) < len(mends) {
			best, mends = p, own
		}
	}
	return best, mends
}

// First is the first sentence of what a rule's finding says, and the whole of any
// other text.
func (o *Offence) First() string {
	text := o.What
	if o.Finding != nil {
		for _, cut := range []string{": ", "; "} {
			if head, _, ok := strings.Cut(text, cut); ok && len(head) > 12 {
				text = head
			}
		}
	}
	return text
}
