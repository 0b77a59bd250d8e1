// Package kong stands for github.com/alecthomas/kong.
package kong

type Context struct{}

func Parse(cli any) *Context { return nil }

func (*Context) Run() error { return nil }
