// Package config has the names of settings.
package config

import "strconv"

const prefix = "SHOP_"

// The settings and their defaults.
const (
	EnvAddr     = prefix + "ADDR"
	defaultPort = 8080
	HealthPath  = "/internal/" + "health"
)

// DefaultAddr is taken where none is given.
var DefaultAddr = ":" + strconv.Itoa(defaultPort)
