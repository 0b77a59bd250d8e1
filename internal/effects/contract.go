// Package effects holds what a Go program needs from its surroundings: effects
// whose values are symbolic expressions over environment variables, flags,
// config keys and literals.
package effects

import (
	"slices"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// A Contract is what one main needs from its surroundings: the effects that are
// reachable from it, with values resolved as far as the program tells.
type Contract struct {
	// Main is the import path of the main package, or of the package itself
	// where only one package was seen.
	Main string
	// IsMain is false for the contract of a library package, as a vet tool sees
	// it.
	IsMain bool
	// Dir is the main package's folder.
	Dir string
	// At is the declaration of func main.
	At finding.Position
	// Effects are sorted by place.
	Effects []Instance
	// Commands are CLI subcommands that do not serve; their effects are left out.
	Commands []string
	// Subcommands are all CLI subcommands, sorted by name.
	Subcommands []Subcommand
	// Linked are the import paths of all packages that the program is made of,
	// sorted, those of other modules and of the standard library too. LinkedWhole
	// is false where some could not be found.
	Linked      []string
	LinkedWhole bool
	// Gaps are what could not be resolved or was not seen.
	Gaps []Gap
	// Whole is true where all first-party code of the program was seen. A vet
	// tool sees one package at a time.
	Whole bool
}

// A Subcommand is an entry point of a CLI of its own.
type Subcommand struct {
	// Name is the word that calls it, "" where it is not known.
	Name string
	// Func is the id of its body, At where that is.
	Func string
	At   finding.Position
	// Serves is true where it leads to a listening or serving effect: then its
	// effects are part of the contract.
	Serves bool
}

// An Instance is an effect as it is reached from main.
type Instance struct {
	Kind EffectKind
	API  string
	At   finding.Position
	// Func is the id of the function that has the effect.
	Func   string
	Names  []string
	Values []*Value
	Blocks bool
	// Late is set for what runs only after a call that blocks until the program
	// ends.
	Late bool
	// Reach says what must hold so that the effect is reached.
	Reach Reach
	// Path are the calls that lead from main to the effect, outermost first.
	Path []finding.Position
	// Handling says how a request handler comes to the effect, nil where none is
	// known to. It is told of effects that concern requests, see Request.
	Handling *Handling
}

// Reach says under which conditions an effect is reached from main.
type Reach uint8

// The conditions of an effect, the weakest of all ways to it.
const (
	// Always is reached whatever is configured, as far as conditions on values
	// go: those on errors are not followed.
	Always Reach = iota
	// ByDefault is reached where nothing is configured, and configuration can
	// keep the program from it.
	ByDefault
	// Perhaps stands under a condition that is not followed.
	Perhaps
	// OnRequest is reached only where configuration asks for it.
	OnRequest
)

// ofModule matches the files of modules by their names: with a version in the
// module cache (go help goproxy), and below a folder vendor with the module's host.
var ofModule = lazyregexp.New(`@v[0-9][^/]*/|(^|/)vendor/[^/]+\.[^/]+/`)

// Elsewhere tells the files that belong to other modules than those of the tree
// that is checked: named by module and version, or copied into a vendor folder.
func Elsewhere(file string) bool { return ofModule.MatchString(file) }

// Value is the instance's value of that name, or nil.
func (i *Instance) Value(name string) *Value {
	for n, v := range i.Values {
		if i.Names[n] == name {
			return v
		}
	}
	return nil
}

// With is the instance with one value more.
func (i Instance) With(name string, v *Value) Instance {
	i.Names = append(slices.Clone(i.Names), name)
	i.Values = append(slices.Clone(i.Values), v)
	return i
}

// Without is the instance without its value of that name.
func (i Instance) Without(name string) Instance {
	at := slices.Index(i.Names, name)
	if at < 0 {
		return i
	}
	i.Names = slices.Delete(slices.Clone(i.Names), at, at+1)
	i.Values = slices.Delete(slices.Clone(i.Values), at, at+1)
	return i
}

// A Gap is something that could not be told.
type Gap struct {
	What string
	At   finding.Position
}

// Of are the effects of the given kinds, in order.
func (c *Contract) Of(kinds ...EffectKind) []*Instance {
	var out []*Instance
	for i := range c.Effects {
		for _, k := range kinds {
			if c.Effects[i].Kind == k {
				out = append(out, &c.Effects[i])
			}
		}
	}
	return out
}

// Links tells whether the program is made of a package, whoever imports it. known
// is false where it was not found among the packages that are at hand, and others
// are missing.
func (c *Contract) Links(importPath string) (linked, known bool) {
	_, linked = slices.BinarySearch(c.Linked, importPath)
	return linked, linked || c.LinkedWhole
}

// Serves tells whether the main offers anything to others: it listens, serves,
// or is run by a framework that does.
func (c *Contract) Serves() bool { return len(c.Of(Listen, Serve, Managed)) > 0 }
