// Package zap stands for go.uber.org/zap.
package zap

type (
	Logger struct{}
	Config struct{ OutputPaths []string }
)

func (Config) Build() (*Logger, error) { return nil, nil }
