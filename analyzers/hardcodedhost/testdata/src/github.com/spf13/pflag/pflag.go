// Package pflag stands for github.com/spf13/pflag.
package pflag

func String(name, value, usage string) *string { return nil }

func StringVarP(p *string, name, shorthand, value, usage string) {}
