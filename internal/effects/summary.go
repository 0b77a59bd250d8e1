package effects

import "github.com/cnready/cnready/internal/finding"

// A Package is the summary of one package: what each of its functions does in
// terms of parameters, fields and globals, and whom it calls. It holds neither
// syntax nor types, so it can outlive them and be kept in a cache.
type Package struct {
	Path string
	Name string
	// Dir is the package's folder, absolute.
	Dir string
	// Imports are the import paths of first-party packages, sorted.
	Imports []string
	// Funcs holds every function and function literal by id.
	Funcs map[string]*Function
	// Init are the ids of what runs before main, in order: package variables,
	// then init functions.
	Init []string
	// Globals and Fields hold all that the package assigns to package variables
	// ("pkg.name") and struct fields ("pkg.Type.field"), of its own or others.
	Globals map[string][]Assigned
	Fields  map[string][]Assigned
	// Exported fields and globals can also be set by packages that were not
	// seen; Exported lists those of Globals and Fields that can.
	Exported map[string]bool
	// Methods gives, for an interface method "Name(signature)", the ids of the
	// package's methods that have that name and signature.
	Methods map[string][]string
	// Shapes are struct types, by key, whose fields may be set from outside.
	Shapes map[string]*Shape
	// Tagged are the fields "pkg.Type.field" of the package's types that a tag
	// names for a configuration file, with the tag's key: "toml".
	Tagged map[string]string
	// Kept are the package's variables and fields that hold many things, by key.
	Kept map[string]*Kept
	// Lasting are struct types "pkg.Type" of which a package variable or a field
	// of another struct is one; a field's name the struct that has it.
	Lasting map[string][]string
	// SyntaxOnly is set where types were missing for part of the package;
	// Problems says which.
	SyntaxOnly bool
	Problems   []finding.NotAnalyzed
}

// Assigned is a value that a function assigns to a field or package variable.
type Assigned struct {
	// Func is the function's id, or that of the package's initialization.
	Func  string
	Value *Value
	// Literal is set where a composite literal of the struct gives the value,
	// Local where the struct is a variable of the function, whose value has it.
	Literal, Local bool
	// Of is the struct, where what matters is whose field it is: that of an
	// HTTP client or server.
	Of *Value
}

// A Function is the summary of one function or function literal. Its id is
// "pkg.Func", "pkg.Type.Method", and "parent$1" for the first literal within
// parent.
type Function struct {
	ID string
	At finding.Position
	// Params is the number of parameters without the receiver; Variadic is true
	// if the last takes the rest.
	Params   int
	Variadic bool
	// Results holds what is returned, by result.
	Results []*Value
	// Outs holds what is stored through pointer parameters, by index.
	Outs map[int]*Value
	// Nodes are the calls and effects in the order in which they stand.
	Nodes []Node
	// Refs are functions used as values: handed on, stored, or made callable by
	// converting their receiver to an interface.
	Refs []Ref
	// Exit is the index of the last node that every normal return has passed,
	// or -1.
	Exit int
	// Handler is the protocol of which the function is a request handler by its
	// parameters, "" for none; Recovers is set where it stops panics.
	Handler  string
	Recovers bool
	// Stores are the elements that it puts into fields and package variables,
	// Makes the struct types "pkg.Type" of which it makes one.
	Stores []Store
	Makes  []string
}

// A Node is a call or an effect within a function.
type Node struct {
	// Prev is the index of the node that has always run before this one in the
	// same function, or -1. Following Prev gives all of them.
	Prev int
	At   finding.Position
	Go   bool // runs in a goroutine of its own
	// Conditional is set below an if, a switch or a select.
	Conditional bool
	// When are the conditions that stand around it, as tests; one that could not
	// be told is unknown. Those on errors are left out.
	When []*Value
	// Loop is set within a for statement.
	Loop bool
	Call *Call
	// Effect is set for a call of a function that the API table knows.
	Effect *Effect
}

// A Call is a call whose callee is first-party code.
type Call struct {
	// Callee is the function's id, or "" for a call through an interface or of a
	// function value.
	Callee string
	// Func is the function value that is called.
	Func *Value
	// Method is "Name(signature)" for a call through an interface.
	Method string
	// Args are the arguments; Recv is the receiver of a method call.
	Recv *Value
	Args []*Value
}

// A Ref is a use of a function as a value.
type Ref struct {
	ID   string
	Prev int
	// When and Loop are as a Node's.
	When []*Value
	Loop bool
	// Handler is set where the function is registered as one that answers
	// requests of that protocol.
	Handler string
	// Command is set where the function is the body of a CLI subcommand; Name is
	// what calls it, where that is known: the first word of it.
	Command bool
	Name    *Value
	// Group is the command of which the function is the body, or runs before or
	// after it: those of one group run together.
	Group string
}

// EffectKind says what a call does to the world outside the program.
type EffectKind string

// The effects. In brackets: the named values each may have. Addresses of
// listen and dial may be given as host and port instead.
const (
	Listen     EffectKind = "listen"   // opens a listening socket [network, address, host, port, protocol]
	Serve      EffectKind = "serve"    // serves requests [protocol, handler]
	Route      EffectKind = "route"    // registers a handler [protocol, method, path, router, role, match: prefix where all below is served too]
	Mount      EffectKind = "mount"    // serves a router below a path of another [path, router, handler, routers: own where only routers of the same package see shortened paths]
	Methods    EffectKind = "methods"  // restricts the route made before in a chain [method]
	Adds       EffectKind = "adds"     // says more of the effect made in a chain [kind, and that effect's]
	Within     EffectKind = "within"   // says more of effects made by literals in a call's arguments [kind, and theirs]
	Dial       EffectKind = "dial"     // connects to a peer [network, address, host, port, url, dsn, driver]
	Resolve    EffectKind = "resolve"  // looks a host name up [address]
	Read       EffectKind = "read"     // reads a file [path]
	Write      EffectKind = "write"    // creates, writes or renames a file [path; database or log: what keeps it]
	Mkdir      EffectKind = "mkdir"    // makes a directory [path]
	Remove     EffectKind = "remove"   // removes a file [path]
	Temp       EffectKind = "temp"     // makes a temporary file [dir]
	Archive    EffectKind = "archive"  // unpacks an archive to disk [path]
	Exec       EffectKind = "exec"     // starts a program [program]
	Signal     EffectKind = "signal"   // handles signals [signals]
	Drain      EffectKind = "drain"    // stops serving after finishing requests [timeout, in ns; when: only if that is set; through: the method of an interface by which it may be called]
	Close      EffectKind = "close"    // stops serving at once
	Managed    EffectKind = "managed"  // a framework that handles SIGTERM and drains
	DefFlag    EffectKind = "flag"     // defines a flag [name, default, env: variables that set it too]
	Default    EffectKind = "default"  // sets a config key's default [key, value]
	BindFlag   EffectKind = "bindflag" // makes flags readable as config keys [key, flag]; all flags without them
	BindEnv    EffectKind = "bindenv"  // makes env readable as config keys [key, names], or any key [prefix, replace, style]
	ReadKey    EffectKind = "key"      // reads a config key [key]
	ReadEnv    EffectKind = "env"      // reads an environment variable [name, default, by: library or runtime]
	Require    EffectKind = "require"  // ends the program where a variable is not set [name]
	NeedsFile  EffectKind = "needfile" // ends the program where a file cannot be read [path]
	Log        EffectKind = "log"      // sends the program's log somewhere [to]
	Driver     EffectKind = "driver"   // links a driver of database/sql [name, database]
	Exporter   EffectKind = "exporter" // sends metrics or traces to a collector [what]
	Host       EffectKind = "host"     // asks something of the machine below the container [what]
	Change     EffectKind = "change"   // changes what others see: rows, messages, mails [what]
	Serverless EffectKind = "function" // hands requests of a serverless platform to a handler [platform]
	Schedule   EffectKind = "schedule" // runs something at times of its own [spec, job, locked; does: what of it others see]
	Election   EffectKind = "election" // elects a leader among replicas [what; on: only if that is set]
	Memory     EffectKind = "memory"   // keeps state in the process's memory: caches, sessions, queues [what]
	Timezone   EffectKind = "timezone" // needs the time zone database [name]
	User       EffectKind = "user"     // looks users or groups up [name]
	TLS        EffectKind = "tls"      // verifies a peer's certificate, so needs root certificates [what]
	Opens      EffectKind = "opens"    // sets the fields of a struct [target, type, style, from, and the style's own]
	Cgo        EffectKind = "cgo"      // is linked to C code
	Unseen     EffectKind = "unseen"   // a call that may matter and is not known
)

// IfStatement is the API of a Require that an if statement makes.
const IfStatement = "an if statement"

// An Effect is one use of a function of the API table.
type Effect struct {
	Kind EffectKind
	// API is the function as a reader knows it: "os.WriteFile".
	API string
	// Names and Values are the effect's values, in the table's order.
	Names  []string
	Values []*Value
	// Blocks is set where the call returns only when the program ends.
	Blocks bool
}

// Value is the effect's value of that name, or nil.
func (e *Effect) Value(name string) *Value {
	for i, n := range e.Names {
		if n == name {
			return e.Values[i]
		}
	}
	return nil
}
