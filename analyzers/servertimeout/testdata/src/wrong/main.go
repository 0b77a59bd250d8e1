// Wrong serves for as long as clients like.
package main

import (
	"log"
	"net/http"
)

func main() {
	go func() {
		side := &http.Server{Addr: ":9090"} // want `servertimeout: this http.Server has neither ReadHeaderTimeout nor ReadTimeout`
		log.Print(side.ListenAndServe())
	}()
	log.Fatal(http.ListenAndServe(":8080", nil)) // want `servertimeout: http.ListenAndServe serves with an http.Server that waits for ever`
}
