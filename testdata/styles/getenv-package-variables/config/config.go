// Package config holds the settings of the service.
package config

import "os"

// BasePath is put before every path.
const BasePath = "/api"

// Settings, from the environment.
var (
	Addr  = os.Getenv("ADDR")  // want env "ADDR default :7000"
	Debug = os.Getenv("DEBUG") // want env "DEBUG"
)

func init() {
	if Addr == "" {
		Addr = ":7000"
	}
}
