// Area: files
// Style: package os, below a folder that a flag names
// Read: paths, and whether what is written must stay
package main

import (
	"flag"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
)

type store struct{ dir string }

func (s store) put(w http.ResponseWriter, r *http.Request) {
	name := filepath.Join(s.dir, filepath.Base(r.PathValue("name")))
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600) // want write "/data/* from flag --data-path durable"
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer f.Close()
	_, _ = io.Copy(f, r.Body)
}

func main() {
	dir := flag.String("data-path", "/data", "folder") // want flag "data-path default /data"
	flag.Parse()
	if err := os.MkdirAll(*dir, 0o700); err != nil { // want write "/data from flag --data-path durable"
		log.Fatal(err)
	}
	if err := os.WriteFile("/run/store.pid", nil, 0o600); err != nil { // want write "/run/store.pid"
		log.Fatal(err)
	}
	http.HandleFunc("PUT /{name}", store{dir: *dir}.put) // want route "PUT /{name}"
	log.Fatal(http.ListenAndServe(":8080", nil))         // want listen "tcp :8080"
}
