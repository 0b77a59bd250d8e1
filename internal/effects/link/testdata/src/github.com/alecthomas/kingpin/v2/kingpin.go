// Package kingpin stands for github.com/alecthomas/kingpin/v2.
package kingpin

type FlagClause struct{}

func Flag(name, help string) *FlagClause { return nil }
func Parse() string                      { return "" }

func (*FlagClause) Short(c rune) *FlagClause        { return nil }
func (*FlagClause) Default(v ...string) *FlagClause { return nil }
func (*FlagClause) Envar(name string) *FlagClause   { return nil }
func (*FlagClause) String() *string                 { return nil }
func (*FlagClause) StringVar(to *string)            {}
