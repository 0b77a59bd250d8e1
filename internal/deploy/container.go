package deploy

import (
	"time"

	"github.com/cnready/cnready/internal/finding"
)

// A Container is one container of a workload.
type Container struct {
	Name     string
	Position finding.Position // of the container's name, else of its entry
	Image    Field[string]
	// Replaced are the build tools' entries that put another image in the place
	// of this one before it is deployed: the builders' first, then those of the
	// kustomizations that take the manifest in, nearest first.
	Replaced   []Replacement
	PullPolicy Field[string]
	Command    Field[[]string]
	Args       Field[[]string]
	// CommandPositions and ArgPositions are those of each word, where they are known.
	CommandPositions []finding.Position
	ArgPositions     []finding.Position
	WorkingDir       Field[string]
	Env              []Env
	EnvFrom          []Ref
	Ports            []Port
	Mounts           []Mount

	Readiness Field[Probe]
	Liveness  Field[Probe]
	Startup   Field[Probe]
	// Health is compose's healthcheck: others may wait for it when they start,
	// and a swarm replaces an instance that fails it.
	Health Field[Probe]

	Resources    Resources
	RunAsNonRoot Field[bool]
	RunAsUser    Field[int64]
	ReadOnlyRoot Field[bool]
	Privileged   Field[bool]
	// Security is what else the container says of its rights.
	Security ContainerSecurity
	// PreStop is set where there is such a hook; PreStopHook is what it does.
	PreStop       Field[bool]
	PreStopHook   Field[Hook]
	PostStartHook Field[Hook]
	StopSignal    Field[string]
	Stdin         Field[bool]
	TTY           Field[bool]
	// Sidecar is true for an init container with restartPolicy Always.
	Sidecar bool
	// RestartPolicy is the container's own, where it has one.
	RestartPolicy Field[string]
	// InitProcess is set where the platform starts a process of its own that
	// passes signals on and reaps children (compose's init).
	InitProcess Field[bool]
	// Build says how the image is built, where the workload does; else nil.
	Build *Build
}

// ContainerSecurity is what a container says of its rights.
type ContainerSecurity struct {
	AllowEscalation Field[bool]
	RunAsGroup      Field[int64]
	// User is compose's user, as written: name or id, with or without a group.
	User      Field[string]
	Added     []Field[string] // capabilities, as written
	Dropped   []Field[string]
	Seccomp   Field[string] // type, or type/profile for Localhost
	AppArmor  Field[string]
	ProcMount Field[string]
	Position  finding.Position
}

// A Replacement is an entry of a build tool's file that names an image of a
// manifest and replaces it.
type Replacement struct {
	Tool string // skaffold, Tilt, kustomize, OpenShift
	// Name, Tag and Digest are the new parts; "" keeps the old one. All are
	// empty where the tool computes them.
	Name, Tag, Digest string
	Position          finding.Position
}

// Env is one environment variable of a container.
type Env struct {
	Name  string
	Value string
	// From is "" for a literal, else configMap, secret, field, resource or file;
	// unknown for one whose value something fills in that was not read. A line of a
	// file that compose reads is a literal whose Ref is of kind EnvFile.
	From string
	// Ref is what it comes from. Of the downward API it has only a key: the path
	// of the field, or the name of the resource.
	Ref      Ref
	Position finding.Position // of the name
	// ValuePosition is that of the literal value, else of what it comes from.
	ValuePosition finding.Position
	// Implied is true of a variable that the platform sets, not the file.
	Implied bool
}

// Port is a declared container port.
type Port struct {
	Name     string
	Number   int
	Protocol string // TCP, UDP, SCTP
	HostPort int
	// HostIP is the address of the host that the port is bound to.
	HostIP string
	// Unknown is true where the number is filled in by something not read.
	Unknown  bool
	Position finding.Position // of the number
	// HostPosition is that of the host port, if there is one.
	HostPosition finding.Position
	// Mode is how a swarm publishes the port: ingress or host.
	Mode string
	// Internal is true of a port that is only exposed to other workloads.
	Internal bool
	// Published is a range of host ports, or one that the platform chooses.
	Published string
}

// Mount puts a volume into a container.
type Mount struct {
	Volume   string
	Path     string
	SubPath  string
	ReadOnly bool
	// SubPathExpr is true where variables of the container are put into SubPath.
	SubPathExpr bool
	// Device is true of a block device, at the path of a volumeDevices entry.
	Device           bool
	Position         finding.Position // of the path
	SubPathPosition  finding.Position
	ReadOnlyPosition finding.Position
	VolumePosition   finding.Position // of the volume's name
}

// Probe is one probe of a container. Times are in seconds.
type Probe struct {
	// Kind is httpGet, grpc, tcpSocket or exec.
	Kind string
	// Path is that of an httpGet, or the service that a grpc probe asks for.
	Path string
	Port string // number or name, as written
	// Host is that of httpGet or tcpSocket, "" for the pod's own address.
	Host     string
	Scheme   string
	Command  []string
	Headers  []Pair
	Position finding.Position // of the handler
	// PathPosition and PortPosition are the handler's where they are not given.
	PathPosition finding.Position
	PortPosition finding.Position

	InitialDelay     Field[int]
	Period           Field[int]
	Timeout          Field[int]
	SuccessThreshold Field[int]
	FailureThreshold Field[int]
	// Grace is the probe's own terminationGracePeriodSeconds.
	Grace Field[int]
	// Disabled is true of a healthcheck that only switches off the image's.
	Disabled bool
}

// Hook is what a container runs after it starts, or before it is stopped.
type Hook struct {
	// Kind is exec, httpGet, tcpSocket or sleep.
	Kind    string
	Command []string
	Path    string
	Port    string
	// Sleep is how long the hook surely takes: of a sleep hook, or of a command
	// that is a sleep with a literal time.
	Sleep    time.Duration
	Position finding.Position // of the handler
}
