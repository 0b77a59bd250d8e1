// Package effects holds what a Go program needs from its surroundings: effects
// whose values are symbolic expressions over environment variables, flags,
// config keys and literals.
package effects

// A Contract is what one main needs from its surroundings.
type Contract struct {
	Main string // import path of the main package
}
