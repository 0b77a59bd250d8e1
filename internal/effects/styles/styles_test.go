package styles_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/styles"
)

// shapesOf are the shapes of a struct and of the structs in it, as the
// summarizer records them, and the key of the struct itself.
func shapesOf(v any) (root string, shapes styles.Shapes) {
	known := map[string]*effects.Shape{}
	var record func(t reflect.Type) (key string, many bool)
	record = func(t reflect.Type) (key string, many bool) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			many = many || t.Kind() != reflect.Pointer
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return "", false
		}
		key = t.String()
		if known[key] != nil {
			return key, many
		}
		s := &effects.Shape{}
		known[key] = s
		for i := range t.NumField() {
			f := t.Field(i)
			sf := effects.ShapeField{Name: f.Name, Tag: string(f.Tag), Embedded: f.Anonymous}
			sf.Type, sf.Many = record(f.Type)
			s.Fields = append(s.Fields, sf)
		}
		return key, many
	}
	root, _ = record(reflect.TypeOf(v))
	return root, func(key string) *effects.Shape { return known[key] }
}

// spell is a field in words: "Port env=PORT,P default=80 required". A key that
// flags and variables set too ends in a star.
func spell(f styles.Field) string {
	out := f.Name
	if len(f.Env) > 0 {
		out += " env=" + strings.Join(f.Env, ",")
	}
	if f.NoEnv {
		out += " noenv"
	}
	if f.Flag != "" {
		out += " flag=" + f.Flag
	}
	if f.Key != "" {
		out += " key=" + f.Key
	}
	if f.Registry {
		out += "*"
	}
	if f.HasDefault {
		out += " default=" + f.Default
	}
	if f.Required {
		out += " required"
	}
	return out
}

type endpoint struct {
	Host string
	Port int `default:"80"`
}

type Common struct {
	Level string `split_words:"true" default:"info"`
}

type envconfigSpec struct {
	Common
	Listen     endpoint
	Named      endpoint  `envconfig:"upstream"`
	Pointer    *endpoint `ignored:"true"`
	Many       []endpoint
	HTTPPort   int    `split_words:"true"`
	MaxURLSize int    `split_words:"true"`
	Plain      string `envconfig:"other_name"`
	Token      string `required:"true"`
	Fallback   string `required:"true" default:"x"`
	Hidden     string `ignored:"true"`
}

type caarlosInner struct {
	Host string `env:"HOST"`
	NoIt string
}

type caarlosSpec struct {
	Port     int          `env:"PORT" envDefault:"8080"`
	Must     string       `env:"MUST,required"`
	Filled   string       `env:"FILLED,notEmpty"`
	Covered  string       `env:"COVERED,required" envDefault:"x"`
	Empty    string       `env:"EMPTY" envDefault:""`
	Off      string       `env:"-"`
	HTTPName string       // named by its field, where that is asked for
	DB       caarlosInner `envPrefix:"DB_"`
	Plain    *caarlosInner
}

type sethvargoSpec struct {
	Port  int          `env:"PORT, default=8080"`
	Hosts []string     `env:"HOSTS, default=a,b, c"`
	Must  string       `env:"MUST,required"`
	Empty string       `env:"EMPTY, default="`
	DB    caarlosInner `env:", prefix=DB_"`
	Plain string
}

type cleanenvInner struct {
	Host string `yaml:"host" env:"HOST"`
	File string `yaml:"file"`
}

type cleanenvSpec struct {
	Port   int           `yaml:"port" env:"PORT, HTTP_PORT" env-default:"8080"`
	Must   string        `env:"MUST" env-required:"true"`
	DB     cleanenvInner `yaml:"database" env-prefix:"DB_"`
	Cache  cleanenvInner
	Inline cleanenvInner `yaml:",inline"`
	No     string        `yaml:"-"`
}

type netflixSpec struct {
	Port  int    `env:"PORT,HTTP_PORT,default=8080"`
	Must  string `env:"MUST,required=true"`
	Off   string `env:"-"`
	Inner caarlosInner
}

type kongDB struct {
	Host string `env:"HOST" default:"db"`
}

type kongServe struct {
	Port int `env:"PORT,P" required:""`
}

type kongSpec struct {
	HTTPAddr string    `name:"addr" default:":80" env:"-"`
	DataDir  string    `kong:"env='DATA_DIR',default='/data'"`
	Short    string    `kong:"required,name='long'"`
	Path     string    `arg:""`
	Version  string    `default:"${version}"`
	Skipped  string    `kong:"-"`
	DB       kongDB    `embed:"" prefix:"db-" envprefix:"DB_"`
	Serve    kongServe `cmd:""`
	Value    kongDB    // a struct that is one value
}

type goFlagsGroup struct {
	Host string `long:"host" env:"HOST" default:"db"`
}

type goFlagsSpec struct {
	Port  int          `long:"port" short:"p" env:"PORT" required:"yes"`
	Brief bool         `short:"v" required:"true"`
	Off   string       `long:"off" no-flag:"yes"`
	Plain string       // no option
	DB    goFlagsGroup `group:"db" namespace:"db" env-namespace:"DB"`
	Args  goFlagsGroup `positional-args:"yes"`
}

type goArgServe struct {
	Port int `arg:"--port,-p,env" default:"80"`
}

type goArgSpec struct {
	Name   string `arg:"required,env:APP_NAME"`
	Quiet  bool
	Input  string      `arg:"positional"`
	Off    string      `arg:"-"`
	Serve  *goArgServe `arg:"subcommand:serve"`
	Struct endpoint    // one value
}

type goZeroInner struct {
	Host string `json:",env=DB_HOST"` //nolint:staticcheck // an option of go-zero
}

type goZeroSpec struct {
	goZeroInner
	Port int    `json:",default=8080"` //nolint:staticcheck // an option of go-zero
	Mode string `json:"mode,optional"` //nolint:staticcheck // an option of go-zero
	DB   goZeroInner
	Off  string `json:"-"`
}

type squashed struct{ HTTPPort int }

type keyedSpec struct {
	squashed `mapstructure:",squash" koanf:",squash" yaml:",inline"`
	Name     string     `mapstructure:"app_Name" koanf:"app_Name" yaml:"app_Name" json:"app_Name,omitempty"`
	DB       squashed   `mapstructure:"Data" koanf:"Data" yaml:"Data" json:"Data"`
	Many     []squashed // elements have no keys of their own
	Off      string     `mapstructure:"-" koanf:"-" yaml:"-" json:"-"`
}

func TestFields(t *testing.T) {
	for _, tt := range []struct {
		name, style string
		spec        any
		opts        styles.Options
		want        []string
	}{
		{"envconfig", "envconfig", envconfigSpec{}, styles.Options{"prefix": "app"}, []string{
			"Level env=APP_LEVEL default=info",
			"Host env=APP_LISTEN_HOST", "Port env=APP_LISTEN_PORT default=80",
			"Host env=APP_UPSTREAM_HOST", "Port env=APP_UPSTREAM_PORT default=80",
			"HTTPPort env=APP_HTTP_PORT", "MaxURLSize env=APP_MAX_URL_SIZE",
			"Plain env=APP_OTHER_NAME,OTHER_NAME",
			"Token env=APP_TOKEN required", "Fallback env=APP_FALLBACK default=x",
		}},
		{"envconfig without a prefix", "envconfig", struct {
			Plain string `envconfig:"other"`
			Name  string
		}{}, nil, []string{"Plain env=OTHER", "Name env=NAME"}},
		{"caarlos", "caarlos", caarlosSpec{}, styles.Options{"prefix": "APP_"}, []string{
			"Port env=APP_PORT default=8080", "Must env=APP_MUST required", "Filled env=APP_FILLED required",
			"Covered env=APP_COVERED default=x", "Empty env=APP_EMPTY default=", "Host env=APP_DB_HOST", "Host env=APP_HOST",
		}},
		{"caarlos by name", "caarlos", struct {
			HTTPName string
			Off      string `env:"-"`
			Port2    int    `env:"P"`
		}{}, styles.Options{"byname": "true"}, []string{"HTTPName env=HTTP_NAME", "Port2 env=P"}},
		{"sethvargo", "sethvargo", sethvargoSpec{}, nil, []string{
			"Port env=PORT default=8080", "Hosts env=HOSTS default=a,b, c", "Must env=MUST required",
			"Empty env=EMPTY default=", "Host env=DB_HOST",
		}},
		{"cleanenv", "cleanenv", cleanenvSpec{}, styles.Options{"file": "config.yml"}, []string{
			"Port env=PORT,HTTP_PORT key=port default=8080", "Must env=MUST required",
			"Host env=DB_HOST key=database.host", "File key=database.file",
			"Host env=HOST key=cache.host", "File key=cache.file", "Host env=HOST key=host", "File key=file",
		}},
		{"cleanenv without a file", "cleanenv", cleanenvSpec{}, nil, []string{
			"Port env=PORT,HTTP_PORT default=8080", "Must env=MUST required", "Host env=DB_HOST", "Host env=HOST", "Host env=HOST",
		}},
		{"netflix", "netflix", netflixSpec{}, nil, []string{
			"Port env=PORT,HTTP_PORT default=8080", "Must env=MUST required", "Host env=HOST",
		}},
		{"kong", "kong", kongSpec{}, nil, []string{
			"HTTPAddr noenv flag=addr default=:80", "DataDir env=DATA_DIR flag=data-dir default=/data", "Short flag=long required",
			"Version flag=version", "Host env=DB_HOST flag=db-host default=db", "Port env=PORT,P flag=port required", "Value flag=value",
		}},
		{"go-flags", "goflags", goFlagsSpec{}, nil, []string{
			"Port env=PORT flag=port required", "Brief flag=v required", "Host env=DB_HOST flag=db.host default=db",
		}},
		{"go-arg", "goarg", goArgSpec{}, nil, []string{
			"Name env=APP_NAME flag=name required", "Quiet flag=quiet", "Port env=PORT flag=port default=80", "Struct flag=struct",
		}},
		{"go-zero", "gozero", goZeroSpec{}, nil, []string{
			"Host env=DB_HOST key=Host", "Port key=Port default=8080", "Mode key=mode", "Host env=DB_HOST key=DB.Host",
		}},
		{"viper", "viper", keyedSpec{}, nil, []string{"HTTPPort key=httpport*", "Name key=app_name*", "HTTPPort key=data.httpport*"}},
		{"viper, a part", "viper", keyedSpec{}, styles.Options{"key": "srv.Main"}, []string{
			"HTTPPort key=srv.main.httpport*", "Name key=srv.main.app_name*", "HTTPPort key=srv.main.data.httpport*",
		}},
		{"koanf", "koanf", keyedSpec{}, nil, []string{"HTTPPort key=HTTPPort*", "Name key=app_Name*", "HTTPPort key=Data.HTTPPort*"}},
		{"koanf with another tag", "koanf", keyedSpec{}, styles.Options{"tag": "json"}, []string{
			"HTTPPort key=squashed.HTTPPort*", "Name key=app_Name*", "HTTPPort key=Data.HTTPPort*",
		}},
		{"mapstructure", "mapstructure", keyedSpec{}, nil, []string{"HTTPPort key=HTTPPort", "Name key=app_Name", "HTTPPort key=Data.HTTPPort"}},
		{"yaml", "yaml", keyedSpec{}, nil, []string{"HTTPPort key=httpport", "Name key=app_Name", "HTTPPort key=Data.httpport"}},
		{"yaml, embedded but not inline", "yaml", struct{ squashed }{}, nil, []string{"HTTPPort key=squashed.httpport"}},
		{"json", "json", keyedSpec{}, nil, []string{"HTTPPort key=HTTPPort", "Name key=app_Name", "HTTPPort key=Data.HTTPPort"}},
		{"a style that is not known", "other", keyedSpec{}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, shapes := shapesOf(tt.spec)
			var got []string
			for _, f := range styles.Fields(tt.style, root, shapes, tt.opts) {
				got = append(got, spell(f))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// The owner of a field is the struct that declares it, not the one it is in.
func TestOwner(t *testing.T) {
	root, shapes := shapesOf(envconfigSpec{})
	owners := map[string]bool{}
	for _, f := range styles.Fields("envconfig", root, shapes, nil) {
		owners[f.Owner[strings.LastIndexByte(f.Owner, '.')+1:]+"."+f.Name] = true
	}
	for _, name := range []string{"Common.Level", "endpoint.Host", "envconfigSpec.Token"} {
		if !owners[name] {
			t.Errorf("no field %s in %v", name, owners)
		}
	}
}

type node struct {
	Name string
	Next *node
}

// A struct that holds itself is looked into once, a tower of structs down to a
// bound, and of a struct with very many fields some are left out.
func TestBounds(t *testing.T) {
	root, shapes := shapesOf(node{})
	if got := styles.Fields("envconfig", root, shapes, nil); len(got) != 1 || got[0].Env[0] != "NAME" {
		t.Errorf("a struct in itself has the fields %+v", got)
	}
	if got := styles.Fields("envconfig", "no.Such", shapes, nil); got != nil {
		t.Errorf("a struct that is not known has the fields %+v", got)
	}

	tower := func(key string) *effects.Shape {
		return &effects.Shape{Fields: []effects.ShapeField{{Name: "A"}, {Name: "B", Type: key + "B"}}}
	}
	// Ten structs deep and the outermost one.
	if got := styles.Fields("json", "x", tower, nil); len(got) != 11 || strings.Count(got[10].Key, ".") != 10 {
		t.Errorf("an endless tower has %d fields", len(got))
	}

	wide := &effects.Shape{}
	for i := range 3000 {
		wide.Fields = append(wide.Fields, effects.ShapeField{Name: fmt.Sprint("F", i)})
	}
	if got := styles.Fields("json", "x", func(string) *effects.Shape { return wide }, nil); len(got) != 2000 {
		t.Errorf("of 3000 fields %d are told", len(got))
	}
}

// What the table calls a style is one.
func TestTableNamesStyles(t *testing.T) {
	named := map[string]bool{}
	apitable.Default().Entries(func(e apitable.Entry) {
		if e.Verb != "opens" || e.Style == "" {
			return
		}
		named[e.Style] = true
		if !styles.Known(e.Style) {
			t.Errorf("%s opens structs in the style %q, which is not known", e.Symbol, e.Style)
		}
	})
	if len(named) < 10 || styles.Known("") {
		t.Errorf("styles in the table: %v", named)
	}
}
