// Area: files
// Style: os/exec
// Read: the programs
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	bin := os.Getenv("TOOLS") // want env "TOOLS default /opt/tools/bin"
	if bin == "" {
		bin = "/opt/tools/bin"
	}
	http.HandleFunc("POST /dump", func(w http.ResponseWriter, r *http.Request) { // want route "POST /dump"
		if err := exec.CommandContext(r.Context(), "pg_dump", "-Fc").Run(); err != nil { // want exec "pg_dump"
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		_ = exec.CommandContext(context.Background(), filepath.Join(bin, "notify")).Start() // want exec "/opt/tools/bin/notify"
	})
	log.Fatal(http.ListenAndServe(":8080", nil)) // want listen "tcp :8080"
}
