package effects

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
)

func lit(s string) *Value { return Lit(s, nowhere) }

func env(name string) *Value { return &Value{Kind: Env, Text: name} }

// flagOf and configOf are a flag and a config key with a default; nil is none.
func flagOf(name string, def *Value) *Value { return withDefault(Flag, name, def) }

func configOf(key string, def *Value) *Value { return withDefault(Config, key, def) }

func withDefault(kind Kind, name string, def *Value) *Value {
	v := &Value{Kind: kind, Text: name}
	if def != nil {
		v.Args = []*Value{lit(name), def}
	}
	return v
}

func join(args ...*Value) *Value { return &Value{Kind: Join, Args: args} }

func hostPort(host, port *Value) *Value { return &Value{Kind: HostPort, Args: []*Value{host, port}} }

func system(name string) *Value { return &Value{Kind: System, Text: name} }

func list(args ...*Value) *Value { return &Value{Kind: List, Args: args} }

func unknown(why string) *Value { return Unresolved(why, nowhere) }

func TestChoiceOf(t *testing.T) {
	if v := ChoiceOf(); v != nil {
		t.Errorf("a choice of nothing is %v", v)
	}
	if v := ChoiceOf(nil, nil); v != nil {
		t.Errorf("a choice of nils is %v", v)
	}
	if v := ChoiceOf(nil, lit("a"), lit("a")); v.Kind != Literal || v.Text != "a" {
		t.Errorf("one alternative twice is %s", v.Key())
	}
	v := ChoiceOf(lit("a"), ChoiceOf(env("B"), lit("a"), lit("c")), env("B"))
	if v.Kind != Choice || len(v.Args) != 3 || v.Args[1].Kind != Env || v.Args[2].Text != "c" {
		t.Errorf("flattened: %s", v.Key())
	}
	// Up to 64 alternatives are kept; more are unknown.
	var many []*Value
	for i := range 65 {
		many = append(many, lit(strconv.Itoa(i)))
	}
	if v := ChoiceOf(many[:64]...); v.Kind != Choice || len(v.Args) != 64 {
		t.Errorf("64 alternatives: kind %d", v.Kind)
	}
	if v := ChoiceOf(many...); v.Kind != Unknown || v.Resolved() {
		t.Errorf("65 alternatives: kind %d", v.Kind)
	}
}

// Values with different parts must not be taken for one.
func TestKeyTellsApart(t *testing.T) {
	values := []*Value{
		nil, lit(""), lit("a"), env("a"), flagOf("a", nil), flagOf("a", lit("x")), configOf("a", nil),
		ConcatOf(lit("a"), env("B")), join(lit("a"), env("B")), list(lit("a"), env("B")), list(lit("a,b")), list(lit("a"), lit("b")),
		list(lit("a)"), lit("b")), list(lit("a"), lit(")b")),
		{Kind: Param, Text: "f", Index: 1}, {Kind: Param, Text: "f", Index: -1}, {Kind: Param, Text: "f"},
		{Kind: Struct, Text: "T", Names: []string{"A"}, Args: []*Value{lit("x")}},
		{Kind: Struct, Text: "T", Names: []string{"B"}, Args: []*Value{lit("x")}},
		hostPort(lit("a"), lit("b")), unknown("a"), system("a"),
	}
	for i, v := range values {
		for j, w := range values {
			if (v.Key() == w.Key()) != (i == j) {
				t.Errorf("%d and %d: %q and %q", i, j, v.Key(), w.Key())
			}
		}
	}
	here := finding.Position{File: "a.go", Line: 1}
	if Lit("x", here).Key() != lit("x").Key() {
		t.Error("the place is part of the key")
	}
}

func TestConcatOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  *Value
		want string
	}{
		{"literals fold", ConcatOf(lit("a"), lit("b"), lit("c")), lit("abc").Key()},
		{"empty ones vanish", ConcatOf(lit(""), env("A"), lit("")), env("A").Key()},
		{"all empty", ConcatOf(lit(""), lit("")), lit("").Key()},
		{"nested", ConcatOf(ConcatOf(lit("a"), env("B")), ConcatOf(env("C"), lit("d")), lit("e")),
			(&Value{Kind: Concat, Args: []*Value{lit("a"), env("B"), env("C"), lit("de")}}).Key()},
		{"folding across", ConcatOf(ConcatOf(env("A"), lit("b")), lit("c")),
			(&Value{Kind: Concat, Args: []*Value{env("A"), lit("bc")}}).Key()},
	} {
		if tt.got.Key() != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, tt.got.Key(), tt.want)
		}
	}
	if ConcatOf() == nil {
		t.Error("a concatenation of nothing is nil")
	}
	shared := ConcatOf(env("A"), lit("b"))
	before := shared.Key()
	ConcatOf(shared, lit("c"))
	if shared.Key() != before {
		t.Error("concatenating changed an operand")
	}
	var many []*Value
	for i := range 65 {
		many = append(many, env(strconv.Itoa(i)))
	}
	if v := ConcatOf(many[:64]...); v.Kind != Concat {
		t.Errorf("64 parts: kind %d", v.Kind)
	}
	if v := ConcatOf(many...); v.Kind != Unknown {
		t.Errorf("65 parts: kind %d", v.Kind)
	}
}

func TestDefaultAndPattern(t *testing.T) {
	const none = "\x00" // no default
	port := ChoiceOf(env("PORT"), lit("8080"))
	for _, tt := range []struct {
		name         string
		v            *Value
		def          string
		pattern      string
		patternKnown bool
	}{
		{"nil", nil, none, "*", false},
		{"literal", lit("x"), "x", "x", true},
		{"env", env("A"), "", "$A", true},
		{"flag without default", flagOf("dir", nil), "", "$--dir", true},
		{"flag", flagOf("dir", lit("/data")), "/data", "/data", true},
		{"flag whose default is env", flagOf("dir", env("DIR")), "", "$--dir", true},
		{"config", configOf("db.host", lit("pg")), "pg", "pg", true},
		{"env with a name that is not known", &Value{Kind: Env, Args: []*Value{unknown("x")}}, "", "*", false},
		{"env else literal", port, "8080", "8080", true},
		{"empty env else empty", ChoiceOf(env("A"), lit("")), "", "$A", true},
		{"two defaults", ChoiceOf(lit("a"), lit("b")), none, "*", false},
		{"two defaults behind env", ChoiceOf(env("A"), lit("a"), lit("b")), none, "*", false},
		{"address", ConcatOf(lit(":"), port), ":8080", ":8080", true},
		{"host and port", hostPort(lit("::1"), port), "[::1]:8080", "[::1]:8080", true},
		{"host of env", hostPort(env("HOST"), lit("80")), ":80", ":80", true},
		{"unknown host", hostPort(unknown("x"), lit("80")), none, "*", false},
		{"path", join(lit("/data"), unknown("x")), none, "/data/*", true},
		{"path of env", join(env("DIR"), lit("cache")), "cache", "$DIR/cache", true},
		{"slashes", join(lit("/data/"), lit("/x"), lit("")), "/data/x", "/data/x", true},
		{"nothing known", join(unknown("x"), unknown("y")), none, "*/*", false},
		{"temp", join(system("tempdir"), lit("x")), none, "$tempdir/x", true},
		{"list", list(lit("a")), none, "*", false},
		{"one known of two", ChoiceOf(unknown("x"), lit("a")), none, "a", true},
		{"configured beside unknown", ChoiceOf(env("A"), unknown("x")), none, "$A", true},
		{"element of config, default", ChoiceOf(&Value{Kind: Element, Args: []*Value{env("A")}}, lit("b")), "b", "b", true},
		{"concat of unknown", ConcatOf(lit("/a/"), unknown("x"), lit(".json")), none, "/a/*.json", true},
	} {
		got, ok := tt.v.Default()
		if !ok {
			got = none
		}
		if got != tt.def {
			t.Errorf("%s: default %q, want %q", tt.name, got, tt.def)
		}
		text, known := tt.v.Pattern()
		if text != tt.pattern || known != tt.patternKnown {
			t.Errorf("%s: pattern %q %v, want %q %v", tt.name, text, known, tt.pattern, tt.patternKnown)
		}
	}
}

func TestSourcesAndDescribe(t *testing.T) {
	v := ConcatOf(lit("http://"), ChoiceOf(env("HOST"), flagOf("host", lit("api")), lit("")), lit(":"), configOf("port", lit("80")), env("HOST"))
	var names []string
	for _, s := range v.Sources() {
		names = append(names, fmt.Sprintf("%d %s", s.Kind, s.Text))
	}
	want := []string{
		fmt.Sprintf("%d http://", Literal), fmt.Sprintf("%d HOST", Env), fmt.Sprintf("%d host", Flag),
		fmt.Sprintf("%d :", Literal), fmt.Sprintf("%d port", Config),
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if d := v.Describe(); d != "env HOST, flag --host, config key port" {
		t.Errorf("described as %q", d)
	}
	if d := lit("x").Describe(); d != "" {
		t.Errorf("a literal is described as %q", d)
	}
	if s := (*Value)(nil).Sources(); s != nil {
		t.Errorf("nil has sources %v", s)
	}
}

func TestResolved(t *testing.T) {
	for _, tt := range []struct {
		name         string
		v            *Value
		resolved     bool
		configurable bool
		reason       string
	}{
		{"nil", nil, false, false, "is missing"},
		{"literal", lit("a"), true, false, ""},
		{"env", env("A"), true, true, ""},
		{"config within", ConcatOf(lit("a"), configOf("b", nil)), true, true, ""},
		{"unknown", join(lit("/a"), unknown("comes by post")), false, false, "comes by post"},
		{"parameter", &Value{Kind: Param, Text: "f"}, false, false, "is not followed"},
		{"field", list(&Value{Kind: Field, Text: "T.f"}), false, false, "is not followed"},
	} {
		if got := tt.v.Resolved(); got != tt.resolved {
			t.Errorf("%s: resolved %v", tt.name, got)
		}
		if got := tt.v.Configurable(); got != tt.configurable {
			t.Errorf("%s: configurable %v", tt.name, got)
		}
		if got := tt.v.Reason(); got != tt.reason {
			t.Errorf("%s: reason %q, want %q", tt.name, got, tt.reason)
		}
	}
}

func TestFieldValueAndAlternatives(t *testing.T) {
	s := &Value{Kind: Struct, Text: "T", Names: []string{"A", "B"}, Args: []*Value{lit("a"), env("B")}}
	if v := s.FieldValue("B"); v.Text != "B" {
		t.Errorf("field B is %v", v)
	}
	for _, v := range []*Value{nil, lit("A"), s} {
		if f := v.FieldValue("C"); f != nil {
			t.Errorf("field C is %v", f)
		}
	}
	if n := len((*Value)(nil).Alternatives()); n != 0 {
		t.Errorf("nil has %d alternatives", n)
	}
	if a := s.Alternatives(); len(a) != 1 || a[0] != s {
		t.Errorf("a struct's alternatives are %v", a)
	}
}

func TestUnder(t *testing.T) {
	port := ChoiceOf(env("PORT"), flagOf("port", lit("8080")), lit("9090"))
	settings := Settings{
		Env:   map[string]*Value{"PORT": lit("7000"), "SECRET": nil},
		Flags: map[string]*Value{"data-path": lit("/mnt")},
	}
	for _, tt := range []struct {
		name     string
		v        *Value
		settings Settings
		want     *Value
	}{
		{"nil", nil, settings, nil},
		{"set env wins", port, settings, lit("7000")},
		{"set flag wins", port, Settings{Flags: map[string]*Value{"port": lit("1")}}, lit("1")},
		{"nothing set", port, Settings{}, port},
		{"in a concatenation", ConcatOf(lit(":"), port), settings, lit(":7000")},
		{"in a path", join(flagOf("data-path", lit("/data")), lit("x")), settings, join(lit("/mnt"), lit("x"))},
		{"config keys are set as flags are", configOf("data-path", nil), settings, lit("/mnt")},
		{"secret", env("SECRET"), settings, unknown("is set by the deployment to something that is not known")},
		{"name that is not known", &Value{Kind: Env, Args: []*Value{unknown("x")}}, settings, &Value{Kind: Env, Args: []*Value{unknown("x")}}},
		{"name in Args", &Value{Kind: Env, Args: []*Value{lit("PORT")}}, settings, lit("7000")},
		{"list", list(env("PORT"), lit("a")), settings, list(lit("7000"), lit("a"))},
	} {
		before := tt.v.Key()
		if got := tt.v.Under(tt.settings); got.Key() != tt.want.Key() {
			t.Errorf("%s: got %s, want %s", tt.name, got.Key(), tt.want.Key())
		}
		if tt.v.Key() != before {
			t.Errorf("%s: the value was changed", tt.name)
		}
	}
}

func TestParseArgs(t *testing.T) {
	got := ParseArgs([]string{"serve", "--port=80", "-addr", ":1", "--verbose", "--dir", "/x", "-", "--empty=", "rest", "--last", "--", "--other=1"}, nil)
	want := map[string]string{"port": "80", "addr": ":1", "verbose": "true", "dir": "/x", "empty": "", "last": "true"}
	for name, w := range want {
		if got[name] == nil || got[name].Text != w {
			t.Errorf("--%s is %v, want %q", name, got[name], w)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("there is a flag %q: %v", name, got[name])
		}
	}
}

// A flag that takes no word leaves the next one alone.
func TestParseArgsSwitch(t *testing.T) {
	got := ParseArgs([]string{"--verbose", "serve", "--port", "80"}, func(name string) bool { return name == "verbose" })
	if got["verbose"].Text != "true" || got["port"].Text != "80" {
		t.Errorf("got --verbose=%s --port=%s, want true and 80", got["verbose"].Text, got["port"].Text)
	}
}

func TestSignalNames(t *testing.T) {
	for _, tt := range []struct {
		name  string
		v     *Value
		want  []string
		known bool
	}{
		{"nil", nil, nil, true},
		{"none means all", list(), nil, true},
		{"numbers", list(lit("15"), lit("2"), lit("10")), []string{"SIGTERM", "SIGINT", "SIGUSR1"}, true},
		{"a name", lit("SIGTERM"), []string{"SIGTERM"}, true},
		{"another number", list(lit("21")), []string{"21"}, true},
		{"a list in a list", list(list(lit("1"), lit("15"))), []string{"SIGHUP", "SIGTERM"}, true},
		{"a choice of lists", ChoiceOf(list(lit("1")), list(lit("2"))), []string{"SIGHUP", "SIGINT"}, true},
		{"a choice of signals", list(ChoiceOf(lit("1"), lit("12"))), []string{"SIGHUP", "SIGUSR2"}, true},
		{"unknown", list(lit("2"), unknown("x")), []string{"SIGINT"}, false},
		{"unknown beside SIGTERM", list(unknown("x"), lit("15")), []string{"SIGTERM"}, true},
		{"unknown deeper", list(list(unknown("x"))), nil, false},
	} {
		names, known := SignalNames(tt.v)
		if !slices.Equal(names, tt.want) || known != tt.known {
			t.Errorf("%s: got %v %v, want %v %v", tt.name, names, known, tt.want, tt.known)
		}
	}
}

func TestClassifyPath(t *testing.T) {
	for _, tt := range []struct {
		v    *Value
		want PathClass
	}{
		{lit("/data/x"), DurablePath},
		{lit("uploads"), DurablePath},
		{lit("/tmp"), ScratchPath},
		{lit("/tmp/x/y"), ScratchPath},
		{lit("/tmpfiles/x"), DurablePath},
		{lit("/var/tmp/x"), ScratchPath},
		{lit("/var/lib/x"), DurablePath},
		{lit("/dev/stdout"), ScratchPath},
		{lit("/run/app/x"), ScratchPath},
		{lit("/home/app/app.pid"), ScratchPath},
		{lit("/home/app/app.sock"), ScratchPath},
		{lit(""), ScratchPath},
		{system("tempdir"), ScratchPath},
		{system("tempfile"), ScratchPath},
		{system("home"), DurablePath},
		{system("workdir"), DurablePath},
		{system("argument"), UnclearPath},
		{join(system("tempdir"), unknown("x")), ScratchPath},
		{join(lit("/tmp"), unknown("x")), ScratchPath},
		{ConcatOf(lit("/tmp/"), unknown("x")), ScratchPath},
		{join(lit("/data"), unknown("x")), DurablePath},
		{join(unknown("x"), lit("/data")), UnclearPath},
		{unknown("x"), UnclearPath},
		{env("DATA_DIR"), DurablePath},
		{flagOf("dir", lit("/tmp/x")), ScratchPath},
		{join(flagOf("dir", lit("/data")), lit("x")), DurablePath},
		{ConcatOf(configOf("dir", nil), lit("/x")), DurablePath},
		{list(lit("a")), UnclearPath},
		{&Value{Kind: Join}, UnclearPath},
		{&Value{Kind: Choice}, UnclearPath},
	} {
		if got := ClassifyPath(tt.v); got != tt.want {
			t.Errorf("%s: class %d, want %d", tt.v.Key(), got, tt.want)
		}
	}
}

// Deep and wide values cost no more than their size.
func TestBounds(t *testing.T) {
	v := lit("x")
	for i := range 5000 {
		v = join(v, env(strconv.Itoa(i)))
	}
	if len(v.Key()) > 10_000 {
		t.Errorf("the key has %d bytes", len(v.Key()))
	}
	if s := v.Sources(); len(s) != 5001 {
		t.Errorf("%d sources", len(s))
	}
	if text, _ := v.Pattern(); !strings.HasPrefix(text, "x/$0/$1") {
		t.Errorf("pattern %.20s", text)
	}
	PathRoot(v)
	v.Under(Settings{})
}

func TestContractOf(t *testing.T) {
	c := &Contract{Effects: []Instance{
		{Kind: Read}, {Kind: Listen, API: "a", Names: []string{"address", "x"}, Values: []*Value{lit(":1")}}, {Kind: Serve}, {Kind: Listen, API: "b"},
	}}
	got := c.Of(Listen, Serve)
	if len(got) != 3 || got[0].API != "a" || got[1].Kind != Serve || got[2].API != "b" {
		t.Errorf("got %v", got)
	}
	if v := got[0].Value("address"); v == nil || v.Text != ":1" {
		t.Errorf("address is %v", v)
	}
	if v := got[0].Value("port"); v != nil {
		t.Errorf("port is %v", v)
	}
	if !c.Serves() || (&Contract{Effects: c.Effects[:1]}).Serves() {
		t.Error("Serves tells wrongly")
	}
}
