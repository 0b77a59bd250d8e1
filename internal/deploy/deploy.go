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

	// RunsToEnd is true for jobs: they are not expected to serve.
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
	// Services are those whose selector matches the pod's labels, in the same
	// namespace.
	Services []*Endpoint
}

// A Container is one container of a workload.
type Container struct {
	Name     string
	Position finding.Position // of the container's entry
	Image    Field[string]
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

// Env is one environment variable of a container.
type Env struct {
	Name  string
	Value string
	// From is "" for a literal, else configMap, secret, field or resource.
	From     string
	Ref      Ref
	Position finding.Position
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
	Position finding.Position
}

// Mount puts a volume into a container.
type Mount struct {
	Volume   string
	Path     string
	SubPath  string
	ReadOnly bool
	Position finding.Position
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
	Position   finding.Position
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

// An Endpoint is a Service: a name under which workloads are reached.
type Endpoint struct {
	Platform  string
	Kind      string
	Name      string
	Namespace string
	Type      string // ClusterIP, NodePort, LoadBalancer, ExternalName
	Selector  map[string]string
	Ports     []EndpointPort
	Position  finding.Position
}

// EndpointPort is one port of a Service.
type EndpointPort struct {
	Name       string
	Number     int
	TargetPort string // number or name, as written; "" means the same number
	Position   finding.Position
}
