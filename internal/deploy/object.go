package deploy

import (
	"slices"

	"github.com/cnready/cnready/internal/finding"
)

// An Object is what all objects of manifests have: an identity, a scope and a
// place.
type Object struct {
	Platform string
	// APIVersion is empty on platforms without one.
	APIVersion string
	Kind       string
	Name       string
	Namespace  string
	// Dir is the folder of the file.
	Dir string
	// Variant names the overlay or values file that the object was rendered
	// for, or the compose file that was merged over others; "" is what stands
	// in a file as it is deployed.
	Variant string
	// Bundles are the folders of the kustomizations that take the file in,
	// nearest first, or the compose file that a project starts with: what is
	// deployed together. It is empty where nothing says so.
	Bundles []string
	// Component is true of an object that only a kustomize component defines, which
	// no kustomization of the tree takes in: it exists where one does.
	Component bool
	// Position is that of the object's name.
	Position finding.Position
	// APIPosition is that of the API version.
	APIPosition finding.Position
	// Labels and Annotations are the object's own, not those of its pods.
	Labels      map[string]string
	Annotations map[string]string
}

// ID names the object in messages: Kind/name.
func (o *Object) ID() string { return o.Kind + "/" + o.Name }

// Scope is where the object's references are looked for.
func (o *Object) Scope() Scope {
	return Scope{
		Platform: o.Platform, Namespace: o.Namespace, Dir: o.Dir, Variant: o.Variant, Bundles: o.Bundles,
		Component: o.Component, File: o.Position.File,
	}
}

// A Scope is what a name is looked up in.
type Scope struct {
	Platform  string
	Namespace string
	Dir       string
	Variant   string
	Bundles   []string
	Component bool
	File      string
}

// Together tells whether two scopes can be parts of one deployment, whatever
// their namespaces: not if both are bundled, but never by the same bundle, nor
// if they were rendered for different variants.
func (s Scope) Together(o Scope) bool {
	switch {
	case s.Platform != o.Platform:
		return false
	case s.Platform == Compose:
		return s.Dir == o.Dir && s.Variant == o.Variant && s.share(o)
	case s.Variant != o.Variant && s.Variant != "" && o.Variant != "":
		return false
	case s.Dir == o.Dir:
		return true
	case s.Component != o.Component:
		return s.share(o)
	}
	return len(s.Bundles) == 0 || len(o.Bundles) == 0 || s.share(o)
}

func (s Scope) share(o Scope) bool {
	return slices.ContainsFunc(s.Bundles, func(b string) bool { return slices.Contains(o.Bundles, b) })
}

// A Ref names another object, and a key in it.
type Ref struct {
	Kind string // ConfigMap, Secret, Service ...
	Name string
	// Namespace is "" for that of the object that refers.
	Namespace string
	Key       string
	// Prefix stands before the names of the variables that a whole config map or
	// secret gives.
	Prefix   string
	Optional bool
	Position finding.Position // of the name
	// KeyPosition is that of the key, where it has a place of its own.
	KeyPosition finding.Position
}

// A Selector chooses objects by their labels.
type Selector struct {
	// Set is false where there is none; what that means depends on the object.
	Set         bool
	Labels      map[string]string
	Expressions []Requirement
	Position    finding.Position
}

// A Requirement is one match expression of a selector.
type Requirement struct {
	Key      string
	Operator string // In, NotIn, Exists, DoesNotExist
	Values   []string
	Position finding.Position // of the key
}

// Empty is true of a selector without a condition.
func (s Selector) Empty() bool { return len(s.Labels) == 0 && len(s.Expressions) == 0 }

// Matches tells whether labels meet every condition. An empty selector matches
// everything; ok is false where an operator is not known.
//
// Source: Kubernetes documentation, "Labels and Selectors".
func (s Selector) Matches(labels map[string]string) (matches, ok bool) {
	for name, value := range s.Labels {
		if have, found := labels[name]; !found || have != value {
			return false, true
		}
	}
	for _, e := range s.Expressions {
		have, found := labels[e.Key]
		switch e.Operator {
		case "In":
			if !found || !slices.Contains(e.Values, have) {
				return false, true
			}
		case "NotIn":
			if found && slices.Contains(e.Values, have) {
				return false, true
			}
		case "Exists":
			if !found {
				return false, true
			}
		case "DoesNotExist":
			if found {
				return false, true
			}
		default:
			return false, false
		}
	}
	return true, true
}
