package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFixDockerfile applies the fixes of a Dockerfile and its ignore file: the findings
// are gone, and nothing else has changed.
func TestFixDockerfile(t *testing.T) {
	dockerfile := `# syntax=docker/dockerfile:1
FROM golang:1.26 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /clock .

FROM scratch
COPY . /srv
COPY --from=build /clock /clock
EXPOSE 8080
# It tells the time.
ENTRYPOINT ["/clock"]
`
	program := `package main

import (
	"context"
	"io"
	"net/http"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	client := &http.Client{Timeout: time.Second}
	http.HandleFunc("GET /time", func(w http.ResponseWriter, r *http.Request) {
		resp, err := client.Get("https://time.example.com/now")
		if err == nil {
			defer resp.Body.Close()
			io.Copy(w, resp.Body)
		}
		io.WriteString(w, time.Now().In(zone).String())
	})
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second}
	go func() { <-ctx.Done(); server.Shutdown(context.Background()) }()
	server.ListenAndServe()
}
`
	for _, tt := range []struct{ name, end string }{{"unix", "\n"}, {"windows", "\r\n"}} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{
				"go.mod": "module example.com/clock\n\ngo 1.26\n", "main.go": program,
				"Dockerfile":    strings.ReplaceAll(dockerfile, "\n", tt.end),
				".dockerignore": "*.md", ".gitignore": ".env\n",
			})
			rules := []string{"rootuser", "missingcacerts", "missingtzdata", "buildcontextleak"}
			for _, rule := range rules {
				if !finds(t, dir, rule) {
					t.Errorf("%s finds nothing", rule)
				}
			}
			cmd := newCommand()
			cmd.SetArgs([]string{"fix", "--rule", strings.Join(rules, ","), dir})
			cmd.SetOut(&strings.Builder{})
			if err := cmd.Execute(); err != nil {
				t.Fatal(err)
			}
			for _, rule := range rules {
				if finds(t, dir, rule) {
					t.Errorf("%s still finds something", rule)
				}
			}
			want := strings.Replace(dockerfile, "# It tells", "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\n"+
				"COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip\nENV ZONEINFO=/zoneinfo.zip\nUSER 65532:65532\n# It tells", 1)
			if got := read(t, dir, "Dockerfile"); got != strings.ReplaceAll(want, "\n", tt.end) {
				t.Errorf("Dockerfile:\n%s", got)
			}
			if got := read(t, dir, ".dockerignore"); got != "*.md\n.git\n.env\n" {
				t.Errorf(".dockerignore: %q", got)
			}
		})
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func finds(t *testing.T, dir, rule string) bool {
	t.Helper()
	r, err := check(context.Background(), dir, inputs{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.report.Findings {
		if f.Rule == rule && f.Status == "open" {
			return true
		}
	}
	return false
}
