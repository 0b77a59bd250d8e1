// Package report turns the results of a run into what is shown: the JSON report,
// of which this file is the model and docs/report.schema.json the schema, and the
// text report that is made from it.
package report

//go:generate go run ./schemagen ../../docs

// SchemaVersion is the version of the JSON report. Fields may be added within a
// version; none is renamed, removed or given another meaning.
const SchemaVersion = "1"

// Report is what cnready says of one directory. Paths are relative to the
// directory that was checked, with forward slashes; lines and columns count from
// 1, columns in bytes, and 0 stands for "not known". Lists are sorted and never
// null.
type Report struct {
	// Version is the version of this format.
	Version string `json:"version" jsonschema:"enum=1"`
	// Tool is what wrote the report.
	Tool Tool `json:"tool"`
	// Services has one entry for each main that serves or runs as a daemon or
	// function.
	Services []Service `json:"services"`
	// Findings of all services, of workloads that run no service of this
	// directory, and notes on comments that suppress findings.
	Findings []Finding `json:"findings"`
	// Unknown is what could not be told.
	Unknown []Unknown `json:"unknown"`
	// NotAnalyzed are files and packages that were not read, or only in part.
	NotAnalyzed []NotAnalyzed `json:"notAnalyzed"`
	// Graph says who calls whom.
	Graph Graph `json:"graph"`
	// Mains are the main packages that are no services: command line tools,
	// generators, examples.
	Mains []Main `json:"mains"`
	// LookedAt says how much was found to look at.
	LookedAt LookedAt `json:"lookedAt"`
}

// Tool is the program that wrote a report.
type Tool struct {
	Name    string `json:"name"`    // cnready
	Version string `json:"version"` // the tool's version
}

// LookedAt counts what was found in the directory.
type LookedAt struct {
	// Packages is the number of Go packages, without tests.
	Packages int `json:"packages"`
	// Dockerfiles is the number of Dockerfiles that were read.
	Dockerfiles int `json:"dockerfiles"`
	// Workloads is the number of workloads that manifests declare.
	Workloads int `json:"workloads"`
}

// Main is a main package that is no service.
type Main struct {
	Name string `json:"name"` // the name that a service of it would have
	// Dir is the folder of the package.
	Dir string `json:"dir"`
	// Main is the package's import path.
	Main string `json:"main"`
	// Reason says why it is no service.
	Reason string `json:"reason"`
}

// Service is one main that serves or runs as a daemon or function.
type Service struct {
	// Name is unique within a report.
	Name string `json:"name"`
	// Dir is the folder of the main package.
	Dir string `json:"dir"`
	// Main is the import path of the main package.
	Main string `json:"main"`
	// Image is the stage of a Dockerfile that the service is shipped in; null
	// where none was found.
	Image *Image `json:"image" jsonschema:"nullable"`
	// Workloads are those that run the service's image.
	Workloads []Workload `json:"workloads"`
	// Properties are the scores.
	Properties Properties `json:"properties"`
	// Continuum says on which platforms, from VM to serverless, the service
	// would run as it stands.
	Continuum []Platform `json:"continuum"`
	// Contract is what the service needs from its surroundings.
	Contract Contract `json:"contract"`
	// Packaging is a container packaging without a Dockerfile; null where there
	// is none.
	Packaging *Packaging `json:"packaging" jsonschema:"nullable"`
}

// Image says that a stage of a Dockerfile ships a service.
type Image struct {
	// File is the Dockerfile.
	File string `json:"file"`
	// Stage is the stage's name; empty where it has none.
	Stage string `json:"stage"`
	// Reason says why this is taken to be the service's image.
	Reason string `json:"reason"`
}

// Packaging is a way to build an image without a Dockerfile.
type Packaging struct {
	// Kind is ko, buildpacks, bazel or the like.
	Kind   string `json:"kind"`
	Reason string `json:"reason"` // why this is taken to build the service
	File   string `json:"file"`   // relative to the checked directory
	Line   int    `json:"line"`   // 0 where only the file is known
}

// Workload says that a workload of a manifest runs a service.
type Workload struct {
	// Platform is the platform that the manifest is for.
	Platform string `json:"platform"`
	// Kind is the platform's word: Deployment, CronJob, service.
	Kind string `json:"kind"`
	Name string `json:"name"` // the workload's name in the manifest
	File string `json:"file"` // relative to the checked directory
	Line int    `json:"line"` // 0 where only the file is known
	// Reason says why this workload is taken to run the service.
	Reason string `json:"reason"`
}

// Properties are the scores of the three properties by which the CNCF charter
// defines a cloud-native system.
type Properties struct {
	// Runs in a container as an isolated unit of deployment.
	ContainerPackaged Property `json:"containerPackaged"`
	// Actively scheduled and managed by a central orchestrating process.
	DynamicallyManaged Property `json:"dynamicallyManaged"`
	// Loosely coupled, with dependencies explicitly described.
	MicroservicesOriented Property `json:"microservicesOriented"`
}

// Property is the score of one property.
type Property struct {
	// Score is rounded down to one decimal; null where nothing was judged.
	Score *float64 `json:"score" jsonschema:"nullable,minimum=0,maximum=100"`
	// Coverage is the share of the weight of all checks that was judged.
	Coverage float64 `json:"coverage" jsonschema:"minimum=0,maximum=1"`
	// Ready is true at a score of 80 or more, no open error, and a coverage of
	// at least one half.
	Ready bool `json:"ready"`
	// Lost has what each check took from the score, the most first; the points
	// and the score add up to 100.
	Lost []Lost `json:"lost"`
	// NotReady says in words what is missing; empty where ready.
	NotReady []string `json:"notReady"`
	// Outside has the checks that were not judged in whole or in part, the
	// heaviest first.
	Outside []Outside `json:"outside"`
}

// Lost is what the failures of one check, a rule at one severity, took from a
// score.
type Lost struct {
	Rule string `json:"rule"` // the rule's name
	// Points of 100.
	Points float64 `json:"points" jsonschema:"minimum=0,maximum=100"`
	// Findings are the ids of the findings that lost them.
	Findings []string `json:"findings"`
	// The check's severity.
	Severity string `json:"severity" jsonschema:"enum=error,enum=warning,enum=note"`
}

// Outside is what of one check, a rule at one severity, was not judged.
type Outside struct {
	Rule     string `json:"rule"`                                                    // the rule's name
	Severity string `json:"severity" jsonschema:"enum=error,enum=warning,enum=note"` // the check's severity
	// Weight is the part of the check's weight that was not judged.
	Weight float64 `json:"weight" jsonschema:"minimum=0"`
	// Subjects is how many subjects were not judged.
	Subjects int `json:"subjects" jsonschema:"minimum=0"`
	// Of is how many subjects the check has.
	Of int `json:"of" jsonschema:"minimum=0"`
	// Baseline is how many of the subjects were not judged because their
	// findings are in the baseline; of the others it could not be told.
	Baseline int `json:"baseline" jsonschema:"minimum=0"`
}

// Platform is a service's place on one platform of the continuum.
type Platform struct {
	// Rung is the platform's place between VM and serverless.
	Rung string `json:"rung"`
	// The platform's name.
	Platform string `json:"platform"`
	// The platform's id, which is stable.
	ID string `json:"id"`
	// Whether the service would run there as it stands.
	Verdict string `json:"verdict" jsonschema:"enum=fits,enum=warnings,enum=blocked,enum=unknown"`
	// Declared are the places where the repository itself declares the platform.
	Declared []Place `json:"declared"`
	// By are the ids of the findings that the verdict rests on.
	By []string `json:"by"`
	// Reasons are what the verdict rests on, what blocks first.
	Reasons []PlatformReason `json:"reasons"`
}

// PlatformReason is a constraint of a platform that is offended, or could not be
// judged.
type PlatformReason struct {
	// Constraint is its name in docs/platforms.md.
	Constraint string `json:"constraint"`
	// Effect says whether it keeps the service from the platform.
	Effect string `json:"effect" jsonschema:"enum=blocks,enum=warns,enum=unknown"`
	// What offends it, or why it could not be judged.
	Message string `json:"message"`
	// Mend says what to do about it; "" where nothing is offended.
	Mend string `json:"mend"`
	File string `json:"file"`                        // relative to the checked directory; "" for what is not there
	Line int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
	// Source is the document that says so.
	Source string `json:"source"`
}

// Place is a line of a file.
type Place struct {
	File string `json:"file"`                        // relative to the checked directory
	Line int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Contract is what a service needs from its surroundings, with the values that
// it takes where the surroundings set nothing.
type Contract struct {
	// Listens are the addresses that the service listens on.
	Listens []Listen `json:"listens"`
	// Env are the environment variables that it reads.
	Env []Env `json:"env"`
	// Flags are its command line flags.
	Flags []Flag `json:"flags"`
	// Routes are what it serves.
	Routes []Route `json:"routes"`
	// Dials are the addresses that it connects to.
	Dials []Dial `json:"dials"`
	// Reads are the files that it reads.
	Reads []Access `json:"reads"`
	// Writes are the files that it writes.
	Writes []Access `json:"writes"`
	// Execs are the programs that it starts.
	Execs []Exec `json:"execs"`
	// Uses is what else it needs of its surroundings, or does in them.
	Uses []Use `json:"uses"`
	// Shutdown is how it ends; null where it handles no signal, or where that
	// could not be told.
	Shutdown *Shutdown `json:"shutdown" jsonschema:"nullable"`
	// Complete is false where something could not be resolved; Gaps then says
	// what.
	Complete bool  `json:"complete"`
	Gaps     []Gap `json:"gaps"` // what could not be resolved
	// EntryPoint is the subcommand that the image and the workloads start; null
	// where the program has no subcommands, or where that could not be told.
	EntryPoint *EntryPoint `json:"entryPoint" jsonschema:"nullable"`
	// Subcommands are those of a command line interface.
	Subcommands []Subcommand `json:"subcommands"`
}

// Source is one place that a value comes from. A list of sources is in the order
// in which they are asked; the first that is set wins.
type Source struct {
	// Where the value comes from.
	Kind string `json:"kind" jsonschema:"enum=env,enum=flag,enum=config,enum=literal"`
	// Name of the variable, flag or key; empty for a literal.
	Name string `json:"name"`
	// Value is the literal, or the default of a flag or key; empty where there
	// is none.
	Value string `json:"value"`
}

// Listen is an address that a service listens on.
type Listen struct {
	// Network is tcp, udp, unix or the like.
	Network string `json:"network"`
	// Host is empty for all interfaces.
	Host string `json:"host"`
	// Port is the one taken by default; null where it could not be told.
	Port *int `json:"port" jsonschema:"nullable,minimum=0,maximum=65535"`
	// From has the sources of the port.
	From []Source `json:"from"`
	// Expression is the address as a reader would write it: | stands between what may be
	// taken, + concatenates, * is what could not be told.
	Expression string `json:"expression"`
	File       string `json:"file"`                        // relative to the checked directory
	Line       int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Env is an environment variable that a service reads.
type Env struct {
	Name string `json:"name"` // the variable's name
	// Required is true where the service stops without it.
	Required bool `json:"required"`
	// Default is the value taken where it is not set; null where there is none
	// or it could not be told.
	Default *string `json:"default" jsonschema:"nullable"`
	// Who reads it.
	ReadBy string `json:"readBy" jsonschema:"enum=code,enum=library,enum=runtime,enum=entrypoint"`
	// Relative to the checked directory.
	File string `json:"file"`
	// 0 where only the file is known.
	Line int `json:"line" jsonschema:"minimum=0"`
}

// Flag is a command line flag of a service.
type Flag struct {
	Name string `json:"name"` // the flag's name, without dashes
	// Default is written as on a command line, durations like 1m30s; null where it
	// could not be told.
	Default *string `json:"default" jsonschema:"nullable"`
	File    string  `json:"file"`                        // relative to the checked directory
	Line    int     `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Route is a path or method that a service serves.
type Route struct {
	Protocol string `json:"protocol" jsonschema:"enum=http,enum=grpc"` // http or grpc
	// Method is the HTTP method; empty for every method.
	Method string `json:"method"`
	// Path is the HTTP path taken by default, behind a host where the route is for
	// one; the service of gRPC. A part that could not be told is "*".
	Path string `json:"path"`
	// From has the sources of the path.
	From []Source `json:"from"`
	// Expression is the path as a reader would write it: | stands between what may be
	// taken, + concatenates, * is what could not be told.
	Expression string `json:"expression"`
	// Role is empty for the service's own business.
	Role string `json:"role" jsonschema:"enum=,enum=health,enum=metrics,enum=profiling"`
	File string `json:"file"`                        // relative to the checked directory
	Line int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Dial is an address that a service connects to.
type Dial struct {
	Network string `json:"network"` // tcp, udp, unix or the like
	// Address is the one taken by default; empty where there is none or it could
	// not be told.
	Address string `json:"address"`
	// From has the sources of the address.
	From []Source `json:"from"`
	// Expression is the address as a reader would write it: | stands between what may be
	// taken, + concatenates, * is what could not be told.
	Expression string `json:"expression"`
	File       string `json:"file"`                        // relative to the checked directory
	Line       int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Access is a file or folder that a service reads or writes.
type Access struct {
	// Path is the one taken by default; a part that could not be told is "*".
	Path string `json:"path"`
	// Durable is true where what is written must outlive the instance.
	Durable bool `json:"durable"`
	// From has the sources of the path.
	From []Source `json:"from"`
	// Expression is the path as a reader would write it: | stands between what may be
	// taken, + concatenates, * is what could not be told.
	Expression string `json:"expression"`
	File       string `json:"file"`                        // relative to the checked directory
	Line       int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Exec is a program that a service starts.
type Exec struct {
	// The name or path; a part that could not be told is "*".
	Program string `json:"program"`
	// Expression is the program as a reader would write it: | stands between what may be
	// taken, + concatenates, * is what could not be told.
	Expression string `json:"expression"`
	File       string `json:"file"`                        // relative to the checked directory
	Line       int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Use is something that a service needs of its surroundings, or does in them,
// beside what the other lists have.
type Use struct {
	// Kind is timezone, where the time zone database is needed; user, where users
	// or groups are looked up; tls, where certificates are verified, which needs
	// root certificates; cgo, where it is linked to C code; election, where a
	// leader is elected among replicas; schedule, where something is run at times
	// of its own; memory, where state is kept in the process, such as caches,
	// sessions and queues; function, where a serverless platform calls it; temp,
	// where temporary files are made; archive, where archives are unpacked.
	Kind string `json:"kind" jsonschema:"enum=timezone,enum=user,enum=tls,enum=cgo,enum=election,enum=schedule,enum=memory,enum=function,enum=temp,enum=archive"`
	// What is used, where that is known, else the function that uses it.
	What string `json:"what"`
	File string `json:"file"`                        // relative to the checked directory
	Line int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// EntryPoint says which subcommand of a program is the service.
type EntryPoint struct {
	// Command has the words that select it.
	Command []string `json:"command"`
	File    string   `json:"file"`                        // relative to the checked directory
	Line    int      `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
	// Reason says what selects it.
	Reason string `json:"reason"`
}

// Subcommand is an entry point of a command line interface.
type Subcommand struct {
	Name string `json:"name"` // the word that calls it; empty where it could not be told
	// Serves is true where it listens or serves. The effects of the others are
	// left out of the contract.
	Serves bool   `json:"serves"`
	File   string `json:"file"`                        // relative to the checked directory
	Line   int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Shutdown is how a service ends when it is told to.
type Shutdown struct {
	// Signals that it handles.
	Signals []string `json:"signals"`
	// Drains are what it lets finish: http, grpc and the like.
	Drains []string `json:"drains"`
	// TimeoutSeconds bounds the draining by default, the longest of several; null
	// where nothing bounds one of them or the bound could not be told.
	TimeoutSeconds *float64 `json:"timeoutSeconds" jsonschema:"nullable,minimum=0"`
	File           string   `json:"file"`                        // relative to the checked directory
	Line           int      `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Gap is something of a contract that could not be resolved.
type Gap struct {
	What string `json:"what"`                        // what could not be resolved
	File string `json:"file"`                        // relative to the checked directory
	Line int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// Finding is one thing that is wrong, with its evidence.
type Finding struct {
	// ID is stable over runs and over moved lines: it is made of the rule, the
	// file and the text of the line, not of the line's number.
	ID string `json:"id"`
	// The rule's name.
	Rule string `json:"rule"`
	// The property whose score the rule is part of; empty for the rule suppression,
	// which is part of no score.
	Property string `json:"property" jsonschema:"enum=,enum=containerPackaged,enum=dynamicallyManaged,enum=microservicesOriented"`
	// How much it weighs.
	Severity string `json:"severity" jsonschema:"enum=error,enum=warning,enum=note"`
	// Status is open where the finding counts; cleared where another artifact
	// meets it; suppressed where its author waved it through; baseline where it
	// was there before the baseline was taken.
	Status string `json:"status" jsonschema:"enum=open,enum=cleared,enum=suppressed,enum=baseline"`
	// ClearedBy is what meets a cleared finding.
	ClearedBy *Because `json:"clearedBy,omitempty"`
	// Suppression is the comment by which a finding was suppressed; its reason is
	// what the author gave, empty where that is none.
	Suppression *Because `json:"suppression,omitempty"`
	// Service is the name of the service that the finding was judged on; empty
	// for a workload that runs no service of this directory, and for a note on a
	// comment.
	Service string `json:"service"`
	// Workload is the one that the finding was judged on; empty where the
	// finding is about none.
	Workload string `json:"workload"`
	// Variants are the overlays and values files in which the finding stands; none
	// where it stands in a file that is deployed as it is written.
	Variants []string `json:"variants"`
	File     string   `json:"file"` // relative to the checked directory
	// Line is 0 where the finding is about the file as a whole.
	Line   int `json:"line" jsonschema:"minimum=0"`
	Column int `json:"column" jsonschema:"minimum=0"` // in bytes; 0 where only the line is known
	// EndLine is 0 where only the start is known.
	EndLine int `json:"endLine" jsonschema:"minimum=0"`
	// EndColumn is that of the first byte behind the stretch.
	EndColumn int `json:"endColumn" jsonschema:"minimum=0"`
	// Message says what is wrong, why it matters and how to mend it.
	Message string `json:"message"`
	// Related are the other half of the evidence.
	Related []Related `json:"related"`
	// Fixes are mends that are mechanical and safe.
	Fixes []Fix `json:"fixes"`
	// URL is the rule's page.
	URL string `json:"url"`
}

// Because is a place and what it says there about a finding.
type Because struct {
	File string `json:"file"`                        // relative to the checked directory
	Line int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
	// What stands there, and why that changes the finding.
	Reason string `json:"reason"`
}

// Related is a second place that a finding rests on, and what stands there.
type Related struct {
	File    string `json:"file"`                          // relative to the checked directory
	Line    int    `json:"line" jsonschema:"minimum=0"`   // 0 where only the file is known
	Message string `json:"message"`                       // what stands there
	Column  int    `json:"column" jsonschema:"minimum=0"` // in bytes; 0 where only the line is known
	// EndLine is 0 where only the start is known.
	EndLine   int `json:"endLine" jsonschema:"minimum=0"`
	EndColumn int `json:"endColumn" jsonschema:"minimum=0"` // that of the first byte behind the stretch
}

// Fix is a set of edits that mends a finding.
type Fix struct {
	Message string `json:"message"` // what the edits do
	Edits   []Edit `json:"edits"`   // by place; they do not overlap
}

// Edit replaces a stretch of a file by other text.
type Edit struct {
	File      string `json:"file"`                             // relative to the checked directory
	Line      int    `json:"line" jsonschema:"minimum=0"`      // 0 where only the file is known
	Column    int    `json:"column" jsonschema:"minimum=0"`    // in bytes; 0 where only the line is known
	EndLine   int    `json:"endLine" jsonschema:"minimum=0"`   // 0 where only the start is known
	EndColumn int    `json:"endColumn" jsonschema:"minimum=0"` // that of the first byte behind the stretch
	NewText   string `json:"newText"`                          // what is put there; may be empty
}

// Unknown is something that a rule could not tell.
type Unknown struct {
	Rule string `json:"rule"` // the rule's name
	// Service is empty for a workload that runs no service of this directory.
	Service string `json:"service"`
	// Reason says what was missing.
	Reason string `json:"reason"`
	File   string `json:"file"`                        // relative to the checked directory
	Line   int    `json:"line" jsonschema:"minimum=0"` // 0 where only the file is known
}

// NotAnalyzed is a file or package that was not read, or only in part.
type NotAnalyzed struct {
	File   string `json:"file"`   // a file, folder or package
	Reason string `json:"reason"` // why, and what was done without it
}
