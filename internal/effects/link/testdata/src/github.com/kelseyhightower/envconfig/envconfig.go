// Package envconfig stands for github.com/kelseyhightower/envconfig.
package envconfig

func Process(prefix string, spec any) error { return nil }
