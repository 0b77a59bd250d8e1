package memorystate

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "memorystate", Doc: coderule.Doc(doc),
		Property: finding.DynamicallyManaged, Severity: finding.Warning,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	if c.IsMain && !c.Serves() {
		return
	}
	for _, i := range c.Of(effects.State) {
		judgeState(c, i, r)
	}
	for _, i := range c.Of(effects.Memory) {
		judgeLibrary(i, r)
	}
}

func text(i *effects.Instance, name string) string {
	if v := i.Value(name); v != nil {
		return v.Text
	}
	return ""
}

func judgeState(c *effects.Contract, i *effects.Instance, r *finding.Recorder) {
	key := text(i, "name")
	subject := "state " + key
	switch {
	case effects.Elsewhere(i.At.File):
		// In a module elsewhere: nobody here can mend it.
	case text(i, "change") == effects.StoreFill, rebuilt(key, text(i, "type")), fills(i.Func),
		text(i, "holds") == effects.HoldsHandles, text(i, "holds") == effects.HoldsMeters,
		i.Reach == effects.OnRequest:
		r.Holds(0, subject)
	case generic.MatchString(text(i, "type")):
		r.CannotTell(0, subject, i.API+" is a container of any type: what is kept in it is decided by those that use it", i.At)
	case text(i, "saved") != "":
		r.CannotTell(0, subject, "whether "+i.API+" is a copy of what is saved could not be told: "+text(i, "saved")+" is called where it changes", i.At)
	case queues.MatchString(names(key)) || queues.MatchString(text(i, "type")):
		r.CannotTell(0, subject, "whether what "+i.API+" holds is written elsewhere in time could not be told", i.At)
	case !c.Whole && !certain(i):
		r.CannotTell(0, subject, "whether "+i.API+" outlives a request is decided in packages that were not seen", i.At)
	case text(i, "holds") == effects.HoldsLimits, limits(key, text(i, "type")):
		r.Fails(finding.Note, subject, explain(i, "each replica counts limits for itself, and forgets them when it is replaced; "+
			"keep the counts in a store that all replicas share if the limit must hold for all of them"))
	default:
		r.Fails(0, subject, explain(i, "it is gone when the instance is replaced, and no other replica sees it; "+
			"keep it in a database or another store that all replicas share"))
	}
}

// certain tells what is wrong whatever other packages do: a package variable.
func certain(i *effects.Instance) bool { return strings.Count(i.API, ".") == 1 }

// queues matches words for what waits to be written or done by somebody else.
var queues = lazyregexp.New(`(?i)queue|batch|backlog|outbox|buf$`)

// generic matches types with type parameters by their customary names.
var generic = lazyregexp.New(`(^|[\]\[*])[A-Z][A-Z0-9]?($|[\]\[])`)

// names are the names in a key: of the type and field, or of the variable.
func names(key string) string {
	_, names, _ := strings.Cut(key[strings.LastIndexByte(key, '/')+1:], ".")
	return names
}

// caches matches words for what can be built again or says nothing of a user, in
// names of variables, fields and types.
var caches = lazyregexp.New(`(?i)cache|memo(i[sz]e|$)|lru|pool|intern(ed)?$|metric|stat(s|istics)$|histogram|counters?$|gauge|` +
	`inflight|singleflight|pending|lock|mutex|breaker|backoff|watcher|listener|recorder|buffer|template|regexp|compiled|` +
	`mock|fake|stub|debug|trace|span|log(s|ger|gers)?$|warn|error|once$|loaded|registry|regist(er|rations?)|plugin|factory|` +
	`handlers?$|routes?$|hooks?$|callbacks?$|index(es)?$|schema|config|cfg|setting|option|feature|flags?$|` +
	`health|telemetr|busy|running|inprogress|^active|profil|providers?$|meta(data)?(map|$)|` +
	`peers?$|upstreams?$|(targets?|remotes?|rules?)map$`)

// limiters matches words for rate limits.
var limiters = lazyregexp.New(`(?i)rate_?limit|limiter|throttl|visitor|(token|leaky)_?bucket`)

func rebuilt(key, typ string) bool { return matches(caches, key, typ) && !limits(key, typ) }

// fills tells functions that say that they fill a cache.
func fills(fn string) bool {
	fn, _, _ = strings.Cut(fn[strings.LastIndexByte(fn, '/')+1:], "$")
	return strings.Contains(strings.ToLower(fn[strings.LastIndexByte(fn, '.')+1:]), "cache")
}

func limits(key, typ string) bool { return matches(limiters, key, typ) }

// matches looks for words in the names of a variable or field and of the type that
// has it, and in the types of what it holds.
func matches(re *lazyregexp.Regexp, key, typ string) bool {
	for _, name := range strings.Split(names(key), ".") {
		if re.MatchString(name) {
			return true
		}
	}
	for _, word := range strings.FieldsFunc(typ, func(r rune) bool { return strings.ContainsRune("[]*.{} ", r) }) {
		if re.MatchString(word) {
			return true
		}
	}
	return false
}

func explain(i *effects.Instance, why string) finding.Finding {
	f := finding.Finding{Position: i.At, Message: fmt.Sprintf(
		"%s (%s) lives in the memory of this process, and the request handler %s puts into it: %s",
		i.API, text(i, "type"), coderule.Handler(i.Handling), why)}
	if v := i.Value("change"); v != nil && v.At.IsValid() {
		f.Related = append(f.Related, finding.Related{Position: v.At, Message: "changed here"})
	}
	for _, rel := range coderule.HandledAt(i.Handling, i.At) {
		if len(f.Related) < 3 {
			f.Related = append(f.Related, rel)
		}
	}
	return f
}

// judgeLibrary judges stores of well-known libraries.
func judgeLibrary(i *effects.Instance, r *finding.Recorder) {
	subject := i.API + " at " + i.At.Short()
	switch text(i, "what") {
	case "sessions":
		r.Fails(0, subject, finding.Finding{Position: i.At, Message: i.API + " keeps sessions in the memory of this process: " +
			"users are logged out when the instance is replaced or another replica answers; use a store that all replicas share"})
	case "ratelimit":
		r.Fails(finding.Note, subject, finding.Finding{Position: i.At, Message: i.API + " counts requests in the memory of this process: " +
			"each replica has limits of its own; use a store that all replicas share if the limit must hold for all of them"})
	}
}
