// Package deploy is the platform-neutral model of what manifests declare:
// workloads with their containers, and endpoints. One folder beside this file
// reads one family of platforms into it.
//
// Every field that a rule may speak of keeps the place where it was written.
package deploy

import "github.com/cnready/cnready/internal/finding"

// A Field is a value of a manifest with its place. Set is false where the
// manifest does not have the field; Position is then that of the nearest
// enclosing thing that it does have.
//
// The position of a scalar is its text, so that an edit can replace it; that of
// a mapping or a list is the key under which it stands. What came through an
// anchor, an alias or a merge key has the place where its text is written.
// End columns are exclusive.
type Field[T any] struct {
	Value    T
	Set      bool
	Position finding.Position
}

// Manifests is everything that was read from one tree.
type Manifests struct {
	Workloads []*Workload
	Services  []*Endpoint
	// NotAnalyzed are files and documents that could not be read.
	NotAnalyzed []finding.NotAnalyzed
	// Read counts what was looked into: the base of "nothing was found".
	Read Counts
}

// Counts says how much was read.
type Counts struct {
	Files   int // files that hold at least one object of the platform
	Objects int // objects in them, whatever their kind
}

// A Workload is one thing that a platform runs: a Deployment, a Pod, a Job.
type Workload struct {
	Platform  string // kubernetes
	Kind      string
	Name      string
	Namespace string
	Position  finding.Position // of the document's metadata.name
	// Dir is the folder of the file.
	Dir string

	// RunsToEnd is true for jobs, and for pods that are not started again when
	// they end: they are not expected to serve.
	RunsToEnd bool
	// Controlled is false for a bare pod.
	Controlled bool
	// Schedule is true for a CronJob.
	Schedule bool

	Replicas     Field[int]
	GraceSeconds Field[int]
	Labels       map[string]string // of the pod template
	Containers   []*Container
	Init         []*Container // init containers; native sidecars are in Containers
	Volumes      []Volume
	// Claims are the names of a StatefulSet's volume claim templates.
	Claims      []string
	HostNetwork Field[bool]
	HostPID     Field[bool]
	HostIPC     Field[bool]
	// RunAsNonRoot and RunAsUser are the pod's defaults for its containers.
	RunAsNonRoot Field[bool]
	RunAsUser    Field[int64]
	// Resources are those of the pod as a whole, which its containers share.
	Resources Resources
	// Defaults are the requests and limits that a LimitRange of the namespace
	// gives to containers without their own.
	Defaults Resources
	// Services are those whose selector matches the pod's labels, in the same
	// namespace, in the same or the nearest folder.
	Services []*Endpoint
}

// ID names the workload in messages: Kind/name.
func (w *Workload) ID() string { return w.Kind + "/" + w.Name }

// Volume is the workload's volume of that name, or nil.
func (w *Workload) Volume(name string) *Volume {
	for i := range w.Volumes {
		if w.Volumes[i].Name == name {
			return &w.Volumes[i]
		}
	}
	return nil
}

// A Container is one container of a workload.
type Container struct {
	Name     string
	Position finding.Position // of the container's name, else of its entry
	Image    Field[string]
	// Replaced are the build tools' entries that put another image in the place
	// of this one before it is deployed: the builders' first, then those of the
	// kustomizations that take the manifest in, nearest first.
	Replaced []Replacement
	Command  Field[[]string]
	Args     Field[[]string]
	Env      []Env
	EnvFrom  []Ref
	Ports    []Port
	Mounts   []Mount

	Readiness Field[Probe]
	Liveness  Field[Probe]
	Startup   Field[Probe]

	Resources    Resources
	RunAsNonRoot Field[bool]
	RunAsUser    Field[int64]
	ReadOnlyRoot Field[bool]
	Privileged   Field[bool]
	PreStop      Field[bool]
	// Sidecar is true for an init container with restartPolicy Always.
	Sidecar bool
}

// A Replacement is an entry of a build tool's file that names an image of a
// manifest and replaces it.
type Replacement struct {
	Tool string // skaffold, Tilt, kustomize
	// Name, Tag and Digest are the new parts; "" keeps the old one. All are
	// empty where the tool computes them.
	Name, Tag, Digest string
	Position          finding.Position
}

// Env is one environment variable of a container.
type Env struct {
	Name  string
	Value string
	// From is "" for a literal, else configMap, secret, field, resource or file.
	From     string
	Ref      Ref
	Position finding.Position // of the name
	// ValuePosition is that of the literal value, else of what it comes from.
	ValuePosition finding.Position
}

// Ref names a config object, and a key in it.
type Ref struct {
	Kind     string // ConfigMap, Secret
	Name     string
	Key      string
	Optional bool
	Position finding.Position
}

// Port is a declared container port.
type Port struct {
	Name     string
	Number   int
	Protocol string // TCP, UDP, SCTP
	HostPort int
	Position finding.Position // of the number
}

// Mount puts a volume into a container.
type Mount struct {
	Volume   string
	Path     string
	SubPath  string
	ReadOnly bool
	Position finding.Position // of the path
}

// Volume is one volume of a workload. Kind is the platform's field name:
// hostPath, emptyDir, configMap, secret, persistentVolumeClaim, csi, nfs ...
type Volume struct {
	Name   string
	Kind   string
	Source string // path, claim, config map or secret name
	// Persistent is true where what is written outlives the instance.
	Persistent bool
	ReadOnly   bool
	Position   finding.Position // of the volume's name, else of its entry
}

// Probe is one probe of a container.
type Probe struct {
	// Kind is httpGet, grpc, tcpSocket or exec.
	Kind     string
	Path     string
	Port     string // number or name, as written
	Scheme   string
	Command  []string
	Position finding.Position // of the handler
}

// Resources are a container's requests and limits, as written.
type Resources struct {
	Position      finding.Position // of the resources field, else of the container
	CPURequest    Field[string]
	MemoryRequest Field[string]
	CPULimit      Field[string]
	MemoryLimit   Field[string]
}

// ID names the endpoint in messages: Kind/name.
func (e *Endpoint) ID() string { return e.Kind + "/" + e.Name }

// An Endpoint is a Service: a name under which workloads are reached.
type Endpoint struct {
	Platform  string
	Kind      string
	Name      string
	Namespace string
	// Dir is the folder of the file.
	Dir      string
	Type     string // ClusterIP, NodePort, LoadBalancer, ExternalName
	Selector map[string]string
	Ports    []EndpointPort
	Position finding.Position // of the document's metadata.name
}

// EndpointPort is one port of a Service.
type EndpointPort struct {
	Name       string
	Number     int
	TargetPort string           // number or name, as written; "" means the same number
	Position   finding.Position // of the number
	// TargetPosition is that of the target port, else the port's.
	TargetPosition finding.Position
}
