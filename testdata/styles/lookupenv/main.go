// Area: configuration
// Style: os.LookupEnv
// Read: variables and the default of the other branch
package main

import (
	"log"
	"net/http"
	"os"
)

func lookup(key, fallback string) string {
	if v, ok := os.LookupEnv(key); ok { // want env "LISTEN_ADDR default :8000" env "DATA_DIR default /var/lib/notes"
		return v
	}
	return fallback
}

func main() {
	dir := lookup("DATA_DIR", "/var/lib/notes")
	http.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) { // want route "POST /notes"
		name := dir + "/notes.txt"
		if err := os.WriteFile(name, []byte(r.FormValue("text")), 0o600); err != nil { // want write "/var/lib/notes/notes.txt from env DATA_DIR durable"
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	log.Fatal(http.ListenAndServe(lookup("LISTEN_ADDR", ":8000"), nil)) // want listen "tcp :8000 from env LISTEN_ADDR"
}
