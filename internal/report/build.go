package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/continuum"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/score"
	"github.com/cnready/cnready/internal/service"
)

// An Outcome is all that a run found, in any order.
type Outcome struct {
	ToolName string
	Version  string

	Services []ServiceOutcome
	// Loose are the results on workloads that run no service of the directory, and
	// on what belongs to no service. They are listed and not scored.
	Loose []finding.Result
	// Mains are the main packages that are no services.
	Mains       []Main
	NotAnalyzed []finding.NotAnalyzed
	LookedAt    LookedAt

	// Graph says who calls whom; nil where nobody asks.
	Graph *service.Graph

	// Source returns the bytes of a file by the path that positions give. It
	// makes the ids of findings independent of line numbers; where it is nil or
	// fails, ids rest on rule and file alone.
	Source func(file string) ([]byte, error)
}

// A ServiceOutcome is what was found of one service.
type ServiceOutcome struct {
	Service *service.Service
	// Contract is that of the service's main, as ContractOf gives it.
	Contract Contract
	// Results are those of all rules on the service, its image and its
	// workloads. The ClearedBy of a finding whose status is suppressed says where
	// and why it was suppressed.
	Results []finding.Result
	// Places are those between VM and serverless, all platforms in order.
	Places []continuum.Place
}

// Build makes the report of an outcome: it scores the services, gives findings
// their ids, drops findings that were reported twice, and sorts every list. The
// outcome is not changed.
func Build(o Outcome) *Report {
	g := gather(o)
	r := &Report{
		Version:  SchemaVersion,
		Tool:     Tool{Name: o.ToolName, Version: o.Version},
		Findings: g.findings,
		Mains:    slices.Clone(o.Mains),
		LookedAt: o.LookedAt,
	}
	for i, s := range g.services {
		r.Services = append(r.Services, buildService(g.names[i], s, g.ids[i]))
		r.Unknown = append(r.Unknown, unknowns(g.names[i], s.Results)...)
	}
	r.Unknown = append(r.Unknown, unknowns("", o.Loose)...)
	for _, n := range o.NotAnalyzed {
		r.NotAnalyzed = append(r.NotAnalyzed, NotAnalyzed{File: n.File, Reason: n.Reason})
	}
	r.Unknown = sortedSet(r.Unknown, func(a, b Unknown) int {
		return cmp.Or(comparePlace(a.File, a.Line, b.File, b.Line), strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Service, b.Service), strings.Compare(a.Reason, b.Reason))
	})
	r.NotAnalyzed = sortedSet(r.NotAnalyzed, func(a, b NotAnalyzed) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Reason, b.Reason))
	})
	r.Mains = sortedSet(r.Mains, func(a, b Main) int {
		return cmp.Or(strings.Compare(a.Dir, b.Dir), strings.Compare(a.Main, b.Main),
			strings.Compare(a.Name, b.Name), strings.Compare(a.Reason, b.Reason))
	})
	if o.Graph != nil {
		r.Graph = GraphOf(o.Graph, unbounded(o))
	}
	fillLists(reflect.ValueOf(r).Elem())
	return r
}

// unbounded tells the places at which rule notimeout found a call without a bound.
func unbounded(o Outcome) func(finding.Position) bool {
	type line struct {
		file string
		line int
	}
	places := map[line]bool{}
	for _, s := range o.Services {
		for _, r := range s.Results {
			if r.Rule.Name == "notimeout" && r.Finding != nil {
				places[line{r.Finding.Position.File, r.Finding.Position.Line}] = true
			}
		}
	}
	return func(p finding.Position) bool { return places[line{p.File, p.Line}] }
}

// IDs returns the ids that Build gives to the findings of an outcome, so that a
// baseline can be held against them before the scores are computed. Setting the
// status of a finding does not change its id.
func IDs(o Outcome) map[*finding.Finding]string {
	all := map[*finding.Finding]string{}
	for _, ids := range gather(o).ids {
		for f, p := range ids {
			all[f] = p.ID
		}
	}
	return all
}

// gathered are the findings of an outcome with their ids.
type gathered struct {
	services []ServiceOutcome // in report order
	names    []string         // of the services
	// ids has the findings of each service, then the loose ones.
	ids      []map[*finding.Finding]*placed
	findings []Finding // sorted, each once
}

func gather(o Outcome) gathered {
	g := gathered{services: slices.Clone(o.Services)}
	slices.SortStableFunc(g.services, func(a, b ServiceOutcome) int {
		return cmp.Or(
			strings.Compare(a.Service.Name, b.Service.Name),
			strings.Compare(a.Service.Dir, b.Service.Dir),
			strings.Compare(mainOf(a.Service), mainOf(b.Service)),
		)
	})
	g.names = uniqueNames(g.services)

	var all []*placed
	add := func(service string, results []finding.Result) {
		of := map[*finding.Finding]*placed{}
		for i := range results {
			res := &results[i]
			if res.Rule == nil || res.Verdict == finding.CannotTell || res.Finding == nil || of[res.Finding] != nil {
				continue
			}
			p := &placed{Finding: convert(res, service)}
			of[res.Finding] = p
			all = append(all, p)
		}
		g.ids = append(g.ids, of)
	}
	for i, s := range g.services {
		add(g.names[i], s.Results)
	}
	add("", o.Loose)
	g.findings = identify(all, newSources(o.Source))
	return g
}

// unknowns are the results of a service that could not be told.
func unknowns(service string, results []finding.Result) []Unknown {
	var list []Unknown
	for _, res := range results {
		if res.Rule != nil && res.Verdict == finding.CannotTell {
			list = append(list, Unknown{
				Rule: res.Rule.Name, Service: service, Reason: res.Reason,
				File: res.Position.File, Line: res.Position.Line,
			})
		}
	}
	return list
}

func mainOf(s *service.Service) string {
	if s.Contract == nil {
		return ""
	}
	return s.Contract.Main
}

// uniqueNames returns the name of each service; services of the same name get
// their folder beside it, for findings refer to services by name.
func uniqueNames(services []ServiceOutcome) []string {
	count := map[string]int{}
	for _, s := range services {
		count[s.Service.Name]++
	}
	names := make([]string, len(services))
	taken := map[string]bool{}
	for i, s := range services {
		name := s.Service.Name
		if count[name] > 1 {
			name = fmt.Sprintf("%s (%s)", name, s.Service.Dir)
		}
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s (%s, %d)", s.Service.Name, s.Service.Dir, n)
		}
		taken[name] = true
		names[i] = name
	}
	return names
}

func buildService(name string, o ServiceOutcome, ids map[*finding.Finding]*placed) Service {
	s := Service{Name: name, Dir: o.Service.Dir, Main: mainOf(o.Service), Contract: sortedContract(o.Contract)}
	if j := o.Service.Image; j != nil {
		s.Image = &Image{Reason: j.Reason}
		if j.File != nil {
			s.Image.File = j.File.Path
		}
		if j.Stage != nil {
			s.Image.Stage = j.Stage.Name
		}
	}
	if p := o.Service.Packaging; p != nil {
		s.Packaging = &Packaging{Kind: p.Kind, Reason: p.Reason, File: p.At.File, Line: p.At.Line}
	}
	for _, j := range o.Service.Workloads {
		if j.Workload == nil {
			continue
		}
		s.Workloads = append(s.Workloads, Workload{
			Platform: j.Workload.Platform, Kind: j.Workload.Kind, Name: j.Workload.Name,
			File: j.Workload.Position.File, Line: j.Workload.Position.Line, Reason: j.Reason,
		})
	}
	s.Workloads = sortedSet(s.Workloads, func(a, b Workload) int {
		return cmp.Or(comparePlace(a.File, a.Line, b.File, b.Line), strings.Compare(a.Platform, b.Platform),
			strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Reason, b.Reason))
	})
	for _, p := range score.Compute(o.Results) {
		switch p.Property {
		case finding.ContainerPackaged:
			s.Properties.ContainerPackaged = buildProperty(p, ids)
		case finding.DynamicallyManaged:
			s.Properties.DynamicallyManaged = buildProperty(p, ids)
		case finding.MicroservicesOriented:
			s.Properties.MicroservicesOriented = buildProperty(p, ids)
		}
	}
	for _, p := range o.Places {
		s.Continuum = append(s.Continuum, buildPlatform(&p, ids))
	}
	return s
}

// buildPlatform is a place as the report shows it.
func buildPlatform(p *continuum.Place, ids map[*finding.Finding]*placed) Platform {
	out := Platform{Rung: p.Platform.Rung.String(), Platform: p.Platform.Name, ID: string(p.Platform.ID), Verdict: string(p.Verdict)}
	for _, d := range p.Declared {
		out.Declared = append(out.Declared, Place{File: d.File, Line: d.Line})
	}
	for i := range p.Reasons {
		r := &p.Reasons[i]
		if r.Unclear != "" {
			out.Reasons = append(out.Reasons, PlatformReason{Constraint: r.Constraint.Name, Effect: "unknown", Message: r.Unclear, Source: r.Constraint.Source})
			continue
		}
		effect := "warns"
		if r.Blocks {
			effect = "blocks"
		}
		for _, o := range r.Offences {
			out.Reasons = append(out.Reasons, PlatformReason{
				Constraint: r.Constraint.Name, Effect: effect, Message: o.First(), Mend: o.Mend, File: o.At.File, Line: o.At.Line, Source: r.Constraint.Source,
			})
			if o.Finding == nil || ids[o.Finding] == nil {
				continue
			}
			if id := ids[o.Finding].ID; !slices.Contains(out.By, id) {
				out.By = append(out.By, id)
			}
		}
	}
	return out
}

func buildProperty(p score.Property, ids map[*finding.Finding]*placed) Property {
	out := Property{Score: p.Score, Coverage: p.Coverage, Ready: p.Ready, NotReady: p.NotReady}
	for _, l := range p.Lost {
		lost := Lost{Rule: l.Rule.Name, Severity: l.Severity.String(), Points: l.Points}
		for _, f := range l.Findings {
			if id := ids[f].ID; !slices.Contains(lost.Findings, id) {
				lost.Findings = append(lost.Findings, id)
			}
		}
		out.Lost = append(out.Lost, lost)
	}
	for _, u := range p.Untold {
		out.Outside = append(out.Outside, Outside{
			Rule: u.Rule.Name, Severity: u.Severity.String(), Weight: u.Weight,
			Subjects: u.Subjects, Of: u.Of, Baseline: u.Baseline,
		})
	}
	return out
}

// convert is the finding of a result as the report shows it, without its id.
func convert(res *finding.Result, service string) Finding {
	f := res.Finding
	out := Finding{
		Rule: res.Rule.Name, Property: string(res.Rule.Property), Severity: res.Severity.String(),
		Status: string(f.Status), Service: service, Workload: f.Workload, Variants: slices.Clone(f.Variants),
		File: f.Position.File, Line: f.Position.Line, Column: f.Position.Column,
		EndLine: f.Position.EndLine, EndColumn: f.Position.EndColumn,
		Message: f.Message, URL: res.Rule.URL(),
	}
	if f.Status == "" {
		out.Status = string(finding.Open)
	}
	if f.ClearedBy != nil {
		because := &Because{File: f.ClearedBy.File, Line: f.ClearedBy.Line, Reason: f.ClearedBy.Message}
		switch f.Status {
		case finding.Cleared:
			out.ClearedBy = because
		case finding.Suppressed:
			out.Suppression = because
		}
	}
	for _, r := range f.Related {
		out.Related = append(out.Related, Related{
			File: r.File, Line: r.Line, Column: r.Column, EndLine: r.EndLine, EndColumn: r.EndColumn, Message: r.Message,
		})
	}
	for _, fix := range f.Fixes {
		edits := slices.Clone(fix.Edits)
		slices.SortStableFunc(edits, func(a, b finding.Edit) int { return a.Position.Compare(b.Position) })
		var list []Edit
		for _, e := range edits {
			list = append(list, Edit{
				File: e.Position.File, Line: e.Position.Line, Column: e.Position.Column,
				EndLine: e.Position.EndLine, EndColumn: e.Position.EndColumn, NewText: e.NewText,
			})
		}
		out.Fixes = append(out.Fixes, Fix{Message: fix.Message, Edits: list})
	}
	return out
}

// placed is a finding on its way to its id. Results whose findings are the same
// in every word share one.
type placed struct {
	Finding
	text string // of the line, normalised
}

// identify sorts the findings, gives each its id and returns them, each once.
//
// An id is a hash of the rule, the file, the line's text, and a running number
// among the findings that are alike in these. A finding that stands word for
// word for several services or workloads has the id of its place for the first
// of them; the others' ids are made of that one and their names. So the ids of a
// file do not change when a line moves, nor when a second service comes to use
// it.
func identify(all []*placed, src *sources) []Finding {
	for _, p := range all {
		p.text = strings.Join(strings.Fields(src.line(p.File, p.Line)), " ")
	}
	slices.SortStableFunc(all, func(a, b *placed) int { return compareFindings(&a.Finding, &b.Finding) })

	type alike struct{ rule, file, text string }
	ordinal := map[alike]int{}
	taken := map[string]bool{}
	var out []Finding
	var place string // id of the place that is being numbered
	for i, p := range all {
		switch {
		case i > 0 && reflect.DeepEqual(withoutID(p.Finding), withoutID(all[i-1].Finding)):
			p.ID = all[i-1].ID
			continue
		case i > 0 && sameSpot(&p.Finding, &all[i-1].Finding):
			p.ID = hash(place, p.Service, p.Workload)
		default:
			k := alike{p.Rule, p.File, p.text}
			place = hash(p.Rule, p.File, p.text, strconv.Itoa(ordinal[k]))
			ordinal[k]++
			p.ID = place
		}
		for n := 2; taken[p.ID]; n++ {
			p.ID = hash(place, p.Service, p.Workload, strconv.Itoa(n))
		}
		taken[p.ID] = true
		out = append(out, p.Finding)
	}
	return out
}

func withoutID(f Finding) Finding {
	f.ID = ""
	return f
}

// sameSpot tells whether two findings say the same of the same place, be it for
// different services or workloads.
func sameSpot(a, b *Finding) bool {
	return a.Rule == b.Rule && a.Severity == b.Severity && a.File == b.File &&
		a.Line == b.Line && a.Column == b.Column && a.EndLine == b.EndLine && a.EndColumn == b.EndColumn &&
		a.Message == b.Message && slices.Equal(a.Related, b.Related)
}

// compareFindings orders findings by place. The order of findings on one place
// must not follow from line numbers as text, nor that of one spot from anything
// but services and workloads.
func compareFindings(a, b *Finding) int {
	if c := cmp.Or(
		comparePlace(a.File, a.Line, b.File, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.EndLine, b.EndLine),
		cmp.Compare(a.EndColumn, b.EndColumn),
		strings.Compare(a.Rule, b.Rule),
		compareSeverity(a.Severity, b.Severity),
	); c != 0 {
		return c
	}
	return cmp.Or(
		slices.CompareFunc(a.Related, b.Related, func(x, y Related) int {
			return cmp.Or(comparePlace(x.File, x.Line, y.File, y.Line), cmp.Compare(x.Column, y.Column),
				cmp.Compare(x.EndLine, y.EndLine), cmp.Compare(x.EndColumn, y.EndColumn), strings.Compare(x.Message, y.Message))
		}),
		strings.Compare(a.Message, b.Message),
		strings.Compare(a.Service, b.Service),
		strings.Compare(a.Workload, b.Workload),
		strings.Compare(contentOf(a), contentOf(b)),
	)
}

// compareSeverity puts the graver first.
func compareSeverity(a, b string) int {
	x, _ := finding.ParseSeverity(a)
	y, _ := finding.ParseSeverity(b)
	return cmp.Compare(y, x)
}

func comparePlace(file string, line int, otherFile string, otherLine int) int {
	return cmp.Or(strings.Compare(file, otherFile), cmp.Compare(line, otherLine))
}

// hash is 16 hexadecimal digits made of the parts.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s;", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// sortedContract is a copy of the contract with its lists sorted by place. The
// lists of sources keep their order, which has a meaning.
func sortedContract(c Contract) Contract {
	c.Listens = sortedList(c.Listens, func(l Listen) (string, int) { return l.File, l.Line })
	c.Env = sortedList(c.Env, func(e Env) (string, int) { return e.Name + "\x00" + e.File, e.Line })
	c.Flags = sortedList(c.Flags, func(f Flag) (string, int) { return f.Name + "\x00" + f.File, f.Line })
	c.Routes = sortedList(c.Routes, func(r Route) (string, int) { return r.File, r.Line })
	c.Dials = sortedList(c.Dials, func(d Dial) (string, int) { return d.File, d.Line })
	c.Reads = sortedList(c.Reads, func(a Access) (string, int) { return a.File, a.Line })
	c.Writes = sortedList(c.Writes, func(a Access) (string, int) { return a.File, a.Line })
	c.Execs = sortedList(c.Execs, func(e Exec) (string, int) { return e.File, e.Line })
	c.Uses = sortedList(c.Uses, func(u Use) (string, int) { return u.Kind + "\x00" + u.File, u.Line })
	c.Subcommands = sortedList(c.Subcommands, func(s Subcommand) (string, int) { return s.Name + "\x00" + s.File, s.Line })
	c.Gaps = sortedList(c.Gaps, func(g Gap) (string, int) { return g.File, g.Line })
	if c.Shutdown != nil {
		s := *c.Shutdown
		s.Signals, s.Drains = slices.Clone(s.Signals), slices.Clone(s.Drains)
		slices.Sort(s.Signals)
		slices.Sort(s.Drains)
		c.Shutdown = &s
	}
	return c
}

// sortedList sorts a copy of list by key, and what has the same key by its
// content.
func sortedList[T any](list []T, key func(T) (string, int)) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int {
		af, al := key(a)
		bf, bl := key(b)
		if c := comparePlace(af, al, bf, bl); c != 0 {
			return c
		}
		return strings.Compare(contentOf(a), contentOf(b))
	})
	return list
}

// sortedSet sorts list and drops what is in it twice.
func sortedSet[T any](list []T, compare func(a, b T) int) []T {
	slices.SortStableFunc(list, compare)
	return slices.CompactFunc(list, func(a, b T) bool { return compare(a, b) == 0 })
}

// fillLists sets every nil list below v to an empty one, so that the JSON has []
// where nothing is. Lists that it sets into are the report's own.
func fillLists(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillLists(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillLists(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fillLists(v.Index(i))
		}
	}
}
