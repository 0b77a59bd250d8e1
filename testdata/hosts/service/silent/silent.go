// Package silent keeps what its author wants to keep: no host reports it.
package silent

import "os"

// Cache can be made again.
func Cache(b []byte) error {
	return os.WriteFile("/var/cache/shop", b, 0o600) //nolint:cnready // made again when it is missing
}

// Index can be made again, too.
func Index(b []byte) error {
	return os.WriteFile("/var/lib/shop/index", b, 0o600) //cnready:ignore diskwrite made again when it is missing
}
