package deploy

import "github.com/cnready/cnready/internal/finding"

// A Workload is one thing that a platform runs: a Deployment, a Pod, a Job, a
// service of a compose file.
type Workload struct {
	Platform  string // kubernetes, compose, systemd ...
	Kind      string
	Name      string
	Namespace string
	Position  finding.Position // of the document's metadata.name
	// Dir is the folder of the file.
	Dir string

	// APIVersion, Variant, Bundles, Component and the object's own labels and annotations
	// are as in Object.
	APIVersion   Field[string]
	Variant      string
	Bundles      []string
	Component    bool
	ObjectLabels map[string]string
	Annotations  map[string]string
	// Platforms are those of the continuum that the file names for it: a task
	// definition may name Fargate and EC2. It is empty for Kubernetes and Compose,
	// whose platforms other objects decide.
	Platforms []PlatformID
	// Custom is true for an object of a kind that is not known, in which a pod's
	// template was found by its shape: what its controller does beside running
	// the pod is not known.
	Custom bool

	// RunsToEnd is true for jobs, and for pods that are not started again when
	// they end: they are not expected to serve.
	RunsToEnd bool
	// Controlled is false for a bare pod.
	Controlled bool
	// Schedule is true for a CronJob.
	Schedule bool
	// Job is set for those that run to their end.
	Job JobSettings

	Replicas     Field[int]
	GraceSeconds Field[int]
	Labels       map[string]string // of the pod template
	// Selector is that by which the workload finds its own pods.
	Selector   Selector
	Containers []*Container
	Init       []*Container // init containers; native sidecars are in Containers
	Volumes    []Volume
	// Claims are the names of a StatefulSet's volume claim templates.
	Claims []string
	// ClaimTemplates are those templates, in the same order.
	ClaimTemplates []*Claim
	// ServiceName is the Service that governs a StatefulSet.
	ServiceName Field[string]
	// TemplateRef names the workload whose pod template this one runs (the
	// workloadRef of an Argo Rollout).
	TemplateRef Field[Ref]

	Update    Update
	Placement Placement
	// RestartPolicy is Always, OnFailure or Never, and on compose no, always,
	// on-failure or unless-stopped.
	RestartPolicy  Field[string]
	ServiceAccount Field[string]
	// AutomountToken says whether the service account's token is mounted.
	AutomountToken        Field[bool]
	PullSecrets           []Ref
	RuntimeClass          Field[string]
	PriorityClass         Field[string]
	ShareProcessNamespace Field[bool]
	HostAliases           []HostAlias
	DNSPolicy             Field[string]
	Hostname              Field[string]

	HostNetwork Field[bool]
	HostPID     Field[bool]
	HostIPC     Field[bool]
	// RunAsNonRoot and RunAsUser are the pod's defaults for its containers.
	RunAsNonRoot Field[bool]
	RunAsUser    Field[int64]
	// Security is what else a pod says of the rights of its containers.
	Security PodSecurity
	// Resources are those of the pod as a whole, which its containers share.
	Resources Resources
	// Defaults are the requests and limits that a LimitRange of the namespace
	// gives to containers without their own.
	Defaults Resources
	// Services are those whose selector matches the pod's labels, in the same
	// namespace, in the same or the nearest folder.
	Services []*Endpoint

	// FixedName is a name that only one instance can have (container_name).
	FixedName Field[string]
	// FixedAddresses are IP addresses that only one instance can have.
	FixedAddresses []Field[string]
	// DependsOn are the workloads that are started before.
	DependsOn []Dependency
	// Networks are those that a compose service is attached to. Where there are
	// none it is on the project's default network.
	Networks []Ref
	// NetworkMode is compose's network_mode: host, none, service:name ...
	NetworkMode Field[string]
	// Profiles are those that a compose service is only started with.
	Profiles []string
	// Swarm is what only a swarm heeds.
	Swarm Swarm
	// Settings are all fields of a compose service as they are written, by name,
	// sorted: another platform that reads such files ignores or refuses some.
	Settings []Setting
}

// ID names the workload in messages: Kind/name.
func (w *Workload) ID() string { return w.Kind + "/" + w.Name }

// Object is the workload's identity, scope and place.
func (w *Workload) Object() Object {
	return Object{
		Platform: w.Platform, APIVersion: w.APIVersion.Value, Kind: w.Kind, Name: w.Name, Namespace: w.Namespace,
		Dir: w.Dir, Variant: w.Variant, Bundles: w.Bundles, Component: w.Component, Position: w.Position, APIPosition: w.APIVersion.Position,
		Labels: w.ObjectLabels, Annotations: w.Annotations,
	}
}

// Scope is where the workload's references are looked for.
func (w *Workload) Scope() Scope {
	o := w.Object()
	return o.Scope()
}

// Volume is the workload's volume of that name, or nil.
func (w *Workload) Volume(name string) *Volume {
	for i := range w.Volumes {
		if w.Volumes[i].Name == name {
			return &w.Volumes[i]
		}
	}
	return nil
}

// JobSettings are those of a workload that runs to its end.
type JobSettings struct {
	// Schedule is a CronJob's, in cron's five fields.
	Schedule     Field[string]
	Concurrency  Field[string] // Allow, Forbid, Replace
	Suspend      Field[bool]
	BackoffLimit Field[int]
	// Deadline is activeDeadlineSeconds, StartingDeadline startingDeadlineSeconds,
	// TTL ttlSecondsAfterFinished.
	Deadline         Field[int]
	StartingDeadline Field[int]
	TTL              Field[int]
	Completions      Field[int]
	Parallelism      Field[int]
}

// Update says how instances are replaced by those of a new version.
type Update struct {
	// Strategy is as the platform names it: RollingUpdate, Recreate, OnDelete,
	// Rolling, Custom; canary or blueGreen for a Rollout; start-first or
	// stop-first for a swarm.
	Strategy Field[string]
	// MaxUnavailable and MaxSurge are numbers or percentages, see ParseAmount.
	MaxUnavailable Field[string]
	MaxSurge       Field[string]
	Partition      Field[int]
	// Parallelism is how many a swarm updates at a time; 0 means all.
	Parallelism Field[int]
	// OnFailure is what a swarm does when an update fails.
	OnFailure Field[string]
	// MinReady is minReadySeconds, Deadline progressDeadlineSeconds.
	MinReady Field[int]
	Deadline Field[int]
	// PodManagement is a StatefulSet's podManagementPolicy.
	PodManagement Field[string]
	Paused        Field[bool]
	Position      finding.Position
}

// Placement says where instances may run.
type Placement struct {
	NodeName Field[string]
	// NodeSelector are the labels that a node must have, in their order.
	NodeSelector []Pair
	// NodeAffinity are the requirements of required node affinity; each term is
	// an alternative.
	NodeAffinity [][]Requirement
	// PreferredNodes is set where nodes are only preferred.
	PreferredNodes  Field[bool]
	PodAffinity     Affinity
	PodAntiAffinity Affinity
	Spread          []Spread
	Tolerations     []Toleration
	// Constraints are a swarm's, as written: node.hostname==a.
	Constraints []Field[string]
	// MaxPerNode is a swarm's max_replicas_per_node.
	MaxPerNode Field[int]
}

// A Pair is a name with a value.
type Pair struct {
	Name     string
	Value    string
	Position finding.Position // of the value
}

// Affinity says which pods instances want to be near to, or far from.
type Affinity struct {
	Required  []PodTerm
	Preferred []PodTerm
	Position  finding.Position
}

// A PodTerm is one term of an affinity.
type PodTerm struct {
	Topology Field[string]
	Selector Selector
}

// A Spread is a topology spread constraint.
type Spread struct {
	Topology          Field[string]
	WhenUnsatisfiable Field[string]
	MaxSkew           Field[int]
	Selector          Selector
}

// A Toleration lets instances run on a tainted node.
type Toleration struct {
	Key, Operator, Value, Effect string
	Position                     finding.Position
}

// PodSecurity is what a pod says of the rights of its containers.
type PodSecurity struct {
	RunAsGroup          Field[int64]
	FSGroup             Field[int64]
	FSGroupChangePolicy Field[string]
	SupplementalGroups  Field[[]int64]
	Seccomp             Field[string] // type, or type/profile for Localhost
	AppArmor            Field[string]
	Sysctls             []Pair
	HostUsers           Field[bool]
	Position            finding.Position
}

// A HostAlias is a line of the instance's hosts file.
type HostAlias struct {
	IP       Field[string]
	Names    []string
	Position finding.Position
}

// A Dependency is a workload that another waits for when it starts.
type Dependency struct {
	Name string
	// Condition is service_started, service_healthy or
	// service_completed_successfully.
	Condition string
	Required  bool
	Position  finding.Position // of the name
}

// Swarm is what only a swarm heeds of a compose service.
type Swarm struct {
	// Set is true where a field says that the file is meant for a swarm.
	Set          bool
	Mode         Field[string] // replicated, global, replicated-job, global-job
	EndpointMode Field[string]
	// Restart is the condition of the restart policy, MaxAttempts its bound.
	Restart     Field[string]
	MaxAttempts Field[int]
}

// A Setting is a field of the platform's own.
type Setting struct {
	Name     string
	Value    string // of a scalar, else ""
	Position finding.Position
}
