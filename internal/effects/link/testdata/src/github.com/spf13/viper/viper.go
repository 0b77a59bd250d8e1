// Package viper stands for github.com/spf13/viper.
package viper

import (
	"strings"

	"github.com/spf13/pflag"
)

func SetDefault(key string, value any)             {}
func Set(key string, value any)                    {}
func SetEnvPrefix(prefix string)                   {}
func SetEnvKeyReplacer(r *strings.Replacer)        {}
func AutomaticEnv()                                {}
func BindEnv(input ...string) error                { return nil }
func BindPFlag(key string, flag *pflag.Flag) error { return nil }
func GetString(key string) string                  { return "" }
func Unmarshal(to any) error                       { return nil }
