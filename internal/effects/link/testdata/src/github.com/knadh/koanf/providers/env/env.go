// Package env stands for github.com/knadh/koanf/providers/env.
package env

func Provider(prefix, delim string, cb func(string) string) any { return nil }
