// Package lazyregexp compiles regular expressions when they are first used. The
// go command starts the program once for each package that it vets, some 1,800
// times for a large module, and most of these processes use none of them.
package lazyregexp

import (
	"regexp"
	"sync"
)

// A Regexp is a regular expression in the syntax of package regexp, whose methods
// of the same names say what its methods do. Several goroutines may use it.
type Regexp struct{ compiled func() *regexp.Regexp }

// New makes a Regexp of an expression. One that is not well formed panics at its
// first use; a test of this package compiles all that the repository has.
func New(expr string) *Regexp {
	return &Regexp{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// Match tells whether b contains a match.
func (r *Regexp) Match(b []byte) bool { return r.compiled().Match(b) }

// MatchString tells whether s contains a match.
func (r *Regexp) MatchString(s string) bool { return r.compiled().MatchString(s) }

// FindStringIndex is where the first match in s begins and ends; nil for none.
func (r *Regexp) FindStringIndex(s string) []int { return r.compiled().FindStringIndex(s) }

// FindStringSubmatch is the first match in s and its groups; nil for none.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.compiled().FindStringSubmatch(s) }

// FindSubmatch is the first match in b and its groups; nil for none.
func (r *Regexp) FindSubmatch(b []byte) [][]byte { return r.compiled().FindSubmatch(b) }

// FindAllString are the first n matches in s, all for n < 0.
func (r *Regexp) FindAllString(s string, n int) []string { return r.compiled().FindAllString(s, n) }

// FindAllStringSubmatch are the first n matches in s with their groups, all for
// n < 0.
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compiled().FindAllStringSubmatch(s, n)
}

// FindAllSubmatchIndex is where the first n matches in b and their groups begin
// and end, all for n < 0.
func (r *Regexp) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return r.compiled().FindAllSubmatchIndex(b, n)
}

// ReplaceAllString is s with each match replaced by repl, in which $1 is a group.
func (r *Regexp) ReplaceAllString(s, repl string) string {
	return r.compiled().ReplaceAllString(s, repl)
}

// ReplaceAllStringFunc is s with each match replaced by what repl makes of it.
func (r *Regexp) ReplaceAllStringFunc(s string, repl func(string) string) string {
	return r.compiled().ReplaceAllStringFunc(s, repl)
}
