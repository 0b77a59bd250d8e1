// Package trace stands in for OpenTelemetry's.
package trace

import "context"

type TracerProvider struct{}

func NewTracerProvider() *TracerProvider { return nil }

func (*TracerProvider) Shutdown(context.Context) error { return nil }
