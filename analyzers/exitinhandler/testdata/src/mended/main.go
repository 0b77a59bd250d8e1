// Mended answers each request with its own failure.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("give an address")
	}
	http.HandleFunc("/order", order)
	http.HandleFunc("/report", report)
	http.HandleFunc("/quit", quit)
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}

func order(w http.ResponseWriter, r *http.Request) {
	var o struct{ ID string }
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, "the body is no order", http.StatusBadRequest)
		return
	}
	if o.ID == "" {
		panic(http.ErrAbortHandler) // net/http recovers it
	}
}

func report(w http.ResponseWriter, r *http.Request) {
	go func() {
		defer func() {
			if v := recover(); v != nil {
				log.Print(v)
			}
		}()
		if _, err := w.Write(nil); err != nil {
			panic(err)
		}
	}()
}

// quit is there to end the program.
func quit(http.ResponseWriter, *http.Request) { os.Exit(0) }
