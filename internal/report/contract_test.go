package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
)

// goAt is a place in a Go file.
func goAt(line int) finding.Position { return finding.Position{File: "main.go", Line: line, Column: 1} }

func lit(text string) *effects.Value { return effects.Lit(text, goAt(1)) }

func envVar(name string) *effects.Value { return &effects.Value{Kind: effects.Env, Text: name} }

// effect makes one, with values by name: "path", v, "method", w.
func effect(kind effects.EffectKind, api string, line int, values ...any) effects.Instance {
	e := effects.Instance{Kind: kind, API: api, At: goAt(line)}
	for i := 0; i < len(values); i += 2 {
		v, ok := values[i+1].(*effects.Value)
		if !ok {
			v = lit(values[i+1].(string))
		}
		e.Names, e.Values = append(e.Names, values[i].(string)), append(e.Values, v)
	}
	return e
}

func contractOf(list ...effects.Instance) report.Contract {
	return report.ContractOf(&effects.Contract{Effects: list})
}

func TestContractEnv(t *testing.T) {
	flagged := effects.ChoiceOf(envVar("TIMEOUT"), &effects.Value{Kind: effects.Flag, Text: "timeout", Args: []*effects.Value{nil, lit("90000000000")}})
	c := contractOf(
		effect(effects.ReadEnv, "os.Getenv", 1, "name", "PORT"),
		effect(effects.ReadEnv, "os.Getenv", 1, "name", "PORT", "default", "80"), // same place
		effect(effects.ReadEnv, "os.Getenv", 9, "name", "PORT"),
		effect(effects.ReadEnv, "env.Parse", 2, "name", &effects.Value{Kind: effects.List, Args: []*effects.Value{lit("A"), lit("B")}}, "by", "library"),
		effect(effects.ReadEnv, "runtime.Start", 3, "name", "GOMEMLIMIT", "by", "runtime"),
		effect(effects.ReadEnv, "os.Getenv", 4, "name", envVar("NAME_OF_IT")), // no name is known
		effect(effects.ReadEnv, "os.Getenv", 5, "name", "TOKEN"),
		effect(effects.Require, "log.Fatal", 6, "name", "TOKEN"),
		effect(effects.Require, "env.Parse", 7, "name", "DSN", "by", "library"),
		effect(effects.DefFlag, "flag.Duration", 8, "name", "timeout", "default", "90000000000", "env", "TIMEOUT"),
		effect(effects.Listen, "net.Listen", 9, "address", effects.ChoiceOf(envVar("ADDR"), lit(":80"))),
		effect(effects.ReadEnv, "os.Getenv", 10, "name", "ADDR"),
		effect(effects.ReadEnv, "os.Getenv", 11, "name", "TIMEOUT"),
		effect(effects.Dial, "net.Dial", 12, "address", flagged),
	)
	var got []string
	for _, e := range c.Env {
		def := "-"
		if e.Default != nil {
			def = *e.Default
		}
		got = append(got, fmt.Sprintf("%s %v %s %s %d", e.Name, e.Required, def, e.ReadBy, e.Line))
	}
	want := []string{
		"PORT false 80 code 1", "PORT false - code 9", "A false - library 2", "B false - library 2", "GOMEMLIMIT false - runtime 3",
		"TOKEN true - code 5", "TIMEOUT false 1m30s library 8", "ADDR false :80 code 10", "TIMEOUT false 1m30s code 11", "DSN true - library 7",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("env (-want +got):\n%s", diff)
	}
	if d := c.Flags[0].Default; d == nil || *d != "1m30s" {
		t.Errorf("the duration is %v", d)
	}
}

func TestContractRoutes(t *testing.T) {
	for _, tt := range []struct {
		api, protocol string
		method, path  any
		role          string
		want          string
	}{
		{"http.HandleFunc", "http", "", "GET /orders/{id}", "", "GET /orders/{id}"},
		{"http.HandleFunc", "http", "", "shop.example/x", "", " shop.example/x"},
		{"http.HandleFunc", "http", "", "shop.example/healthz", "", " shop.example/healthz health"},
		{"gin.Engine.GET", "http", "get", "users/x", "", "GET /users/x"},
		{"gin.Engine.Any", "http", "ANY", "", "", " /"},
		{"chi.Mux.Get", "http", "GET", envVar("BASE"), "", "GET $BASE"},
		{"chi.Mux.Get", "http", "GET", effects.ConcatOf(envVar("BASE"), lit("/_healthz")), "", "GET /_healthz health"},
		{"chi.Mux.Get", "http", "GET", effects.ConcatOf(effects.Unresolved("x", goAt(1)), lit("/healthz")), "", "GET */healthz health"},
		{"x.Handle", "http", "", "/live", "health", " /live health"},
		{"x.Handle", "http", "", "/admin", "health", " /admin health"},
		{"x.Handle", "http", "", "/admin", "boss", " /admin"},
		{"grpc", "grpc", "", "grpc.health.v1.Health", "", " grpc.health.v1.Health health"},
		{"grpc", "grpc", "", "shop.v1.Orders", "", " shop.v1.Orders"},
	} {
		values := []any{"protocol", tt.protocol, "method", tt.method, "path", tt.path}
		if tt.role != "" {
			values = append(values, "role", tt.role)
		}
		r := contractOf(effect(effects.Route, tt.api, 1, values...)).Routes[0]
		if got := strings.TrimRight(r.Method+" "+r.Path+" "+r.Role, " "); got != tt.want {
			t.Errorf("%s %v: got %q, want %q", tt.api, tt.path, got, tt.want)
		}
	}
}

func TestRoles(t *testing.T) {
	for role, paths := range map[string][]string{
		"health": {
			"/healthz", "/health", "/livez", "/readyz", "/startupz", "/ping", "/live", "/ready", "/_healthz", "/__health", "/api/health",
			"/api/v1/ping", "/v1/health", "/actuator/health", "/actuator/health/liveness", "/health/live", "/health/ready", "/-/healthy",
			"/-/ready", "/orders/healthz", "/healthz/", "/healthz/{$}",
		},
		"metrics":   {"/metrics", "/prometheus", "/actuator/prometheus", "/internal/metrics"},
		"profiling": {"/debug/pprof/", "/debug/pprof/heap", "/debug/fgprof", "/x/debug/pprof/*"},
		// Words that are names of other things too, and what is about a part.
		"": {"/", "/status", "/games/live", "/orders/ready", "/users/{id}/health", "/users/:id/metrics", "/healthzx", "/livestream", "/prometheus/rules"},
	} {
		for _, p := range paths {
			if r := contractOf(effect(effects.Route, "x.Get", 1, "path", p)).Routes[0]; r.Role != role {
				t.Errorf("%s has the role %q, want %q", p, r.Role, role)
			}
		}
	}
	// Who asks how a service is, only reads.
	if r := contractOf(effect(effects.Route, "x.Post", 1, "path", "/health", "method", "POST")).Routes[0]; r.Role != "" {
		t.Errorf("POST /health has the role %q", r.Role)
	}
}

func TestContractAddresses(t *testing.T) {
	for _, tt := range []struct {
		e    effects.Instance
		want string // host, port, expression
	}{
		{effect(effects.Listen, "x", 1, "address", ":8080"), ` 8080 ":8080"`},
		{effect(effects.Listen, "x", 1, "port", effects.ChoiceOf(envVar("PORT"), lit("80"))), ` 80 ":" + (env PORT | "80")`},
		{effect(effects.Listen, "x", 1, "host", "::1", "port", "80"), `::1 80 "[::1]:80"`},
		{effect(effects.Listen, "x", 1, "host", envVar("HOST"), "port", "80"), ` 80 env HOST + ":80"`},
		{effect(effects.Listen, "x", 1), `  `},
	} {
		l := contractOf(tt.e).Listens[0]
		port := ""
		if l.Port != nil {
			port = fmt.Sprint(*l.Port)
		}
		if got := l.Host + " " + port + " " + l.Expression; got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	d := contractOf(effect(effects.Dial, "x", 1, "host", envVar("DB_HOST"), "port", "5432")).Dials[0]
	if d.Address != ":5432" || d.Expression != `env DB_HOST + ":5432"` || len(d.From) == 0 || d.From[0].Name != "DB_HOST" {
		t.Errorf("%+v", d)
	}
}

func TestContractShutdown(t *testing.T) {
	notify := effect(effects.Signal, "signal.Notify", 1, "signals", "15")
	late := effect(effects.Drain, "http.Server.Shutdown", 5)
	late.Late = true
	for name, tt := range map[string]struct {
		effects []effects.Instance
		want    string
	}{
		"none":          {nil, "none"},
		"bounded":       {[]effects.Instance{notify, effect(effects.Drain, "a", 2, "timeout", "5000000000"), effect(effects.Drain, "b", 3, "timeout", "1500000000")}, "5"},
		"by default":    {[]effects.Instance{notify, effect(effects.Drain, "a", 2, "timeout", effects.ChoiceOf(envVar("T"), lit("1m30s")))}, "90"},
		"one unbounded": {[]effects.Instance{notify, effect(effects.Drain, "a", 2, "timeout", "5000000000"), effect(effects.Drain, "b", 3)}, "unknown"},
		"not resolved":  {[]effects.Instance{notify, effect(effects.Drain, "a", 2, "timeout", effects.Unresolved("x", goAt(1)))}, "unknown"},
		"late":          {[]effects.Instance{notify, effect(effects.Drain, "a", 2, "timeout", "5000000000"), late}, "5"},
		"zero":          {[]effects.Instance{notify, effect(effects.Drain, "a", 2, "timeout", "0")}, "unknown"},
		"no drain":      {[]effects.Instance{notify}, "unknown"},
	} {
		s, got := contractOf(tt.effects...).Shutdown, "none"
		switch {
		case s != nil && s.TimeoutSeconds != nil:
			got = fmt.Sprint(*s.TimeoutSeconds)
		case s != nil:
			got = "unknown"
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

func TestContractUses(t *testing.T) {
	c := contractOf(
		effect(effects.Timezone, "time.LoadLocation", 1, "name", "Europe/Berlin"),
		effect(effects.Timezone, "time.LoadLocation", 2, "name", effects.Unresolved("x", goAt(1))),
		effect(effects.Memory, "cache.New", 3, "what", "a cache"),
		effect(effects.Memory, "cache.New", 3, "what", "a cache"),
		effect(effects.Serverless, "lambda.Start", 4),
		effect(effects.Temp, "os.CreateTemp", 5, "dir", ""),
		effect(effects.Archive, "unzip.Extract", 6),
		effect(effects.Close, "http.Server.Close", 7),
	)
	want := []report.Use{
		{Kind: "timezone", What: "Europe/Berlin", File: "main.go", Line: 1}, {Kind: "timezone", What: "time.LoadLocation", File: "main.go", Line: 2},
		{Kind: "memory", What: "a cache", File: "main.go", Line: 3}, {Kind: "function", What: "lambda.Start", File: "main.go", Line: 4},
		{Kind: "temp", What: "os.CreateTemp", File: "main.go", Line: 5}, {Kind: "archive", What: "unzip.Extract", File: "main.go", Line: 6},
	}
	if diff := cmp.Diff(want, c.Uses); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
}
