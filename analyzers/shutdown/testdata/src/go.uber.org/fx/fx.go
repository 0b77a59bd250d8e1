// Package fx stands for go.uber.org/fx.
package fx

type Option interface{}

type App struct{}

func New(opts ...Option) *App { return nil }

func Invoke(funcs ...interface{}) Option { return nil }

func (a *App) Run() {}
