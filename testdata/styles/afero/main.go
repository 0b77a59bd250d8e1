// Area: files
// Style: afero, on the system's files and in memory
// Read: what is written to the system's files
package main

import (
	"log"
	"os"

	"github.com/spf13/afero"
)

func save(fs afero.Fs, dir string) error {
	return afero.WriteFile(fs, dir+"/report.csv", []byte("a;b"), 0o600) // want write "/var/reports/report.csv from env REPORTS durable"
}

func main() {
	dir := os.Getenv("REPORTS") // want env "REPORTS default /var/reports"
	if dir == "" {
		dir = "/var/reports"
	}
	if err := save(afero.NewOsFs(), dir); err != nil {
		log.Fatal(err)
	}
}
