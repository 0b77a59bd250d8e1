// Mended keeps nothing of a user.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"sync"
)

var db *sql.DB

// countries is filled once, at start.
var countries = map[string]string{}

// rateCache holds what can be asked for again.
var (
	rateMu    sync.Mutex
	rateCache = map[string]string{}
)

var (
	connMu sync.Mutex
	conns  = map[http.ResponseWriter]struct{}{}
)

func main() {
	countries["de"] = "Germany"
	http.HandleFunc("POST /login", login)
	http.HandleFunc("GET /rate", rate)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func login(w http.ResponseWriter, r *http.Request) {
	if countries[r.FormValue("country")] == "" {
		http.Error(w, "there is no such country", http.StatusBadRequest)
		return
	}
	if _, err := db.ExecContext(r.Context(), "INSERT INTO sessions VALUES ($1)", r.FormValue("user")); err != nil {
		http.Error(w, "cannot log in", http.StatusInternalServerError)
	}
}

func rate(w http.ResponseWriter, r *http.Request) {
	connMu.Lock()
	conns[w] = struct{}{}
	connMu.Unlock()
	rateMu.Lock()
	defer rateMu.Unlock()
	if _, ok := rateCache[r.FormValue("pair")]; !ok {
		rateCache[r.FormValue("pair")] = "1.0"
	}
}
