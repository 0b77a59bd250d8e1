package containerpackaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// MissingTZData finds images without the time zones that the program asks for.
var MissingTZData = &rule.Rule{
	Rule: finding.Rule{
		Name: "missingtzdata",
		Doc: `a program that needs time zones, in an image without them

time.LoadLocation finds a zone in the system's zone files, in the file that
ZONEINFO names, or in a copy that the program was linked with (package time,
zoneinfo_unix.go). Where there is none it fails with "unknown time zone
Europe/Berlin". The variable TZ is quieter: a zone that is not found is UTC, and
every local time in logs, schedules and answers is hours off. The images scratch,
alpine, busybox and ubuntu have no zone files.

The rule fails where code that main reaches loads a zone other than UTC, or where
a workload or the image sets TZ. Where TZ is UTC, and where the program takes a
zone from its configuration and UTC without it, nothing is wrong yet and it is a
note. It is silent where the program links time/tzdata, is built with
-tags timetzdata, or where ZONEINFO or a mount brings the zones.

# Fails

	FROM alpine:3.22
	COPY --from=build /app /app      // time.LoadLocation("Europe/Berlin")
	ENTRYPOINT ["/app"]

# Holds

	FROM alpine:3.22
	RUN apk add --no-cache tzdata
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

# How to mend it

Import the zones into the program, which costs it 450 KB and makes it independent
of its image:

	import _ "time/tzdata"

Or install the package tzdata, or copy /usr/share/zoneinfo from the stage that
builds.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs:   rule.Image,
	Applies: has(effects.Timezone),
	Run:     onEachImage(missingTZData),
}

const zoneSubject = "time zones"

// A zoneUse is something that needs the time zone database.
type zoneUse struct {
	at       finding.Position
	what     string
	outcome  string
	effect   bool // a line of code, not of a manifest
	severity finding.Severity
}

func missingTZData(p *rule.Pass) {
	uses, open := zoneUses(p)
	if len(uses) == 0 && open == nil {
		return
	}
	if linked, _ := p.Contract.Links("time/tzdata"); linked {
		p.Holds(0, zoneSubject)
		return
	}
	b := program(p)
	if b != nil && slices.Contains(b.Build.Tags, "timetzdata") {
		p.Holds(0, zoneSubject)
		return
	}
	zones := p.Image.ZoneInfo()
	switch {
	case zones.Has == image.Yes:
		p.Holds(0, zoneSubject)
		return
	case zones.Has == image.Unknown:
		p.CannotTell(0, zoneSubject, "whether the image has time zones cannot be told: "+zones.Why, zones.At)
		return
	case len(uses) == 0:
		p.CannotTell(0, zoneSubject, "the image has no time zones, and which one "+called(open)+" loads cannot be told", open.At)
		return
	}
	first := uses[0]
	f := finding.Finding{
		Position: p.Stage.Base.Position,
		Message: fmt.Sprintf("%s, but %s has no time zones and no step brings them: %s; import _ \"time/tzdata\" in the program, or %s",
			first.what, baseName(p), first.outcome, mendByPackage(p, "tzdata", "/usr/share/zoneinfo /usr/share/zoneinfo")),
	}
	inCode := false
	for i, u := range uses {
		if i < 3 {
			f.Related = append(f.Related, finding.Related{Position: u.at, Message: u.what})
			inCode = inCode || u.effect
		}
	}
	if !inCode {
		f.Related = withProgramLine(p, f.Related)
	}
	f.Fixes = zonesFix(p)
	if by := zonesOfWorkloads(p); by != nil {
		f.Status, f.ClearedBy = finding.Cleared, by
	}
	p.Fails(first.severity, zoneSubject, f)
}

// zoneUses are what needs time zones, the gravest first, and the first call of
// which that is not known.
func zoneUses(p *rule.Pass) (uses []zoneUse, open *effects.Instance) {
	rs := runnings(p)
	for _, e := range p.Contract.Of(effects.Timezone) {
		v := e.Value("name")
		best := zoneUse{}
		for _, r := range rs {
			u, ok := zoneUseOf(e, v.Under(r.settings))
			if !ok && open == nil {
				open = e
			}
			if u.severity > best.severity {
				best = u
			}
		}
		if best.severity == 0 {
			continue
		}
		uses = append(uses, best)
	}
	for _, r := range rs {
		v, set := r.env(p, "TZ")
		if !set || v == nil {
			continue
		}
		name, known := v.Default()
		if !known {
			continue
		}
		who := "the image"
		if r.workload != nil && slices.ContainsFunc(r.container.Env, func(e deploy.Env) bool { return e.Name == "TZ" }) {
			who = r.workload.ID()
		}
		u := zoneUse{
			at: r.envPosition(p, "TZ"), severity: finding.Warning,
			what:    fmt.Sprintf("%s sets TZ=%s", who, name),
			outcome: "the program takes a zone that it does not find for UTC, without a word",
		}
		switch {
		case name == "" || strings.HasPrefix(name, "/") || strings.HasPrefix(name, ":/"):
			continue // a file
		case needsNoFile(name):
			u.severity = finding.Note
			u.outcome = "any other zone that is set there is taken for UTC, without a word"
		}
		if !slices.ContainsFunc(uses, func(o zoneUse) bool { return o.at == u.at }) {
			uses = append(uses, u)
		}
	}
	slices.SortStableFunc(uses, func(a, b zoneUse) int { return int(b.severity) - int(a.severity) })
	return uses, open
}

// zoneUseOf is what a call needs; ok is false where that cannot be told. A
// severity of zero is none.
func zoneUseOf(e *effects.Instance, v *effects.Value) (u zoneUse, ok bool) {
	u = zoneUse{at: e.At, effect: true, outcome: "the call fails with \"unknown time zone\""}
	name, known := v.Default()
	switch {
	case known && !needsNoFile(name):
		u.what = fmt.Sprintf("loads the time zone %s (%s)", name, called(e))
		u.severity = finding.Warning
		if e.Reach == effects.OnRequest {
			u.severity = finding.Note
		}
		return u, true
	case v.Configurable():
		u.what = fmt.Sprintf("loads the time zone that %s names (%s)", v.Describe(), called(e))
		u.severity = finding.Note
		return u, true
	case known:
		return u, true
	}
	// What is not configuration comes from requests and stored data.
	for _, a := range v.Alternatives() {
		if a.Kind == effects.Literal && !needsNoFile(a.Text) {
			u.what = fmt.Sprintf("loads the time zone %s (%s)", a.Text, called(e))
			u.severity = finding.Warning
			return u, true
		}
	}
	return u, false
}

// needsNoFile are the names that package time knows by itself.
func needsNoFile(name string) bool { return name == "" || name == "UTC" || name == "Local" }

// zonesOfWorkloads is where the workloads bring zones, if all do.
func zonesOfWorkloads(p *rule.Pass) *finding.Related {
	var first *finding.Related
	for _, r := range runnings(p) {
		if r.workload == nil {
			return nil
		}
		m := r.mount("/usr/share/zoneinfo/UTC")
		if m == nil || m.Path == "/" {
			m = r.mountBelow("/usr/share/zoneinfo")
		}
		if m == nil {
			v, set := r.env(p, "ZONEINFO")
			if !set || v == nil {
				return nil
			}
			if first == nil {
				first = &finding.Related{Position: r.envPosition(p, "ZONEINFO"), Message: r.workload.ID() + " sets ZONEINFO"}
			}
			continue
		}
		if first == nil {
			first = &finding.Related{Position: m.Position, Message: r.workload.ID() + " mounts zones at " + m.Path}
		}
	}
	return first
}
