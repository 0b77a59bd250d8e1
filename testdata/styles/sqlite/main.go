// Area: files
// Style: SQLite through database/sql
// Read: the file that the DSN names; that nothing is dialed
package main

import (
	"database/sql"
	"log"
	"net/http"

	_ "modernc.org/sqlite"
)

func main() {
	db, err := sql.Open("sqlite", "file:/var/lib/notes/notes.db?_pragma=busy_timeout(5000)") // want write "/var/lib/notes/notes.db durable"
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	log.Fatal(http.ListenAndServe(":8080", nil)) // want listen "tcp :8080"
}
