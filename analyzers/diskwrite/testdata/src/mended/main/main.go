package main

import (
	"database/sql"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { save(nil, r.URL.Path) })
	http.ListenAndServe(":8080", nil)
}

func save(db *sql.DB, name string) error {
	_, err := db.Exec("INSERT INTO uploads (name) VALUES (?)", name)
	return err
}
