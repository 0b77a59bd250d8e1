// Wrong gives up the whole process for one request.
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
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}

func order(w http.ResponseWriter, r *http.Request) {
	var o struct{ ID string }
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		log.Fatal(err) // want `exitinhandler: log.Fatal ends the process, and the http handler wrong.order can reach it`
	}
	keep(o.ID)
}

func keep(id string) {
	if err := os.Setenv("LAST", id); err != nil {
		os.Exit(3) // want `exitinhandler: os.Exit ends the process, and the http handler wrong.order can reach it`
	}
}

func report(w http.ResponseWriter, r *http.Request) {
	go func() {
		if _, err := w.Write(nil); err != nil {
			panic(err) // want `exitinhandler: this panic ends the process, for it is in a goroutine of its own`
		}
	}()
}
