package deploy

import "github.com/cnready/cnready/internal/finding"

// A Route leads requests from outside, or from a mesh, to endpoints: an Ingress,
// a route of the Gateway API, an OpenShift Route, an Istio VirtualService. An
// Istio DestinationRule is one too, of kind DestinationRule: it names a host.
type Route struct {
	Object
	Hosts []Field[string]
	// Class is an Ingress's class, by its field or its annotation.
	Class Field[string]
	// Parents are the gateways that the route is attached to.
	Parents  []Ref
	Backends []Backend
	// TLS are the secrets of its certificates; TLSSet is true where it ends TLS.
	TLS    []Ref
	TLSSet Field[bool]
}

// A Backend is where a route leads to.
type Backend struct {
	// Kind is Service, or that of another object.
	Kind string
	// Name is the object's, Namespace "" for the route's own.
	Name      string
	Namespace string
	// Host is what a mesh's route names instead: a host that may be a Service's
	// short name, its full name, or one outside of the cluster.
	Host string
	// Port is a number or a name, "" where none is given.
	Port         string
	PortPosition finding.Position
	// Path is the first path or prefix that leads there, "" for all.
	Path     Field[string]
	Weight   Field[int]
	Subset   string
	Position finding.Position // of the name
}
