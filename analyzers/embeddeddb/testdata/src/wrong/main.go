package main

import (
	"database/sql"
	"net/http"

	_ "github.com/mattn/go-sqlite3"
	"go.etcd.io/bbolt"
)

func main() {
	db, err := bbolt.Open("/data/orders.db", 0o600, nil) // want `embeddeddb: opens an embedded bbolt database in /data/orders.db \(bbolt.Open\): its file goes`
	if err != nil {
		panic(err)
	}
	serve(db)
}

func serve(db *bbolt.DB) {
	sql.Open("sqlite3", "file:shop.db?cache=shared") // want `embeddeddb: opens an embedded sqlite3 database in shop.db`
	http.ListenAndServe(":8080", nil)
}
