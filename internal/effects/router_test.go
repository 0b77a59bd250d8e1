package effects

import (
	"slices"
	"testing"
)

func TestPathBelow(t *testing.T) {
	router := &Value{Kind: Router, Text: "main.go:3:7"}
	for _, tt := range []struct {
		name    string
		base, p *Value
		want    *Value
	}{
		{"no base", nil, lit("/x"), lit("/x")},
		{"no path", lit("/api"), nil, lit("/api")},
		{"neither", nil, nil, nil},
		{"below the root", lit("/"), lit("/x"), lit("/x")},
		{"below nothing", lit(""), lit("/x"), lit("/x")},
		{"the base itself", lit("/api"), lit(""), lit("/api")},
		{"literals", lit("/api"), lit("/x"), join(lit("/api"), lit("/x"))},
		{"a router", router, lit("/x"), join(router, lit("/x"))},
		{"joins are flattened", join(router, lit("/api")), join(lit("/v1"), env("P")), join(router, lit("/api"), lit("/v1"), env("P"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := PathBelow(tt.base, tt.p); got.Key() != tt.want.Key() {
				t.Errorf("got %s, want %s", got.Key(), tt.want.Key())
			}
		})
	}
}

func TestRouters(t *testing.T) {
	a, b := &Value{Kind: Router, Text: "a"}, &Value{Kind: Router, Text: "b"}
	v := ChoiceOf(join(a, lit("/x")), &Value{Kind: Strip, Args: []*Value{lit("/p"), b}}, lit("/y"))
	var got []string
	for _, r := range v.Routers() {
		got = append(got, r.Text)
	}
	if !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("routers %q", got)
	}
	if (*Value)(nil).Routers() != nil || lit("/x").Routers() != nil {
		t.Error("routers where there are none")
	}
}

// Sources stand in the order in which they are asked, each once, and a variable
// in a flag's default behind the flag.
func TestSourcesOrder(t *testing.T) {
	v := ChoiceOf(flagOf("port", ChoiceOf(env("PORT"), lit("80"))), env("HTTP_PORT"),
		ConcatOf(lit(":"), env("PORT")), configOf("port", lit("81")), WhenOf(lit("82"), TestOf("==", env("MODE"), lit("dev"))))
	var got []string
	for _, s := range v.Sources() {
		name, _ := s.Name()
		got = append(got, name)
	}
	if want := []string{"port", "PORT", "HTTP_PORT", ":", "port", "82"}; !slices.Equal(got, want) {
		t.Errorf("sources %q, want %q", got, want)
	}
}
