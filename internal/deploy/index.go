package deploy

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Answer is what a look-up tells of a name, in three values.
type Answer uint8

const (
	// CannotTell is the answer where what is named may be made by something that
	// was not read: another repository, an operator, a person.
	CannotTell Answer = iota
	// Found is the answer where the tree defines it.
	Found
	// Absent is the answer where the tree defines others of its kind in the same
	// scope, but not this one.
	Absent
)

// A Lookup is the answer to one name.
type Lookup struct {
	Answer Answer
	// Objects are those of that name, in the nearest folder.
	Objects []*Object
	// Siblings are, where the answer is Absent, those of the same kind that the
	// scope does have: one at least, and five at most.
	Siblings []*Object
	// Optional is, where the name is absent, an object of that name in a kustomize
	// component that nothing takes in.
	Optional *Object
	// Reason says in words why nobody can tell.
	Reason string
}

// Bounds of one look-up.
const (
	maxFound    = 64
	maxSiblings = 5
	maxScanned  = 5000
)

// An Index finds the objects of a whole tree by kind, name and scope. Two
// objects of one name in different namespaces, folders, variants or bundles are
// two objects: a look-up gives those of the scope that it is asked for.
type Index struct {
	byName map[string][]*Object // by kind and name
	byKind map[string][]*Object
	// namespaces are those that some object lies in, or that are defined.
	namespaces map[string]bool
	configs    map[*Object]*Config
	endpoints  map[*Object]*Endpoint
	claims     map[*Object]*Claim
	accounts   map[*Object]*ServiceAccount
	workloads  map[*Object]*Workload
	// makers are objects whose controllers may make others: of kinds that are
	// not Kubernetes' own.
	makers []*Object
	grants []*Grant
	// external are objects that a person or a pipeline makes, by kind and name.
	external map[string]*Object
}

// NewIndex makes the index of what was read, of all platforms together.
func NewIndex(m *Manifests) *Index {
	x := &Index{
		byName: map[string][]*Object{}, byKind: map[string][]*Object{}, namespaces: map[string]bool{},
		configs: map[*Object]*Config{}, endpoints: map[*Object]*Endpoint{}, claims: map[*Object]*Claim{},
		accounts: map[*Object]*ServiceAccount{}, workloads: map[*Object]*Workload{},
	}
	x.grants, x.external = m.Grants, map[string]*Object{}
	for _, c := range m.Configs {
		if c.External && c.Platform == Kubernetes {
			x.external[key(c.Kind, c.Name)] = &c.Object
			continue
		}
		x.add(&c.Object)
		x.configs[&c.Object] = c
	}
	for _, e := range m.Services {
		o := e.Object()
		o.Kind = "Service"
		x.add(&o)
		x.endpoints[&o] = e
		for _, alias := range e.Aliases {
			named := o
			named.Name, named.Position = alias.Value, alias.Position
			x.add(&named)
			x.endpoints[&named] = e
		}
	}
	for _, c := range m.Claims {
		x.add(&c.Object)
		x.claims[&c.Object] = c
	}
	for _, a := range m.ServiceAccounts {
		x.add(&a.Object)
		x.accounts[&a.Object] = a
	}
	for _, w := range m.Workloads {
		o := w.Object()
		x.add(&o)
		x.workloads[&o] = w
	}
	for _, o := range m.Objects {
		if o.Kind == "Namespace" || o.Kind == "Project" {
			x.namespaces[o.Name] = true
		} else {
			x.namespaces[o.Namespace] = true
		}
		if makes(o) {
			x.makers = append(x.makers, o)
		}
		if !x.has(o) {
			x.add(o)
		}
	}
	return x
}

// has tells whether an object of a list of its own was added.
func (x *Index) has(o *Object) bool {
	list := x.byName[key(o.Kind, o.Name)]
	return slices.ContainsFunc(list[:min(len(list), maxScanned)], func(p *Object) bool { return p.Position == o.Position && p.Variant == o.Variant })
}

func (x *Index) add(o *Object) {
	x.byName[key(o.Kind, o.Name)] = append(x.byName[key(o.Kind, o.Name)], o)
	x.byKind[o.Kind] = append(x.byKind[o.Kind], o)
	x.namespaces[o.Namespace] = true
}

func key(kind, name string) string { return kind + "\x00" + name }

// own are the API groups of Kubernetes itself, and of kinds that are known to
// make nothing but what the readers say (their own documentation).
var own = []string{
	"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "extensions", "rbac.authorization.k8s.io",
	"storage.k8s.io", "scheduling.k8s.io", "node.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io",
	"admissionregistration.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io",
	"events.k8s.io", "flowcontrol.apiserver.k8s.io", "gateway.networking.k8s.io", "metrics.k8s.io",
	"autoscaling.k8s.io", "keda.sh", "http.keda.sh", "networking.istio.io", "security.istio.io", "telemetry.istio.io",
	"external-secrets.io", "cert-manager.io", "secrets-store.csi.x-k8s.io", "bitnami.com", "route.openshift.io",
	"apps.openshift.io", "image.openshift.io", "build.openshift.io", "template.openshift.io", "security.openshift.io",
	"kustomize.config.k8s.io", "snapshot.storage.k8s.io", "traefik.io", "traefik.containo.us", "cilium.io", "projectcalico.org",
	"crd.projectcalico.org", "linkerd.io", "policy.linkerd.io", "kyverno.io", "cloud.google.com", "networking.gke.io",
	"serving.knative.dev",
}

// makes tells of an object whose controller may make others that no file has.
func makes(o *Object) bool {
	group, _, found := strings.Cut(o.APIVersion, "/")
	if !found {
		group = ""
	}
	switch {
	case o.Platform != Kubernetes:
		return false
	case group == "monitoring.coreos.com":
		return o.Kind != "ServiceMonitor" && o.Kind != "PodMonitor" && o.Kind != "PrometheusRule" && o.Kind != "Probe"
	case group == "argoproj.io":
		return o.Kind == "Application" || o.Kind == "ApplicationSet"
	}
	return !slices.Contains(own, group)
}

// deploysMore are kinds that bring in whole releases from elsewhere.
var deploysMore = map[string]bool{
	"HelmRelease": true, "HelmChart": true, "HelmChartInflationGenerator": true, "Application": true, "ApplicationSet": true,
	"Subscription": true, "ClusterServiceVersion": true, "ResourceSet": true,
}

// Find looks a name up. The namespace of the scope is where the object must lie.
//
// A name is absent only if the tree defines others of the kind in the same scope
// and nothing there might make it: no operator's object whose name it begins
// with, no release of a chart.
func (x *Index) Find(kind, name string, in Scope) Lookup {
	if name == "" || strings.ContainsAny(name, "${}<>%*") {
		return Lookup{Reason: "the name is filled in by something else"}
	}
	if implied(kind, name, in) {
		return Lookup{Answer: Found}
	}
	var found []*Object
	elsewhere := 0
	var optional *Object
	for i, o := range x.byName[key(kind, name)] {
		if i >= maxScanned {
			break
		}
		switch {
		case o.Component && !in.Component && !in.Together(o.Scope()):
			optional = o
		case !sameNamespace(o.Namespace, in.Namespace) || !in.Together(o.Scope()):
			elsewhere++
		case len(found) < maxFound:
			found = append(found, o)
		}
	}
	if len(found) > 0 {
		return Lookup{Answer: Found, Objects: nearest(found, in)}
	}
	if elsewhere > 0 {
		return Lookup{Reason: "one of that name is defined in another folder, overlay or namespace"}
	}
	if in.Platform == Kubernetes && in.Namespace != "" && !x.namespaces[in.Namespace] {
		return Lookup{Reason: "the namespace " + in.Namespace + " is not defined here"}
	}
	for i, o := range x.makers {
		if i >= maxScanned {
			return Lookup{Reason: "there are too many objects of operators to tell"}
		}
		if !in.Together(o.Scope()) || !near(o.Dir, in.Dir) && !in.share(o.Scope()) {
			continue
		}
		if deploysMore[o.Kind] {
			return Lookup{Reason: o.ID() + " brings in objects that were not read"}
		}
		if o.Name != "" && (strings.HasPrefix(name, o.Name) || strings.HasSuffix(name, o.Name)) {
			return Lookup{Reason: "the operator of " + o.ID() + " may make it"}
		}
	}
	for i, g := range x.grants {
		if i >= maxScanned {
			return Lookup{Reason: "there are too many roles to tell"}
		}
		if (slices.Contains(g.Creates, kind) || slices.Contains(g.Creates, "*")) && in.Together(g.Scope()) &&
			(near(g.Dir, in.Dir) || in.share(g.Scope())) {
			return Lookup{Reason: "what runs with " + g.ID() + " may make it"}
		}
	}
	if o := x.external[key(kind, name)]; o != nil {
		return Lookup{Reason: "a command makes it (" + o.Position.Short() + ")"}
	}
	siblings := x.siblings(kind, in)
	if len(siblings) == 0 {
		return Lookup{Reason: "no " + kind + " is defined beside it"}
	}
	if o := x.lengthened(kind, name, in); o != nil {
		return Lookup{Reason: "a prefix or suffix may be added to the name of " + o.ID()}
	}
	return Lookup{Answer: Absent, Siblings: siblings, Optional: optional}
}

// lengthened is an object in files of which the name would become the given one by
// a prefix or suffix, as kustomizations and releases add them; what was rendered
// has its whole name.
func (x *Index) lengthened(kind, name string, in Scope) *Object {
	if in.Platform != Kubernetes || in.Variant != "" {
		return nil
	}
	for i, o := range x.byKind[kind] {
		if i >= maxScanned {
			break
		}
		if o.Name != "" && in.Together(o.Scope()) && (strings.HasSuffix(name, "-"+o.Name) || strings.HasPrefix(name, o.Name+"-")) {
			return o
		}
	}
	return nil
}

// siblings are objects of a kind that are defined for the same scope: in the same
// folder, or in the same bundle. Those that operators and generators make are
// none: who uses them may leave the others to a person.
func (x *Index) siblings(kind string, in Scope) []*Object {
	var list []*Object
	for i, o := range x.byKind[kind] {
		if i >= maxScanned || len(list) == maxSiblings {
			break
		}
		scope := o.Scope()
		if !sameNamespace(o.Namespace, in.Namespace) || !in.Together(scope) || o.Dir != in.Dir && !in.share(scope) && (in.Variant == "" || in.Variant != o.Variant) {
			continue
		}
		if c := x.configs[o]; c != nil && (c.External || c.Source != "" && c.Source != "kustomize") {
			continue
		}
		list = append(list, o)
	}
	return list
}

// implied are objects that every namespace has (Kubernetes documentation,
// "Service Accounts", "Service"; OpenShift documentation, "Configuring the
// service CA").
func implied(kind, name string, in Scope) bool {
	if in.Platform != Kubernetes {
		return false
	}
	switch kind {
	case "ServiceAccount":
		return name == "default"
	case "ConfigMap":
		return name == "kube-root-ca.crt" || name == "openshift-service-ca.crt"
	case "Service":
		return name == "kubernetes"
	case "PriorityClass":
		return strings.HasPrefix(name, "system-")
	}
	return false
}

// sameNamespace tells whether two objects can lie in one namespace: one without
// a namespace lies where it is applied.
func sameNamespace(a, b string) bool { return a == b || a == "" || b == "" }

// near tells whether one folder lies in the other.
func near(a, b string) bool {
	return a == b || a == "." || b == "." || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// nearest keeps those of the nearest folder, and of those with the exact
// namespace before those without one.
func nearest(found []*Object, in Scope) []*Object {
	type rank struct{ variant, distance, namespace int }
	rankOf := func(o *Object) rank {
		r := rank{distance: Distance(in.Dir, o.Dir)}
		if o.Variant != in.Variant {
			r.variant = 1
		}
		if o.Namespace != in.Namespace {
			r.namespace = 1
		}
		return r
	}
	compare := func(a, b rank) int {
		return cmp.Or(cmp.Compare(a.variant, b.variant), cmp.Compare(a.distance, b.distance), cmp.Compare(a.namespace, b.namespace))
	}
	best := rankOf(found[0])
	for _, o := range found[1:] {
		if r := rankOf(o); compare(r, best) < 0 {
			best = r
		}
	}
	list := slices.DeleteFunc(slices.Clone(found), func(o *Object) bool { return rankOf(o) != best })
	slices.SortStableFunc(list, func(a, b *Object) int { return a.Position.Compare(b.Position) })
	return list
}

// Distance orders folders by how near they are to a: first by how many steps one
// goes up from a, then by how many down again.
func Distance(a, b string) int {
	up := 0
	for dir := a; ; dir = path.Dir(dir) {
		switch {
		case dir == b:
			return up
		case dir == "." || dir == "/":
			return up + 1 + strings.Count(b, "/")
		case strings.HasPrefix(b, dir+"/"):
			return up + 1 + strings.Count(b[len(dir)+1:], "/")
		}
		up += 1 << 10 // more than any path is deep
	}
}

// ref looks a reference up, in its own namespace where it has one.
func ref(r Ref, in Scope) Scope {
	if r.Namespace != "" {
		in.Namespace = r.Namespace
	}
	return in
}

// FindRef looks up what a reference names.
func (x *Index) FindRef(r Ref, in Scope) Lookup { return x.Find(r.Kind, r.Name, ref(r, in)) }

// Config looks up a config map or a secret, by the kind of the reference. The
// config is the first of those found, nil where there is none.
func (x *Index) Config(r Ref, in Scope) (*Config, Lookup) {
	l := x.FindRef(r, in)
	return first(x.configs, l), l
}

// Key looks up a key of a config map or secret. It is absent where the config
// was found, all of its keys are known, and it is none of them.
func (x *Index) Key(r Ref, in Scope) (ConfigKey, Lookup) {
	l := x.FindRef(r, in)
	if l.Answer != Found {
		return ConfigKey{}, l
	}
	complete := len(l.Objects) > 0
	for _, o := range l.Objects {
		c := x.configs[o]
		if c == nil {
			complete = false
			continue
		}
		if k, ok := c.Key(r.Key); ok {
			return k, Lookup{Answer: Found, Objects: []*Object{o}}
		}
		complete = complete && c.Complete
	}
	if !complete {
		return ConfigKey{}, Lookup{Objects: l.Objects, Reason: "not all keys of " + r.Kind + "/" + r.Name + " are known"}
	}
	return ConfigKey{}, Lookup{Answer: Absent, Siblings: l.Objects}
}

// Service looks up an endpoint by name. A name with dots is one in another
// namespace (name.namespace, name.namespace.svc, name.namespace.svc.cluster.local)
// or outside of the cluster, of which nobody can tell.
func (x *Index) Service(name string, in Scope) (*Endpoint, Lookup) {
	if in.Platform == Kubernetes {
		if short, rest, dotted := strings.Cut(strings.TrimSuffix(name, "."), "."); dotted {
			namespace, suffix, _ := strings.Cut(rest, ".")
			if suffix != "" && suffix != "svc" && !strings.HasPrefix(suffix, "svc.") || suffix == "" && !x.namespaces[namespace] {
				return nil, Lookup{Reason: "a host outside of this cluster, or in a namespace that is not defined here"}
			}
			name, in.Namespace = short, namespace
		}
	}
	l := x.Find("Service", name, in)
	return first(x.endpoints, l), l
}

// Claim looks up a claim. The claims of a StatefulSet's templates are named after
// template, set and number; they are not looked up by name.
func (x *Index) Claim(name string, in Scope) (*Claim, Lookup) {
	l := x.Find("PersistentVolumeClaim", name, in)
	return first(x.claims, l), l
}

// ServiceAccount looks up whom a pod acts as; every namespace has a default one.
func (x *Index) ServiceAccount(name string, in Scope) (*ServiceAccount, Lookup) {
	l := x.Find("ServiceAccount", name, in)
	return first(x.accounts, l), l
}

// Workload looks up what an autoscaler or a rollout names.
func (x *Index) Workload(kind, name string, in Scope) (*Workload, Lookup) {
	l := x.Find(kind, name, in)
	return first(x.workloads, l), l
}

func first[T any](of map[*Object]*T, l Lookup) *T {
	for _, o := range l.Objects {
		if v := of[o]; v != nil {
			return v
		}
	}
	return nil
}

// Selected are the workloads of a scope's namespace whose pods a selector
// chooses, in its variant and bundle; complete is false where others may exist
// that were not read: workloads of the scope's folder of kinds that run pods
// which no file has.
func (x *Index) Selected(s Selector, in Scope, m *Manifests) (list []*Workload, complete bool) {
	complete = true
	for _, w := range m.Workloads {
		if !sameNamespace(w.Namespace, in.Namespace) || !in.Together(w.Scope()) {
			continue
		}
		matches, ok := s.Matches(w.Labels)
		complete = complete && ok
		if matches {
			list = append(list, w)
		}
	}
	for i, o := range x.makers {
		if i >= maxScanned || in.Together(o.Scope()) && (near(o.Dir, in.Dir) || in.share(o.Scope())) {
			complete = false
			break
		}
	}
	return list, complete
}
