package main

import (
	"html/template"
	"log"
	"net/http"
)

func main() {
	page := template.Must(template.ParseFiles("mended/templates/index.html"))
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		if err := page.Execute(w, nil); err != nil {
			log.Print(err)
		}
	})
	log.Print("ready")
	log.Fatal(http.ListenAndServe(":8080", nil))
}
