// Package config loads the settings.
package config

import (
	"strings"

	"github.com/spf13/viper"
)

// Common is part of every service's settings.
type Common struct {
	LogLevel string `mapstructure:"log_level"` // want env "APP_LOG_LEVEL default info"
}

// Config are the settings.
type Config struct {
	Common `mapstructure:",squash"`
	HTTP   struct {
		Host string `mapstructure:"host"` // want env "APP_HTTP_HOST default 0.0.0.0"
		Port int    `mapstructure:"port"` // want env "APP_HTTP_PORT default 8080"
	} `mapstructure:"http"`
}

var defaults = map[string]any{
	"log_level": "info",
	"http.host": "0.0.0.0",
	"http.port": 8080,
}

// Load reads the settings.
func Load() (*Config, error) {
	v := viper.NewWithOptions(viper.EnvKeyReplacer(strings.NewReplacer(".", "_")))
	for key, value := range defaults {
		v.SetDefault(key, value)
	}
	v.SetEnvPrefix("app")
	v.AutomaticEnv()
	c := &Config{}
	if err := v.Unmarshal(c); err != nil {
		return nil, err
	}
	return c, nil
}
