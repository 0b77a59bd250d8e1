// Server serves: package web does, which this package is told by a fact.
//
// Comments say what is found at the end of a line: want by all hosts; vet by those
// that see one package at a time, which tell it where a package adds what makes it
// wrong; check by the command, which sees the whole program.
package main

import (
	"errors"
	"log"
	"net/http"
	"os"

	"example.com/service/peer"
	"example.com/service/shop"
	"example.com/service/store"
	"example.com/service/web"
)

func main() {
	http.HandleFunc("/rates", func(w http.ResponseWriter, r *http.Request) {
		b, err := peer.Get(peer.RatesURL()) // vet `hardcodedhost: the host rates\.example\.com is fixed`
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_, _ = w.Write(b)
	})
	http.HandleFunc("/prices", func(w http.ResponseWriter, r *http.Request) {
		b, _ := shop.Ask("https://prices.example.com/v2") // want `hardcodedhost: the host prices\.example\.com is fixed`
		// Package store, which this method is of, would not be imported for it.
		_ = shop.Receipts().Put("prices", b) // vet `diskwrite: writes /var/lib/shop/prices`
	})
	http.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) {
		_ = os.WriteFile(store.Path("/srv/orders", r.URL.Query().Get("id")), nil, 0o644) // want `diskwrite: writes /srv/orders/\*`
	})
	http.HandleFunc("/stock", func(w http.ResponseWriter, r *http.Request) {
		// What is wrong here is so in the other packages, and told there.
		b, err := shop.Stock(r.URL.Query().Get("id"))
		if err == nil {
			err = errors.Join(shop.Keep(b), shop.KeepKnown(b), shop.Scratch(b))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {
		b, _ := peer.Get(os.Getenv("HEALTH_URL"))
		_, _ = w.Write(b)
	})
	log.Fatal(web.Run(":8080", http.DefaultServeMux)) // want `fixedport: the port 8080 is fixed`
}
