package rulepage

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/suppression"
)

const pages = "../../docs/rules"

func TestUpToDate(t *testing.T) {
	files := Files()
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(pages, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/rules/%s is not what the rule says (%v): run go generate ./internal/rulepage", name, err)
		}
	}
	there, err := filepath.Glob(filepath.Join(pages, "*.md"))
	if err != nil || len(there) != len(files) {
		t.Errorf("docs/rules has %d pages, want %d (%v): run go generate ./internal/rulepage", len(there), len(files), err)
	}
}

// TestRules asks of every rule what its page and the reports rest on.
func TestRules(t *testing.T) {
	entries := all()
	if len(entries) < 10 {
		t.Fatalf("there are %d rules", len(entries))
	}
	seen := map[string]bool{}
	for _, e := range entries {
		r := e.rule
		summary, text := r.Summary(), r.Text()
		switch {
		case seen[r.Name]:
			t.Errorf("%s: there are two rules of that name", r.Name)
		case r.Name == "" || strings.ToLower(r.Name) != r.Name || strings.ContainsAny(r.Name, " -_"):
			t.Errorf("%s: the name is not one lower-case word", r.Name)
		case e.looksAt == "" || r != suppression.Rule && r.Property.Title() == string(r.Property) || r.Severity.Weight() == 0:
			t.Errorf("%s: property, severity or what it looks at is missing", r.Name)
		case summary == "" || strings.HasSuffix(summary, ".") || strings.HasPrefix(summary, r.Name):
			t.Errorf("%s: the summary is %q; want a phrase without a period", r.Name, summary)
		case !strings.Contains(text, "Fails") || !strings.Contains(text, "\n\t"):
			t.Errorf("%s: the doc shows no example of what fails", r.Name)
		}
		seen[r.Name] = true
	}
}

func TestMarkdown(t *testing.T) {
	r := &finding.Rule{
		Name: "openport", Property: finding.ContainerPackaged, Severity: finding.Note,
		Doc: `openport: a port stands open

Property: container packaged. Severity: note.

A port <below> 1024
is open:

  - one
  - two

# Fails

	EXPOSE 80`,
	}
	want := generated + `# openport

A port stands open.

| property | severity |
|---|---|
| container packaged | note |

A port \<below> 1024 is open:

  - one
  - two

## Fails

	EXPOSE 80
`
	if diff := cmp.Diff(want, Markdown(r)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
