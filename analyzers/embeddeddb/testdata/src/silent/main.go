package main

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

func main() {
	sql.Open("sqlite3", ":memory:")
	sql.Open("sqlite3", "file:cache?mode=memory")
	bbolt.Open(filepath.Join(os.TempDir(), "scratch.db"), 0o600, nil)
	bbolt.Open(os.Getenv("DATA"), 0o600, nil) // the deployment says where
	http.ListenAndServe(":8080", nil)
}
