// Package library writes to one place, whoever calls it.
package library

import "os"

func Append(line string) error {
	f, err := os.OpenFile("/var/lib/shop/events", os.O_APPEND|os.O_WRONLY, 0o600) // want `^diskwrite: writes /var/lib/shop/events`
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	return err
}

func Swap() error { return os.Rename("/tmp/x", "/srv/current") } // want "writes /srv/current"

func Dir() error { return os.MkdirAll("/srv/uploads", 0o700) } // want "makes the directory /srv/uploads"
