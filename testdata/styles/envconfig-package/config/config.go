// Package config loads the settings.
package config

import (
	"net"

	"github.com/kelseyhightower/envconfig"
)

// Cache is where values are kept.
type Cache struct {
	Addr string `default:"redis:6379"` // want env "CACHE_ADDR default redis:6379"
}

// Config are the settings.
type Config struct {
	Host  string   // want env "HOST"
	Port  string   `default:"8080"` // want env "PORT default 8080"
	Peers []string // want env "PEERS"
	Cache *Cache
}

// Listen is the address to listen on.
func (c *Config) Listen() string { return net.JoinHostPort(c.Host, c.Port) }

// MustLoad reads the settings.
func MustLoad() *Config {
	c := new(Config)
	envconfig.MustProcess("", c)
	return c
}
