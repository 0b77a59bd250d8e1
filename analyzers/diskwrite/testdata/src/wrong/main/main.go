package main

import (
	"net/http"
	"os"
	"path/filepath"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		save(r.URL.Path, nil)
	})
	http.ListenAndServe(":8080", nil)
}

const dir = "/data"

func save(name string, body []byte) error {
	return os.WriteFile(filepath.Join(dir, name), body, 0o600) // want `^diskwrite: writes /data/\* \(os.WriteFile\)`
}
