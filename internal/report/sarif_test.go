package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
)

// shopRules are the rules of the shop with pages of the shape that real ones have.
func shopRules() []report.RuleHelp {
	var all []report.RuleHelp
	for _, r := range []*finding.Rule{
		barepod, diskwrite, inlinesecret, loopbacklisten, lostsignal, missingcacerts, nocontainer,
		noprobes, notimeout, portmismatch, probepath, rootuser, unpinnedbase,
	} {
		copied := *r
		copied.Doc = r.Name + ": what " + r.Name + " is about\n\nWhy it matters.\n"
		all = append(all, report.RuleHelp{Rule: &copied, HelpText: "Why it\nmatters.\n\nMore.\n", HelpMarkdown: "# " + r.Name + "\n\nWhy it matters.\n"})
	}
	return all
}

func sarif(t *testing.T, r *report.Report, opts report.SARIFOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteSARIF(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	validate(t, b.Bytes())
	return b.String()
}

// validate holds a log to the schema that OASIS publishes, with its formats.
func validate(t *testing.T, log []byte) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "sarif", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	const id = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	if err := c.AddResource(id, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(instance); err != nil {
		t.Errorf("the log does not meet the SARIF schema: %v", err)
	}
}

// The parts of a log that tests ask for.
type (
	sarifLog struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					SemanticVersion string
					Rules           []sarifRule
					Notifications   []struct{ ID string }
				}
			}
			Invocations []struct {
				ToolExecutionNotifications []struct {
					Descriptor     sarifRef
					AssociatedRule *sarifRef
					Message        struct{ Text string }
					Locations      []sarifPlace
				}
			}
			Results []sarifFinding
		}
	}
	sarifRule struct {
		ID, HelpURI                             string
		ShortDescription, FullDescription, Help struct{ Text, Markdown string }
		DefaultConfiguration                    struct{ Level string }
		Properties                              struct {
			Tags     []string
			Property string
		}
	}
	sarifRef struct {
		ID    string
		Index int
	}
	sarifFinding struct {
		RuleID, Kind, Level         string
		RuleIndex                   int
		Message                     struct{ Text string }
		Locations, RelatedLocations []sarifPlace
		PartialFingerprints         map[string]string
		Fixes                       []struct {
			ArtifactChanges []struct {
				ArtifactLocation struct{ URI string }
				Replacements     []struct {
					DeletedRegion   sarifSpan
					InsertedContent struct{ Text string }
				}
			}
		}
		Suppressions []struct {
			Kind, Justification string
			Location            *sarifPlace
		}
		Properties struct {
			Services, Workloads []string
			Status              string
		}
	}
	sarifPlace struct {
		ID               int
		PhysicalLocation struct {
			ArtifactLocation struct{ URI, URIBaseID string }
			Region           *sarifSpan
		}
	}
	sarifSpan struct{ StartLine, StartColumn, EndLine, EndColumn int }
)

func parseSARIF(t *testing.T, text string) sarifLog {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs", len(log.Runs))
	}
	return log
}

func TestSARIFGolden(t *testing.T) {
	r := report.Build(shop())
	golden(t, "shop.sarif", sarif(t, r, report.SARIFOptions{Rules: shopRules(), Source: read, Dir: "services/shop"}))
	golden(t, "shop.all.sarif", sarif(t, r, report.SARIFOptions{Rules: shopRules(), Source: read, All: true}))
	empty := report.Build(report.Outcome{ToolName: "cnready", Version: "devel"})
	golden(t, "empty.sarif", sarif(t, empty, report.SARIFOptions{}))
}

// TestSARIFCounts: a log for code scanning has what counts and nothing else, for
// GitHub shows every result as an open alert; one with everything says of each other
// finding why it does not count.
func TestSARIFCounts(t *testing.T) {
	r := report.Build(shop())
	for _, f := range parseSARIF(t, sarif(t, r, report.SARIFOptions{Source: read})).Runs[0].Results {
		if f.Properties.Status != "open" || f.Kind != "" || f.Suppressions != nil {
			t.Errorf("%s is %s of kind %q with suppressions %v", f.RuleID, f.Properties.Status, f.Kind, f.Suppressions)
		}
	}
	got := map[string]string{}
	for _, f := range parseSARIF(t, sarif(t, r, report.SARIFOptions{Source: read, All: true})).Runs[0].Results {
		if f.Suppressions == nil {
			t.Errorf("%s has no list of suppressions, others have", f.RuleID)
		}
		said := f.Kind + " " + f.Level
		for _, s := range f.Suppressions {
			said += " " + s.Kind + ": " + s.Justification
			if s.Location != nil {
				said += fmt.Sprintf(" (%s:%d)", s.Location.PhysicalLocation.ArtifactLocation.URI, s.Location.PhysicalLocation.Region.StartLine)
			}
		}
		if f.Properties.Status != "open" {
			got[f.Properties.Status+" "+f.RuleID] = said
		}
	}
	want := map[string]string{
		"cleared diskwrite":         "pass none",
		"suppressed loopbacklisten": " error inSource: runs beside its proxy on a VM (cmd/billing/main.go:6)",
		"baseline noprobes":         " note external: It was there before the baseline was taken.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings that do not count (-want +got):\n%s", diff)
	}
}

// TestSARIFRegions reads each region as a viewer would, by UTF-16 code units, and
// compares with the bytes that the finding stands on.
func TestSARIFRegions(t *testing.T) {
	r := report.Build(shop())
	byID := map[string]*report.Finding{}
	for i := range r.Findings {
		byID[r.Findings[i].ID] = &r.Findings[i]
	}
	beyondASCII := 0
	for _, got := range parseSARIF(t, sarif(t, r, report.SARIFOptions{Source: read, All: true})).Runs[0].Results {
		f := byID[got.PartialFingerprints["cnreadyFinding/v1"]]
		if f == nil || f.Rule != got.RuleID {
			t.Fatalf("no finding of %s has the fingerprint %v", got.RuleID, got.PartialFingerprints)
		}
		place := got.Locations[0].PhysicalLocation
		want := bytesAt(t, f.File, f.Line, f.Column, f.EndLine, f.EndColumn)
		if text := unitsAt(t, place.ArtifactLocation.URI, *place.Region); text != want {
			t.Errorf("%s is on %q, want %q", f.Rule, text, want)
		}
		if len(want) != len([]rune(want)) {
			beyondASCII++
		}
		for i, rel := range f.Related {
			l := got.RelatedLocations[i]
			want := bytesAt(t, rel.File, rel.Line, rel.Column, rel.EndLine, rel.EndColumn)
			if text := unitsAt(t, l.PhysicalLocation.ArtifactLocation.URI, *l.PhysicalLocation.Region); text != want {
				t.Errorf("%s is related to %q, want %q", f.Rule, text, want)
			}
			if link := fmt.Sprintf("](%d)", l.ID); !strings.Contains(got.Message.Text, link) {
				t.Errorf("the message of %s has no link %s to a related place: %s", f.Rule, link, got.Message.Text)
			}
		}
		for i, fix := range f.Fixes {
			changes := got.Fixes[i].ArtifactChanges
			if len(changes) != 1 || len(changes[0].Replacements) != len(fix.Edits) {
				t.Fatalf("the fix of %s has changes %v", f.Rule, changes)
			}
			for j, e := range fix.Edits {
				replaced := changes[0].Replacements[j]
				want := bytesAt(t, e.File, e.Line, e.Column, e.EndLine, e.EndColumn)
				if text := unitsAt(t, changes[0].ArtifactLocation.URI, replaced.DeletedRegion); text != want || replaced.InsertedContent.Text != e.NewText {
					t.Errorf("the fix of %s replaces %q by %q, want %q by %q", f.Rule, text, replaced.InsertedContent.Text, want, e.NewText)
				}
			}
		}
	}
	if beyondASCII == 0 {
		t.Error("no region goes over characters that are longer than a byte")
	}
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(string(data), "\n")
}

// bytesAt is a stretch by columns in bytes.
func bytesAt(t *testing.T, file string, line, column, endLine, endColumn int) string {
	t.Helper()
	all := lines(t, file)
	start := len(strings.Join(all[:line-1], "")) + column - 1
	end := len(strings.Join(all[:endLine-1], "")) + endColumn - 1
	return strings.Join(all, "")[start:end]
}

// unitsAt is a stretch by columns in UTF-16 code units.
func unitsAt(t *testing.T, file string, s sarifSpan) string {
	t.Helper()
	all := lines(t, file)
	units := func(text string) []uint16 { return utf16.Encode([]rune(text)) }
	start := len(units(strings.Join(all[:s.StartLine-1], ""))) + s.StartColumn - 1
	end := len(units(strings.Join(all[:s.EndLine-1], ""))) + s.EndColumn - 1
	return string(utf16.Decode(units(strings.Join(all, ""))[start:end]))
}

// TestSARIFPlaces: files are named by URI references from the repository's root.
func TestSARIFPlaces(t *testing.T) {
	for _, tt := range []struct{ dir, file, uri, base string }{
		{"", "main.go", "main.go", "%SRCROOT%"},
		{".", "cmd/a/main.go", "cmd/a/main.go", "%SRCROOT%"},
		{"services/shop", "main.go", "services/shop/main.go", "%SRCROOT%"},
		{"services/shop", "../../deploy/shop.yaml", "deploy/shop.yaml", "%SRCROOT%"},
		{"", "../deploy/shop.yaml", "../deploy/shop.yaml", ""},
		{"shop", "../../deploy/shop.yaml", "../deploy/shop.yaml", ""},
		{"", "a b/100%/ü#?.go", "a%20b/100%25/%C3%BC%23%3F.go", "%SRCROOT%"},
		{"", "c:d.go", "c%3Ad.go", "%SRCROOT%"},
	} {
		o := report.Outcome{Loose: fails(barepod, finding.Finding{Position: finding.Position{File: tt.file}, Message: "m"})}
		log := parseSARIF(t, sarif(t, report.Build(o), report.SARIFOptions{Dir: tt.dir}))
		place := log.Runs[0].Results[0].Locations[0].PhysicalLocation
		if got := place.ArtifactLocation; got.URI != tt.uri || got.URIBaseID != tt.base {
			t.Errorf("%s in %q is %s of %q, want %s of %q", tt.file, tt.dir, got.URI, got.URIBaseID, tt.uri, tt.base)
		}
		if place.Region == nil || place.Region.StartLine != 1 {
			t.Errorf("%s as a whole has region %v; GitHub wants a line", tt.file, place.Region)
		}
	}
}

// TestSARIFUnreadable: without its source, a place has no columns that might be
// wrong, and a fix that cannot be placed is none.
func TestSARIFUnreadable(t *testing.T) {
	log := parseSARIF(t, sarif(t, report.Build(shop()), report.SARIFOptions{All: true}))
	for _, f := range log.Runs[0].Results {
		if r := f.Locations[0].PhysicalLocation.Region; r.StartColumn > 1 || r.StartLine == 0 {
			t.Errorf("%s has region %+v", f.RuleID, *r)
		}
		if len(f.Fixes) > 0 && f.Fixes[0].ArtifactChanges[0].Replacements[0].DeletedRegion.StartColumn != 1 {
			t.Errorf("%s has a fix at a column that cannot be known", f.RuleID)
		}
	}
}

// TestSARIFRules: all rules are there, with what GitHub asks for, and each result
// points to its own, even one of a rule that nobody has listed.
func TestSARIFRules(t *testing.T) {
	o := shop()
	own := rule("team-annotation", finding.DynamicallyManaged, finding.Note)
	o.Loose = append(o.Loose, fails(own, finding.Finding{Position: at("deploy/proxy.yaml", "proxy"), Message: "see [the page](1) on {0}"})...)
	log := parseSARIF(t, sarif(t, report.Build(o), report.SARIFOptions{Rules: shopRules(), Source: read}))
	driver := log.Runs[0].Tool.Driver
	if driver.SemanticVersion != "0.1.0" || len(driver.Rules) != len(shopRules())+1 {
		t.Errorf("version %q, %d rules", driver.SemanticVersion, len(driver.Rules))
	}
	for _, r := range driver.Rules {
		if r.ShortDescription.Text == "" || r.FullDescription.Text == "" || r.Help.Text == "" || r.DefaultConfiguration.Level == "" ||
			!strings.HasPrefix(r.HelpURI, "https://") || r.Properties.Property == "" || len(r.Properties.Tags) != 2 {
			t.Errorf("the rule lacks something: %+v", r)
		}
	}
	if r := driver.Rules[0]; r.FullDescription.Text != "What barepod is about. Why it matters." || r.Help.Markdown != "# barepod\n\nWhy it matters.\n" ||
		!slices.Equal(r.Properties.Tags, []string{"cloud-native", "dynamically-managed"}) || r.DefaultConfiguration.Level != "error" {
		t.Errorf("the rule is described as %+v", r)
	}
	for _, f := range log.Runs[0].Results {
		if driver.Rules[f.RuleIndex].ID != f.RuleID {
			t.Errorf("%s points to %s", f.RuleID, driver.Rules[f.RuleIndex].ID)
		}
		if f.RuleID == own.Name && f.Message.Text != "see [the page] (1) on {0}" {
			t.Errorf("text of a file became a link: %s", f.Message.Text)
		}
	}
	var told []string
	for _, n := range log.Runs[0].Invocations[0].ToolExecutionNotifications {
		if n.Descriptor.ID != driver.Notifications[n.Descriptor.Index].ID {
			t.Errorf("a notification points to %s, want %s", driver.Notifications[n.Descriptor.Index].ID, n.Descriptor.ID)
		}
		if r := n.AssociatedRule; r != nil && driver.Rules[r.Index].ID != r.ID {
			t.Errorf("a notification points to the rule %s, want %s", driver.Rules[r.Index].ID, r.ID)
		}
		told = append(told, n.Descriptor.ID+": "+n.Message.Text)
	}
	for _, want := range []string{
		"not-analyzed: deploy/values.yaml was not analyzed, or only in part (line 3 is no YAML: mapping values are not allowed here)",
		"cannot-tell: It could not be told whether probepath holds for billing: routes are registered with a path that is computed",
	} {
		if !slices.Contains(told, want) {
			t.Errorf("there is no notification %q in %q", want, told)
		}
	}
}

// TestSARIFLimits: what is more than GitHub takes is left out from the lightest
// side, and that is said.
func TestSARIFLimits(t *testing.T) {
	const results, related = 25_000, 100
	r := report.Build(report.Outcome{})
	for i := range results + 7 {
		severity := "note"
		if i >= results-3 {
			severity = "error"
		}
		r.Findings = append(r.Findings, report.Finding{
			ID: fmt.Sprint(i), Rule: "r", Severity: severity, Status: "open", File: "a.go", Line: i + 1, Message: strings.Repeat("m", i%3+1),
		})
	}
	for i := range related + 5 {
		r.Findings[0].Related = append(r.Findings[0].Related, report.Related{File: "b.go", Line: i + 1, Message: "m"})
	}
	var b bytes.Buffer
	if err := report.WriteSARIF(&b, r, report.SARIFOptions{}); err != nil {
		t.Fatal(err)
	}
	run := parseSARIF(t, b.String()).Runs[0]
	if len(run.Results) != results || len(run.Results[0].RelatedLocations) != related {
		t.Errorf("%d results, the first with %d related locations", len(run.Results), len(run.Results[0].RelatedLocations))
	}
	errors := 0
	for i, f := range run.Results {
		if f.Level == "error" {
			errors++
		}
		if i > 0 && f.Locations[0].PhysicalLocation.Region.StartLine < run.Results[i-1].Locations[0].PhysicalLocation.Region.StartLine {
			t.Fatal("the results are not in their order")
		}
	}
	notes := run.Invocations[0].ToolExecutionNotifications
	if errors != 10 || len(notes) != 1 || !strings.HasPrefix(notes[0].Message.Text, "7 findings of lesser severity are left out") {
		t.Errorf("%d errors are left, and it is said %v", errors, notes)
	}
}

func TestSARIFDeterministic(t *testing.T) {
	write := func(o report.Outcome) string {
		return sarif(t, report.Build(o), report.SARIFOptions{Rules: shopRules(), Source: read, All: true})
	}
	want := write(shop())
	for seed := range int64(5) {
		r := rand.New(rand.NewSource(seed))
		o := shop()
		shuffle(r, o.Services)
		for i := range o.Services {
			shuffle(r, o.Services[i].Results)
		}
		shuffle(r, o.Loose)
		shuffle(r, o.NotAnalyzed)
		if diff := cmp.Diff(want, write(o)); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}
