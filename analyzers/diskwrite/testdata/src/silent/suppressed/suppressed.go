// Package suppressed writes durable files that its author waved through.
package suppressed

import "os"

func behind(b []byte) {
	os.WriteFile("/data/a", b, 0o600) //nolint:diskwrite // rebuilt when it is missing
	os.WriteFile("/srv/b", b, 0o600)  //cnready:ignore diskwrite,hardcodedhost rebuilt when it is missing
}

func above(b []byte) error {
	// The cache of last night.
	//nolint:gosec,diskwrite // rebuilt when it is missing
	if err := os.MkdirAll("/var/lib/c", 0o700); err != nil {
		return err
	}
	//nolint:all
	return os.WriteFile(
		"/opt/d",
		b, 0o600)
}

// declared keeps it all.
//
//cnready:ignore diskwrite the folder is a volume wherever this runs
func declared(b []byte) {
	os.WriteFile("/data/e", b, 0o600)
}

func others(b []byte) {
	//nolint:gosec
	os.WriteFile("/data/f", b, 0o600) // want "^diskwrite: writes /data/f"
}
