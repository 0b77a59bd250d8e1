package helm

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"strings"
	"sync"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// Bounds of what functions take and give.
const (
	maxText   = 1 << 20 // bytes of one string
	maxList   = 10_000  // elements of one list that a function makes
	maxValues = 200_000 // values below one, each counted as often as it is met
	maxDepth  = 100
)

var (
	errText   = errors.New("a text grows beyond 1 MiB")
	errList   = fmt.Errorf("a list grows beyond %d elements", maxList)
	errValues = errors.New("a value is too large or too deep, or contains itself")
)

// made stands for what a function would make anew each time: a password, a key, a
// date.
const made = "made-at-install"

// functions are what templates may call (Helm documentation, "Template Function
// List"): sprig's, without those that ask the surroundings, and Helm's own. The
// cluster is never asked: lookup finds nothing, as in helm template. Each call is
// counted, and what it takes and gives is bounded.
func (e *engine) functions() template.FuncMap {
	f := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv"} {
		delete(f, name)
	}
	// The same tree gives the same report.
	for _, name := range []string{"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes"} {
		f[name] = func(n int) (string, error) {
			if n < 0 || n > 4096 {
				return "", errText
			}
			return strings.Repeat("x", n), nil
		}
	}
	f["randInt"] = func(low, _ int) int { return low }
	f["shuffle"] = func(s string) string { return s }
	f["uuidv4"] = func() string { return "00000000-0000-4000-8000-000000000000" }
	f["getHostByName"] = func(string) string { return "" }
	f["bcrypt"] = func(string) string { return made }
	f["htpasswd"] = func(user, _ string) string { return user + ":" + made }
	f["derivePassword"] = func(uint32, string, string, string, string) string { return made }
	f["genPrivateKey"] = func(string) string { return made }
	f["buildCustomCert"] = func(string, string) certificate { return certificate{made, made} }
	f["genCA"] = func(string, int) certificate { return certificate{made, made} }
	f["genCAWithKey"] = func(string, int, string) certificate { return certificate{made, made} }
	f["genSelfSignedCert"] = func(string, []any, []any, int) certificate { return certificate{made, made} }
	f["genSelfSignedCertWithKey"] = func(string, []any, []any, int, string) certificate { return certificate{made, made} }
	f["genSignedCert"] = func(string, []any, []any, int, certificate) certificate { return certificate{made, made} }
	f["genSignedCertWithKey"] = func(string, []any, []any, int, certificate, string) certificate {
		return certificate{made, made}
	}
	f["encryptAES"] = func(string, string) string { return made }
	f["decryptAES"] = func(string, string) string { return made }
	f["now"] = func() string { return made }
	for _, name := range []string{"date", "date_in_zone", "dateInZone", "htmlDate", "htmlDateInZone", "ago", "unixEpoch", "duration", "durationRound", "dateModify", "date_modify", "mustDateModify", "must_date_modify", "toDate", "mustToDate"} {
		f[name] = func(...any) string { return made }
	}

	// Helm's own.
	f["include"] = e.include
	f["tpl"] = e.evaluate
	f["required"] = required
	f["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	f["lookup"] = func(string, string, string, string) map[string]any { return map[string]any{} }
	f["toYaml"] = toYAML
	f["mustToYaml"] = toYAML
	f["toYamlPretty"] = toYAML
	f["fromYaml"] = fromYAML
	f["fromYamlArray"] = fromYAMLArray
	f["toJson"] = toJSON
	f["mustToJson"] = toJSON
	f["toRawJson"] = toJSON
	f["mustToRawJson"] = toJSON
	f["fromJson"] = fromJSON
	f["fromJsonArray"] = fromJSONArray
	f["toToml"] = toTOML
	f["fromToml"] = fromTOML

	// What would grow before it could be seen to.
	f["repeat"] = func(n int, s string) (string, error) {
		if n < 0 || n > 0 && len(s) > maxText/n {
			return "", errText
		}
		return strings.Repeat(s, n), nil
	}
	f["replace"] = func(from, to, s string) (string, error) {
		if len(s)+(strings.Count(s, from))*len(to) > maxText {
			return "", errText
		}
		return strings.ReplaceAll(s, from, to), nil
	}
	f["indent"], f["nindent"] = indent, func(n int, s string) (string, error) {
		s, err := indent(n, s)
		return "\n" + s, err
	}
	f["until"] = func(n int) ([]int, error) { return count(0, n, sign(n)) }
	f["untilStep"] = count
	f["seq"] = sequence
	f["printf"] = func(format string, args ...any) (string, error) {
		for i := 0; i < len(format); i++ {
			if digits := len(format[i:]) - len(strings.TrimLeft(format[i:], "0123456789")); digits > 3 && i > 0 && strings.ContainsAny(format[i-1:i], "%-+ #.") {
				return "", errText
			}
		}
		if strings.Contains(format, "*") {
			return "", errors.New("printf with * is not carried out")
		}
		return fmt.Sprintf(format, args...), nil
	}
	// Of the template engine itself.
	f["print"] = fmt.Sprint
	f["println"] = fmt.Sprintln
	f["html"] = template.HTMLEscaper
	f["js"] = template.JSEscaper
	f["urlquery"] = template.URLQueryEscaper
	f["set"] = func(m map[string]any, key string, value any) (map[string]any, error) {
		if err := e.weigh(value); err != nil || holds(value, m, 0) {
			return nil, errValues
		}
		m[key] = value
		return m, nil
	}

	for name, function := range f {
		f[name] = e.bounded(name, function)
	}
	f[markFunction], f[countFunction], f[showFunction] = e.mark, e.count, e.show
	return f
}

type certificate struct{ Cert, Key string }

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

func count(start, stop, step int) ([]int, error) {
	var list []int
	if step == 0 || stop > start && step < 0 || stop < start && step > 0 {
		return []int{}, nil
	}
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		if len(list) >= maxList {
			return nil, errList
		}
		list = append(list, i)
	}
	return list, nil
}

// sequence is sprig's seq, which counts up to and including its last number.
func sequence(args ...int) (string, error) {
	start, stop := 1, 0
	var step int
	switch len(args) {
	case 1:
		stop = args[0]
	case 2:
		start, stop = args[0], args[1]
	case 3:
		start, step, stop = args[0], args[1], args[2]
	default:
		return "", nil
	}
	if len(args) < 3 {
		step = sign(stop - start)
	}
	list, err := count(start, stop+sign(step), step)
	return strings.Trim(fmt.Sprint(list), "[]"), err
}

func indent(n int, s string) (string, error) {
	if n < 0 || n > 1000 || len(s)+(1+strings.Count(s, "\n"))*n > maxText {
		return "", errText
	}
	pad := strings.Repeat(" ", n)
	return pad + strings.ReplaceAll(s, "\n", "\n"+pad), nil
}

func required(message string, value any) (any, error) {
	if value == nil || value == "" {
		return value, errors.New(message)
	}
	return value, nil
}

func toYAML(v any) string {
	text, err := sigsyaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

// parseable checks a text before a library expands it.
func parseable(text string) error {
	d := &yamldoc.Document{Text: []byte(text)}
	if err := d.Parse(); err != nil {
		return err
	}
	if d.Root == nil {
		return nil
	}
	_, err := yamldoc.Check(d.Root)
	return err
}

// fromYAML gives an error as a value, as Helm does.
func fromYAML(text string) map[string]any {
	m := map[string]any{}
	err := parseable(text)
	if err == nil {
		err = sigsyaml.Unmarshal([]byte(text), &m)
	}
	if err != nil {
		return map[string]any{"Error": err.Error()}
	}
	return m
}

func fromYAMLArray(text string) []any {
	list := []any{}
	err := parseable(text)
	if err == nil {
		err = sigsyaml.Unmarshal([]byte(text), &list)
	}
	if err != nil {
		return []any{err.Error()}
	}
	return list
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

func fromJSON(text string) map[string]any {
	m := map[string]any{}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromJSONArray(text string) []any {
	list := []any{}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return []any{err.Error()}
	}
	return list
}

func toTOML(v any) string {
	var b strings.Builder
	if err := toml.NewEncoder(&b).Encode(v); err != nil {
		return err.Error()
	}
	return b.String()
}

func fromTOML(text string) map[string]any {
	m := map[string]any{}
	if err := toml.Unmarshal([]byte(text), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

// walkers are functions that walk through all of a value that they are given.
var walkers = map[string]bool{
	"toYaml": true, "mustToYaml": true, "toYamlPretty": true, "toJson": true, "mustToJson": true, "toPrettyJson": true,
	"mustToPrettyJson": true, "toRawJson": true, "mustToRawJson": true, "toToml": true, "print": true, "println": true,
	"printf": true, "html": true, "js": true, "urlquery": true, "cat": true, "join": true, "toString": true,
	"toStrings": true, "quote": true, "squote": true, "deepCopy": true, "mustDeepCopy": true, "deepEqual": true,
	"merge": true, "mergeOverwrite": true, "mustMerge": true, "mustMergeOverwrite": true, "dig": true, "uniq": true,
	"mustUniq": true, "has": true, "mustHas": true, "without": true, "mustWithout": true, "sortAlpha": true,
	"tpl": false, "include": false,
}

var errorType = reflect.TypeFor[error]()

// wrapped keeps the types of the functions' wrappers, which are the same for all
// charts.
type shape struct {
	in, out  []reflect.Type
	variadic bool
	withErr  bool
}

var shapes sync.Map // of reflect.Type to *shape

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := &shape{variadic: t.IsVariadic()}
	for i := range t.NumIn() {
		s.in = append(s.in, t.In(i))
	}
	for i := range t.NumOut() {
		s.out = append(s.out, t.Out(i))
	}
	s.withErr = t.NumOut() == 2
	if !s.withErr {
		s.out = append(s.out, errorType)
	}
	shapes.Store(t, s)
	return s
}

// bounded is a function of the same parameters that counts what it does, and
// refuses what is too large.
func (e *engine) bounded(name string, function any) any {
	f := reflect.ValueOf(function)
	s := shapeOf(f.Type())
	if f.Type().NumOut() == 0 || f.Type().NumOut() > 2 {
		return function
	}
	walks := walkers[name]
	fail := func(err error) []reflect.Value {
		return []reflect.Value{reflect.Zero(s.out[0]), reflect.ValueOf(&err).Elem()}
	}
	return reflect.MakeFunc(reflect.FuncOf(s.in, s.out, s.variadic), func(args []reflect.Value) (results []reflect.Value) {
		defer func() {
			if r := recover(); r != nil {
				results = fail(fmt.Errorf("%v", r))
			}
		}()
		cost := 1
		for _, a := range args {
			cost += sizeOf(a)
		}
		err := e.spend(cost)
		for i := 0; walks && err == nil && i < len(args); i++ {
			if args[i].CanInterface() {
				err = e.weigh(args[i].Interface())
			}
		}
		if err != nil {
			return fail(err)
		}
		if s.variadic {
			results = f.CallSlice(args)
		} else {
			results = f.Call(args)
		}
		if !s.withErr {
			results = append(results, reflect.Zero(errorType))
		}
		if err := e.spend(sizeOf(results[0])); err != nil {
			return fail(err)
		}
		if text := underlying(results[0]); text.Kind() == reflect.String && text.Len() > maxText {
			return fail(errText)
		}
		return results
	}).Interface()
}

func underlying(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	return v
}

// sizeOf is what a value costs to look at, in steps.
func sizeOf(v reflect.Value) int {
	switch v = underlying(v); v.Kind() {
	case reflect.String:
		return v.Len() / 256
	case reflect.Slice, reflect.Array:
		n := v.Len() / 16
		for i := 0; i < min(v.Len(), 64); i++ {
			if e := underlying(v.Index(i)); e.Kind() == reflect.String {
				n += e.Len() / 256
			}
		}
		return n
	case reflect.Map:
		return v.Len() / 16
	}
	return 0
}

// weigh refuses values that are too large to be written out, or contain
// themselves.
func (e *engine) weigh(v any) error {
	n := 0
	if !weigh(v, 0, &n) {
		return errValues
	}
	return e.spend(n / 16)
}

func weigh(v any, depth int, n *int) bool {
	if *n++; *n > maxValues || depth > maxDepth {
		return false
	}
	switch v := v.(type) {
	case string:
		*n += len(v) / 64
	case map[string]any:
		for _, value := range v {
			if !weigh(value, depth+1, n) {
				return false
			}
		}
	case []any:
		for _, value := range v {
			if !weigh(value, depth+1, n) {
				return false
			}
		}
	case []string:
		*n += len(v)
	case map[string]string:
		*n += len(v)
	}
	return true
}

// holds tells whether a value contains a map.
func holds(v any, m map[string]any, depth int) bool {
	if depth > maxDepth {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		if reflect.ValueOf(v).Pointer() == reflect.ValueOf(m).Pointer() {
			return true
		}
		for _, value := range v {
			if holds(value, m, depth+1) {
				return true
			}
		}
	case []any:
		for _, value := range v {
			if holds(value, m, depth+1) {
				return true
			}
		}
	}
	return false
}

// chartFiles is what templates see of a chart's other files.
type chartFiles struct {
	source fileSource
	engine *engine
}

// Get is the text of a file, "" where there is none.
func (f chartFiles) Get(name string) string { return string(f.source.read(path.Clean(name))) }

// GetBytes is the same as bytes.
func (f chartFiles) GetBytes(name string) []byte { return f.source.read(path.Clean(name)) }

// Lines are the lines of a file.
func (f chartFiles) Lines(name string) []string {
	text := f.Get(name)
	if text == "" {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// Glob are the files whose names match a pattern.
func (f chartFiles) Glob(pattern string) globbed {
	out := globbed{}
	for _, name := range f.source.names() {
		if matches(pattern, name) && len(out) < 1000 {
			out[name] = f.source.read(name)
		}
	}
	return out
}

// matches is a pattern in which two stars stand for any folders.
func matches(pattern, name string) bool {
	if before, after, ok := strings.Cut(pattern, "**"); ok {
		if !strings.HasPrefix(name, before) {
			return false
		}
		rest := strings.TrimPrefix(after, "/")
		for tail := strings.TrimPrefix(name, before); ; {
			if rest == "" || matches(rest, tail) {
				return true
			}
			i := strings.IndexByte(tail, '/')
			if i < 0 {
				return false
			}
			tail = tail[i+1:]
		}
	}
	if i, j := strings.IndexByte(pattern, '{'), strings.IndexByte(pattern, '}'); i >= 0 && j > i {
		for _, one := range strings.SplitN(pattern[i+1:j], ",", 20) {
			if matches(pattern[:i]+one+pattern[j+1:], name) {
				return true
			}
		}
		return false
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// globbed are files by name.
type globbed map[string][]byte

// Get is the text of a file, "" where there is none.
func (g globbed) Get(name string) string { return string(g[name]) }

// GetBytes is the same as bytes.
func (g globbed) GetBytes(name string) []byte { return g[name] }

// AsConfig is a ConfigMap's data.
func (g globbed) AsConfig() string {
	data := map[string]string{}
	for name, text := range g {
		data[path.Base(name)] = string(text)
	}
	return toYAML(data)
}

// AsSecrets is a Secret's data.
func (g globbed) AsSecrets() string {
	data := map[string]string{}
	for name, text := range g {
		data[path.Base(name)] = base64.StdEncoding.EncodeToString(text)
	}
	return toYAML(data)
}

// Capabilities are what a chart is told of the cluster.
//
// Source: Helm documentation, "Built-in Objects"; helm template has the version
// that it was built for. As of 2026-08: Kubernetes 1.34.
type capabilities struct {
	KubeVersion kubeVersion
	APIVersions versions
	HelmVersion helmVersion
}

type kubeVersion struct{ Version, GitVersion, Major, Minor string }

func (k kubeVersion) String() string { return k.Version }

type helmVersion struct{ Version, GitCommit, GitTreeState, GoVersion string }

type versions map[string]bool

// Has tells whether the cluster has an API version, or a kind of one.
func (v versions) Has(name string) bool {
	if v[name] {
		return true
	}
	i := strings.LastIndexByte(name, '/')
	return i > 0 && v[name[:i]] && name[i+1:] != "" && strings.ToUpper(name[i+1:i+2]) == name[i+1:i+2]
}

var apiVersions = versions{
	"v1": true, "admissionregistration.k8s.io/v1": true, "apiextensions.k8s.io/v1": true, "apiregistration.k8s.io/v1": true,
	"apps/v1": true, "authentication.k8s.io/v1": true, "authorization.k8s.io/v1": true, "autoscaling/v1": true,
	"autoscaling/v2": true, "batch/v1": true, "certificates.k8s.io/v1": true, "coordination.k8s.io/v1": true,
	"discovery.k8s.io/v1": true, "events.k8s.io/v1": true, "flowcontrol.apiserver.k8s.io/v1": true,
	"networking.k8s.io/v1": true, "node.k8s.io/v1": true, "policy/v1": true, "rbac.authorization.k8s.io/v1": true,
	"resource.k8s.io/v1": true, "scheduling.k8s.io/v1": true, "storage.k8s.io/v1": true,
}

func defaultCapabilities() capabilities {
	return capabilities{
		KubeVersion: kubeVersion{Version: "v1.34.0", GitVersion: "v1.34.0", Major: "1", Minor: "34"},
		APIVersions: maps.Clone(apiVersions),
		HelmVersion: helmVersion{Version: "v3.19.0", GoVersion: "go1.25.0"},
	}
}
