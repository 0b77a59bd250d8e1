// Area: files
// Style: bbolt
// Read: the file
package main

import (
	"log"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

func main() {
	dir := os.Getenv("STATE_DIR") // want env "STATE_DIR default /var/lib/app"
	if dir == "" {
		dir = "/var/lib/app"
	}
	db, err := bolt.Open(filepath.Join(dir, "app.db"), 0o600, nil) // want write "/var/lib/app/app.db from env STATE_DIR durable"
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
}
