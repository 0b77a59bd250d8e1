// Package cli stands in for urfave's.
package cli

type Flag interface{ String() string }

type StringFlag struct {
	Name, Value string
	EnvVars     []string
	Destination *string
}

func (*StringFlag) String() string { return "" }

type Context struct{}

func (*Context) String(name string) string { return "" }

type App struct{ Flags []Flag }
