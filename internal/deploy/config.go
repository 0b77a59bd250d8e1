package deploy

import "github.com/cnready/cnready/internal/finding"

// A Config holds settings or credentials by name: a ConfigMap or a Secret, or
// what another platform calls them. Kind is ConfigMap or Secret whatever defines
// it; Object.Position is then where that names it.
type Config struct {
	Object
	// Keys are those that are known, in their order. The values of a Secret are
	// never kept.
	Keys []ConfigKey
	// Complete is false where there may be more keys: an operator fetches them,
	// a generator reads a file that was not read.
	Complete bool
	// Source is what makes it where that is not an object of its kind:
	// ExternalSecret, SealedSecret, Certificate, kustomize, a file.
	Source string
	// External is true where the tree only names it, and it is made elsewhere: by a
	// command in a script or document, by an external entry of a compose file.
	External  bool
	Type      string // of a Secret
	Immutable Field[bool]
}

// Key finds a key.
func (c *Config) Key(name string) (ConfigKey, bool) {
	for _, k := range c.Keys {
		if k.Name == name {
			return k, true
		}
	}
	return ConfigKey{}, false
}

// A ConfigKey is one entry of a Config.
type ConfigKey struct {
	Name string
	// Value is a ConfigMap's; it is cut at MaxConfigValue bytes. A Secret has
	// none.
	Value         string
	Position      finding.Position // of the key
	ValuePosition finding.Position
}

// MaxConfigValue is how much of a config map's value is kept.
const MaxConfigValue = 256 << 10
