// Area: files
// Style: badger
// Read: the folder that its options name
package main

import (
	"flag"
	"log"

	"github.com/dgraph-io/badger/v4"
)

func main() {
	dir := flag.String("dir", "/var/lib/badger", "folder") // want flag "dir default /var/lib/badger"
	flag.Parse()
	db, err := badger.Open(badger.DefaultOptions(*dir).WithLoggingLevel(badger.WARNING)) // want write "/var/lib/badger from flag --dir durable"
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
}
