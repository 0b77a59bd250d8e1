package deploy

import "github.com/cnready/cnready/internal/finding"

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

	// APIVersion, Variant, Bundles, Component, and the object's own labels and annotations
	// are as in Object.
	APIVersion  Field[string]
	Variant     string
	Bundles     []string
	Component   bool
	Labels      map[string]string
	Annotations map[string]string

	TypeField Field[string]
	// ClusterIP is None for a headless Service.
	ClusterIP        Field[string]
	SelectorPosition finding.Position
	// ExternalName is the host that a Service of that type stands for.
	ExternalName     Field[string]
	SessionAffinity  Field[string]
	TrafficPolicy    Field[string] // externalTrafficPolicy
	PublishNotReady  Field[bool]
	LoadBalancerHost Field[string] // loadBalancerIP
	// Aliases are further names, such as a compose service's network aliases.
	Aliases []Field[string]
	// Implied is true of an endpoint that no object declares: a compose service
	// is reached by its name, a Knative Service makes its own.
	Implied bool
}

// ID names the endpoint in messages: Kind/name.
func (e *Endpoint) ID() string { return e.Kind + "/" + e.Name }

// Headless is true of a Service without an address of its own.
func (e *Endpoint) Headless() bool { return e.ClusterIP.Value == "None" }

// Object is the endpoint's identity, scope and place.
func (e *Endpoint) Object() Object {
	return Object{
		Platform: e.Platform, APIVersion: e.APIVersion.Value, Kind: e.Kind, Name: e.Name, Namespace: e.Namespace,
		Dir: e.Dir, Variant: e.Variant, Bundles: e.Bundles, Component: e.Component, Position: e.Position, APIPosition: e.APIVersion.Position,
		Labels: e.Labels, Annotations: e.Annotations,
	}
}

// EndpointPort is one port of a Service.
type EndpointPort struct {
	Name       string
	Number     int
	TargetPort string           // number or name, as written; "" means the same number
	Position   finding.Position // of the number
	// TargetPosition is that of the target port, else the port's.
	TargetPosition finding.Position
	Protocol       string // TCP, UDP, SCTP
	AppProtocol    string
	NodePort       Field[int]
}
