package kubernetes

import (
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// readIngress reads an Ingress of any version.
func readIngress(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	r := &deploy.Route{
		Object: o,
		Class:  first(spec.Get("ingressClassName"), c.Path("metadata", "annotations", "kubernetes.io/ingress.class")).Field(),
	}
	if !r.Class.Set {
		r.Class.Position = spec.At
	}
	tls := spec.Get("tls")
	r.TLSSet = deploy.Field[bool]{Value: tls.Set(), Set: tls.Set(), Position: tls.At}
	var names []yamldoc.Cursor
	for _, item := range tls.Items() {
		names = append(names, item.Get("secretName"))
		if name := item.Get("secretName"); name.Text() != "" {
			r.TLS = append(r.TLS, deploy.Ref{Kind: "Secret", Name: name.Text(), Position: name.At})
		}
	}
	issued(m, c, o, names)
	backend := func(b yamldoc.Cursor, path deploy.Field[string]) {
		if service := b.Get("service"); service.Set() {
			port := first(service.Path("port", "name"), service.Path("port", "number"))
			if !port.Set() {
				port = service.Get("name")
				port.Node = nil
			}
			r.Backends = append(r.Backends, deploy.Backend{
				Kind: "Service", Name: service.Get("name").Text(), Position: service.Get("name").At,
				Port: port.Text(), PortPosition: port.At, Path: path,
			})
			return
		}
		if name := b.Get("serviceName"); name.Set() { // before networking.k8s.io/v1
			r.Backends = append(r.Backends, deploy.Backend{
				Kind: "Service", Name: name.Text(), Position: name.At,
				Port: b.Get("servicePort").Text(), PortPosition: b.Get("servicePort").At, Path: path,
			})
			return
		}
		if res := b.Get("resource"); res.Set() {
			r.Backends = append(r.Backends, deploy.Backend{
				Kind: res.Get("kind").Text(), Name: res.Get("name").Text(), Position: res.Get("name").At, PortPosition: res.At, Path: path,
			})
		}
	}
	first := spec.Get("defaultBackend")
	if !first.Set() {
		first = spec.Get("backend")
	}
	backend(first, deploy.Field[string]{Position: first.At})
	for _, rule := range spec.Get("rules").Items() {
		if host := rule.Get("host"); host.Set() {
			r.Hosts = append(r.Hosts, host.Field())
		}
		for _, path := range rule.Path("http", "paths").Items() {
			backend(path.Get("backend"), path.Get("path").Field())
		}
	}
	m.Routes = append(m.Routes, r)
	return &r.Object
}

// readGatewayRoute reads a route of the Gateway API (its API reference).
func readGatewayRoute(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	r := &deploy.Route{Object: o, Hosts: spec.Get("hostnames").Fields()}
	for _, item := range spec.Get("parentRefs").Items() {
		r.Parents = append(r.Parents, objectRef(item, "Gateway"))
	}
	for _, rule := range spec.Get("rules").Items() {
		path := rule.Get("matches").Item(0).Path("path", "value").Field()
		add := func(b yamldoc.Cursor) {
			ref := objectRef(b, "Service")
			if ref.Name == "" {
				return
			}
			r.Backends = append(r.Backends, deploy.Backend{
				Kind: ref.Kind, Name: ref.Name, Namespace: ref.Namespace, Position: ref.Position,
				Port: b.Get("port").Text(), PortPosition: b.Get("port").At, Path: path, Weight: b.Get("weight").Int(),
			})
		}
		for _, b := range rule.Get("backendRefs").Items() {
			add(b)
		}
		for _, filter := range rule.Get("filters").Items() {
			add(filter.Path("requestMirror", "backendRef"))
		}
	}
	m.Routes = append(m.Routes, r)
	return &r.Object
}

func objectRef(c yamldoc.Cursor, kind string) deploy.Ref {
	name := c.Get("name")
	if k := c.Get("kind").Text(); k != "" {
		kind = k
	}
	return deploy.Ref{Kind: kind, Name: name.Text(), Namespace: c.Get("namespace").Text(), Key: c.Get("sectionName").Text(), Position: name.At}
}

// readOpenShiftRoute reads a Route (OpenShift API reference).
func readOpenShiftRoute(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	r := &deploy.Route{Object: o}
	if host := spec.Get("host"); host.Set() {
		r.Hosts = []deploy.Field[string]{host.Field()}
	}
	tls := spec.Path("tls", "termination")
	r.TLSSet = deploy.Field[bool]{Value: tls.Set(), Set: tls.Set(), Position: tls.At}
	port := spec.Path("port", "targetPort")
	backends := append([]yamldoc.Cursor{spec.Get("to")}, spec.Get("alternateBackends").Items()...)
	for _, b := range backends {
		if ref := objectRef(b, "Service"); ref.Name != "" {
			r.Backends = append(r.Backends, deploy.Backend{
				Kind: ref.Kind, Name: ref.Name, Position: ref.Position, Port: port.Text(), PortPosition: port.At,
				Path: spec.Get("path").Field(), Weight: b.Get("weight").Int(),
			})
		}
	}
	m.Routes = append(m.Routes, r)
	return &r.Object
}

// readVirtualService reads an Istio VirtualService (Istio documentation,
// "Virtual Service").
func readVirtualService(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	r := &deploy.Route{Object: o, Hosts: spec.Get("hosts").Fields()}
	for _, g := range spec.Get("gateways").Fields() {
		r.Parents = append(r.Parents, deploy.Ref{Kind: "Gateway", Name: g.Value, Position: g.Position})
	}
	destination := func(d yamldoc.Cursor, path deploy.Field[string], weight deploy.Field[int]) {
		host := d.Get("host")
		if !host.Set() {
			return
		}
		port := d.Path("port", "number")
		r.Backends = append(r.Backends, deploy.Backend{
			Kind: "Service", Host: host.Text(), Position: host.At, Port: port.Text(), PortPosition: port.At,
			Subset: d.Get("subset").Text(), Path: path, Weight: weight,
		})
	}
	for _, key := range []string{"http", "tls", "tcp"} {
		for _, rule := range spec.Get(key).Items() {
			uri := rule.Get("match").Item(0).Get("uri")
			path := first(uri.Get("prefix"), uri.Get("exact"), uri.Get("regex")).Field()
			for _, route := range rule.Get("route").Items() {
				destination(route.Get("destination"), path, route.Get("weight").Int())
			}
			destination(rule.Get("mirror"), path, deploy.Field[int]{})
		}
	}
	m.Routes = append(m.Routes, r)
	return &r.Object
}

func readDestinationRule(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	r := &deploy.Route{Object: o}
	if host := c.Path("spec", "host"); host.Set() {
		r.Hosts = []deploy.Field[string]{host.Field()}
	}
	m.Routes = append(m.Routes, r)
	return &r.Object
}

var routeHost = lazyregexp.New("Host(?:SNI)?\\(`([^`]+)`\\)")

// readIngressRoute reads a route of Traefik (Traefik documentation,
// "IngressRoute").
func readIngressRoute(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	r := &deploy.Route{Object: o}
	if name := spec.Path("tls", "secretName"); name.Text() != "" {
		r.TLS = []deploy.Ref{{Kind: "Secret", Name: name.Text(), Position: name.At}}
	}
	r.TLSSet = deploy.Field[bool]{Value: spec.Get("tls").Set(), Set: spec.Get("tls").Set(), Position: spec.Get("tls").At}
	for _, item := range spec.Get("routes").Items() {
		match := item.Get("match")
		for _, host := range routeHost.FindAllStringSubmatch(match.Text(), 16) {
			r.Hosts = append(r.Hosts, deploy.Field[string]{Value: host[1], Set: true, Position: match.At})
		}
		for _, b := range item.Get("services").Items() {
			ref := objectRef(b, "Service")
			r.Backends = append(r.Backends, deploy.Backend{
				Kind: ref.Kind, Name: ref.Name, Namespace: ref.Namespace, Position: ref.Position,
				Port: b.Get("port").Text(), PortPosition: b.Get("port").At, Weight: b.Get("weight").Int(),
			})
		}
	}
	m.Routes = append(m.Routes, r)
	return &r.Object
}
