package containerpackaged

import (
	"path"
	"slices"

	"github.com/cnready/cnready/internal/effects"
)

// The functions below say of a program whose image is not known whether there is
// anything that a rule would judge.

// never is for what only a Dockerfile can do wrong.
func never(*effects.Contract) bool { return false }

// has is for programs with effects of some kind.
func has(kinds ...effects.EffectKind) func(*effects.Contract) bool {
	return func(c *effects.Contract) bool { return len(c.Of(kinds...)) > 0 }
}

func verifiesPeers(c *effects.Contract) bool {
	if len(c.Of(effects.TLS)) > 0 {
		return true
	}
	return slices.ContainsFunc(c.Of(effects.Dial), func(e *effects.Instance) bool {
		if cloudAddress(e) != nil {
			return true
		}
		v := e.Value("url")
		if v == nil {
			return false
		}
		_, s := secure(v)
		return s == secured
	})
}

func readsFixedFiles(c *effects.Contract) bool {
	return slices.ContainsFunc(c.Of(effects.Read), func(e *effects.Instance) bool {
		v := e.Value("path")
		return v != nil && !v.Configurable() && slices.ContainsFunc(literals(v), func(p string) bool { return isFilePath(p) && !path.IsAbs(p) })
	})
}

func listensLow(c *effects.Contract) bool {
	return slices.ContainsFunc(c.Of(effects.Listen), func(e *effects.Instance) bool {
		port, known := portOf(e, effects.Settings{})
		return known && port > 0 && port < 1024
	})
}

func linksCgo(c *effects.Contract) bool {
	return slices.ContainsFunc(cgoPackages, func(p cgoPackage) bool {
		linked, _ := c.Links(p.path)
		return linked
	})
}
