// Package deploy is the platform-neutral model of what manifests declare:
// workloads with their containers, the endpoints and routes that lead to them,
// what scales and protects them, and the configuration, storage and identities
// that they use. One folder beside this file reads one family of platforms into
// it.
//
// Every field that a rule may speak of keeps the place where it was written.
//
// # Scopes
//
// A tree often holds one application several times: in overlays, releases and
// environments. So an object has a scope: its namespace, its folder, the variant
// that it was rendered for, and the bundles that deploy it with others. Two
// objects of one name are two objects unless their scopes meet; [Index] asks for
// objects in a scope.
package deploy

import "github.com/cnready/cnready/internal/finding"

// The platforms of workloads and other objects.
const (
	Kubernetes = "kubernetes"
	// Compose is Docker Compose; what its files say of a swarm is in the same
	// model, see Workload.Swarm.
	Compose = "compose"
)

// A Field is a value of a manifest with its place. Set is false where the
// manifest does not have the field; Position is then that of the nearest
// enclosing thing that it does have.
//
// The position of a scalar is its text, so that an edit can replace it; that of
// a mapping or a list is the key under which it stands. What came through an
// anchor, an alias or a merge key has the place where its text is written.
// End columns are exclusive.
type Field[T any] struct {
	Value T
	Set   bool
	// Unknown is true where the manifest has the field, but something that was
	// not read fills it in: a variable without a value, a template's parameter
	// without a default. Value is then what is written, where it is a string, and
	// otherwise nothing.
	Unknown  bool
	Position finding.Position
}

// Known tells whether the manifest has the field with a value that is known.
func (f Field[T]) Known() bool { return f.Set && !f.Unknown }

// Manifests is everything that was read from one tree. The lists are in the
// order of files and of places in them.
type Manifests struct {
	Workloads []*Workload
	Services  []*Endpoint
	Routes    []*Route
	// Autoscalers are what changes the number of replicas, or what they request.
	Autoscalers []*Autoscaler
	Budgets     []*DisruptionBudget
	Policies    []*NetworkPolicy
	// Configs are config maps and secrets, or what a platform calls them; also
	// those that a generator or an operator makes of what the tree has.
	Configs         []*Config
	Claims          []*Claim
	ServiceAccounts []*ServiceAccount
	RuntimeClasses  []*RuntimeClass
	PriorityClasses []*PriorityClass
	Namespaces      []*Namespace
	LimitRanges     []*LimitRange
	Quotas          []*Quota
	Grants          []*Grant
	// Builds say how an image is built that workloads run.
	Builds []*Build
	// Platforms are the platforms that files declare, with or without a workload.
	Platforms []*Platform
	// Objects is every object that was seen, whatever its kind, those above too.
	Objects []*Object
	// NotAnalyzed are files and documents that could not be read.
	NotAnalyzed []finding.NotAnalyzed
	// Read counts what was looked into: the base of "nothing was found".
	Read Counts
	// Deciders tell what decides the fields of rendered manifests.
	Deciders []Decider
}

// A Decider tells which values of a chart decide what stands at a place of a
// template, or is missing there, in a variant. message is that of the finding at
// that place: it names the field. Of a place or variant that it does not know it
// says nothing.
type Decider interface {
	Decides(at finding.Position, variant, message string) []finding.Related
}

// Add takes over everything that another reading found.
func (m *Manifests) Add(o *Manifests) {
	m.Workloads = append(m.Workloads, o.Workloads...)
	m.Services = append(m.Services, o.Services...)
	m.Routes = append(m.Routes, o.Routes...)
	m.Autoscalers = append(m.Autoscalers, o.Autoscalers...)
	m.Budgets = append(m.Budgets, o.Budgets...)
	m.Policies = append(m.Policies, o.Policies...)
	m.Configs = append(m.Configs, o.Configs...)
	m.Claims = append(m.Claims, o.Claims...)
	m.ServiceAccounts = append(m.ServiceAccounts, o.ServiceAccounts...)
	m.RuntimeClasses = append(m.RuntimeClasses, o.RuntimeClasses...)
	m.PriorityClasses = append(m.PriorityClasses, o.PriorityClasses...)
	m.Namespaces = append(m.Namespaces, o.Namespaces...)
	m.LimitRanges = append(m.LimitRanges, o.LimitRanges...)
	m.Quotas = append(m.Quotas, o.Quotas...)
	m.Grants = append(m.Grants, o.Grants...)
	m.Builds = append(m.Builds, o.Builds...)
	m.Platforms = append(m.Platforms, o.Platforms...)
	m.Objects = append(m.Objects, o.Objects...)
	m.NotAnalyzed = append(m.NotAnalyzed, o.NotAnalyzed...)
	m.Deciders = append(m.Deciders, o.Deciders...)
	m.Read.Files += o.Read.Files
	m.Read.Objects += o.Read.Objects
}

// Counts says how much was read.
type Counts struct {
	Files   int // files that hold at least one object of the platform
	Objects int // objects in them, whatever their kind
}
