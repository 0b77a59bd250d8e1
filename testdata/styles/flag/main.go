// Area: configuration
// Style: flag
// Read: flags and their defaults, of the command line and of a FlagSet
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	addr := flag.String("listen", ":8080", "address to listen on") // want flag "listen default :8080"
	var dir string
	flag.StringVar(&dir, "data", "/data", "folder for uploads")  // want flag "data default /data"
	verbose := flag.Bool("verbose", false, "log more")           // want flag "verbose default false"
	wait := flag.Duration("wait", 5*time.Second, "grace period") // want flag "wait default 5s"
	flag.Parse()
	if *verbose {
		log.Println("waiting for", *wait)
	}
	http.HandleFunc("PUT /upload", func(w http.ResponseWriter, r *http.Request) { // want route "PUT /upload"
		f, err := os.Create(dir + "/upload.bin") // want write "/data/upload.bin from flag --data durable"
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer f.Close()
	})
	log.Fatal(http.ListenAndServe(*addr, nil)) // want listen "tcp :8080 from flag --listen"
}
