// Package viper stands for github.com/spf13/viper.
package viper

func GetString(key string) string { return "" }

func SetDefault(key string, value any) {}

func Unmarshal(rawVal any, opts ...any) error { return nil }
