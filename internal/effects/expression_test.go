package effects_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

func TestExpression(t *testing.T) {
	var at finding.Position
	lit := func(s string) *effects.Value { return effects.Lit(s, at) }
	named := func(k effects.Kind, name string, fallback ...*effects.Value) *effects.Value {
		return &effects.Value{Kind: k, Args: append([]*effects.Value{lit(name)}, fallback...)}
	}
	env := func(name string) *effects.Value { return named(effects.Env, name) }
	of := func(k effects.Kind, args ...*effects.Value) *effects.Value {
		return &effects.Value{Kind: k, Args: args}
	}
	unknown := effects.Unresolved("comes from the network", at)
	for _, tt := range []struct {
		value *effects.Value
		want  string
	}{
		{nil, ""},
		{lit("8080"), `"8080"`},
		{lit(""), `""`},
		{lit("a\n\"b\""), `"a\n\"b\""`},
		{env("PORT"), "env PORT"},
		{of(effects.Env, effects.ConcatOf(env("PREFIX"), lit("_PORT"))), `env (env PREFIX + "_PORT")`},
		{of(effects.Env), "env *"},
		{named(effects.Flag, "port", lit("8080")), `flag --port | "8080"`},
		{named(effects.Flag, "port", lit("")), "flag --port"},
		{named(effects.Flag, "port", env("PORT")), "flag --port | env PORT"},
		{named(effects.Config, "server.port", lit("80")), `config server.port | "80"`},
		// What is configured stands before what is taken without it, whatever
		// the order of the assignments.
		{effects.ChoiceOf(lit(":8080"), env("ADDR")), `env ADDR | ":8080"`},
		{effects.ChoiceOf(env("PORT"), named(effects.Flag, "port", lit("8080")), lit("8080")), `env PORT | flag --port | "8080"`},
		{effects.ChoiceOf(lit(""), env("URL")), "env URL"},
		{effects.ChoiceOf(lit("a"), lit("")), `"a" | ""`},
		{effects.ChoiceOf(unknown, lit("a"), env("A")), `env A | "a" | *`},
		{effects.ChoiceOf(effects.WhenOf(lit("https"), effects.TestOf("set", env("TLS"))), lit("http")), `"https" | "http"`},
		{effects.ConcatOf(env("BASE_URL"), lit("/_healthz")), `env BASE_URL + "/_healthz"`},
		{effects.ConcatOf(effects.ChoiceOf(env("BASE_URL"), lit("/x")), lit("/_healthz")), `(env BASE_URL | "/x") + "/_healthz"`},
		{of(effects.Join, named(effects.Flag, "data", lit("/data")), unknown), `join(flag --data | "/data", *)`},
		{of(effects.Join, lit("/api"), lit("/users")), `"/api/users"`},
		{of(effects.Contents, of(effects.Join, env("DIR"), lit("token"))), `contents(join(env DIR, "token"))`},
		{of(effects.HostPort, lit("::1"), env("PORT")), `"[::1]:" + env PORT`},
		{of(effects.HostPort, lit("localhost"), lit("80")), `"localhost:80"`},
		{of(effects.HostPort, env("HOST"), effects.ChoiceOf(env("PORT"), lit("80"))), `env HOST + ":" + (env PORT | "80")`},
		{of(effects.List, lit("a"), env("B")), `["a", env B]`},
		{of(effects.Spread, env("B")), "env B..."},
		{&effects.Value{Kind: effects.System, Text: "hostname"}, "os.Hostname()"},
		{&effects.Value{Kind: effects.Param, Text: "m.f"}, "*"},
		{of(effects.Concat, nil, lit("x")), `* + "x"`},
	} {
		if got := tt.value.Expression(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// TestExpressionIsBounded: neither many parts, nor deep or long ones make a line
// that nobody reads.
func TestExpressionIsBounded(t *testing.T) {
	var at finding.Position
	lit := func(s string) *effects.Value { return effects.Lit(s, at) }
	long := lit(strings.Repeat("ä", 5000))
	var many []*effects.Value
	deep := lit("x")
	for i := range 60 {
		many = append(many, lit(fmt.Sprintf("value %d", i)))
		deep = &effects.Value{Kind: effects.Join, Args: []*effects.Value{deep, {Kind: effects.Env, Text: fmt.Sprintf("V%d", i)}}}
	}
	for name, v := range map[string]*effects.Value{
		"a long literal":   long,
		"many choices":     effects.ChoiceOf(many...),
		"many parts":       {Kind: effects.List, Args: many},
		"nested":           deep,
		"long and nested":  {Kind: effects.Join, Args: []*effects.Value{long, deep, long, long, long, deep}},
		"a long name":      {Kind: effects.Env, Text: strings.Repeat("N", 9000)},
		"choices in parts": effects.ConcatOf(effects.ChoiceOf(many...), lit("/"), effects.ChoiceOf(many...)),
	} {
		got := v.Expression()
		if len(got) > 800 || !strings.Contains(got, "…") || strings.Contains(got, "�") {
			t.Errorf("%s: %d bytes: %s", name, len(got), got)
		}
	}
}
