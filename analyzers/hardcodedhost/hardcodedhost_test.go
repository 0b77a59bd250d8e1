package hardcodedhost

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// One package at a time, as go vet sees it.
func TestAnalyzer(t *testing.T) {
	results := analysistest.Run(t, analysistest.TestData(), Analyzer, "wrong/...", "mended/...", "silent/...")
	related := 0
	for _, r := range results {
		for _, d := range r.Diagnostics {
			for _, rel := range d.Related {
				related++
				if !strings.HasSuffix(rel.Message, " connects to it here") || rel.Pos == d.Pos {
					t.Errorf("%s: %s", d.Message, rel.Message)
				}
			}
		}
	}
	// The calls of rates, of the Redis options and of payments.
	if related != 3 {
		t.Errorf("%d related places, want 3", related)
	}
}

// The whole program, as the command sees it.
func TestPrograms(t *testing.T) {
	results := coderuletest.Run(t, "testdata", Rule)
	for name, rs := range results {
		for _, r := range rs {
			if r.Severity != finding.Error || r.Subject == "" {
				t.Errorf("%s: severity %v, subject %q", name, r.Severity, r.Subject)
			}
		}
	}
	f := results["field"]
	if len(f) == 0 {
		t.Fatal("the program field has no answer")
	}
	for _, r := range f {
		// Literal in one package, call in another line: both halves are there.
		if r.Verdict == finding.Fails && r.Finding.Position.File == "client/client.go" &&
			(len(r.Finding.Related) != 1 || r.Finding.Related[0].Line != 14) {
			t.Errorf("related: %+v", r.Finding.Related)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text  string
		open  bool
		host  string
		whole bool
	}{
		{"https://api.example.com/v1", false, "api.example.com", true},
		{"https://api.example.com/v1?q=", true, "api.example.com", true},
		{"https://api.example.com", false, "api.example.com", true},
		{"https://api.example.com", true, "api.example.com", false},
		{"https://api.example.com:", true, "api.example.com", true},
		{"https://user:pw@api.example.com:443/", false, "api.example.com", true},
		{"https://[2001:db8::1]:443/", false, "2001:db8::1", true},
		{"https://", true, "", false},
		{"postgres://app:", true, "", false},
		{"postgres:///shop", false, "", true},
		{"dns:///api.example.com:443", false, "api.example.com", true},
		{"passthrough:///bufnet", false, "bufnet", true},
		{"xds:///orders", false, "", true},
		{"unix:///run/app.sock", false, "", true},
		{"unix:/run/app.sock", false, "unix", true},
		{"file:///etc/app.db", false, "", true},
		{"redis.example.com:6379", false, "redis.example.com", true},
		{"2001:db8::1", false, "2001:db8::1", true},
		{":8080", false, "", true},
		{"/v1/users", false, "", true},
		{"app:pw@tcp(db.example.com:3306)/shop", false, "db.example.com", true},
		{"app:pw@tcp(", true, "", false},
		{"app:pw@tcp(db.example.com:3306", true, "db.example.com", false},
		{"app:pw@unix(/run/mysqld.sock)/shop", false, "unix(", true},
		{"user=app host=db.example.com dbname=shop", false, "db.example.com", true},
		{"user=app host=", true, "", false},
		{"user=app dbname=shop", false, "", true},
		{"server=db.example.com;user id=sa", false, "db.example.com", true},
		{"", false, "", true},
	} {
		host, whole := cut(tt.text, tt.open)
		if host != tt.host || whole != tt.whole {
			t.Errorf("%q (open %v): got %q %v, want %q %v", tt.text, tt.open, host, whole, tt.host, tt.whole)
		}
	}
}

func TestForeign(t *testing.T) {
	for name, want := range map[string]bool{
		"api.example.com": true, "API.Example.COM.": true, "cart": true, "my_service": true, "10.0.0.1": true, "2001:db8::1": true,
		"": false, "localhost": false, "app.localhost": false, "127.0.0.1": false, "127.1.2.3": false, "::1": false,
		"0.0.0.0": false, "::": false, "169.254.169.254": false, "fe80::1": false, "metadata.google.internal": false,
		"unix(": false, "%s": false, "{host}": false, "a b": false, "*": false, "-": false, "a..b": false,
	} {
		if got := foreign(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
}

// However many alternatives an address has, judging it ends and tells nothing
// wrong.
func TestManyAlternatives(t *testing.T) {
	var hosts, paths []*effects.Value
	for i := range 60 {
		hosts = append(hosts, effects.Lit(strings.Repeat("h", i+1)+".example.com", finding.Position{}))
		paths = append(paths, effects.Lit(strings.Repeat("/p", i+1), finding.Position{}))
	}
	v := effects.ConcatOf(effects.ChoiceOf(hosts...), effects.ChoiceOf(paths...))
	if found, verdict := hostsOf(v); verdict != finding.CannotTell || len(found) != 0 {
		t.Errorf("verdict %v with %d hosts", verdict, len(found))
	}
}
