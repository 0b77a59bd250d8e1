// Area: configuration
// Style: alexflint/go-arg
// Read: flags and variables named by tag or field, defaults by tag and by value
package main

import (
	"log"
	"net/http"
	"strconv"

	"github.com/alexflint/go-arg"
)

type args struct {
	Port    int    `arg:"-p,--port,env:PORT" default:"8080"` // want flag "port default 8080" env "PORT default 8080"
	Host    string `arg:"env"`                               // want flag "host default 127.0.0.1" env "HOST default 127.0.0.1"
	DataDir string `arg:"--data-dir"`                        // want flag "data-dir"
	Token   string `arg:"--,env:TOKEN,required"`             // want env "TOKEN required"
	Verbose bool   // want flag "verbose"
	Hidden  string `arg:"-"`
}

func main() {
	a := args{Host: "127.0.0.1"}
	arg.MustParse(&a)
	log.Println("data in", a.DataDir, len(a.Token))
	log.Fatal(http.ListenAndServe(a.Host+":"+strconv.Itoa(a.Port), http.NotFoundHandler())) // want listen "tcp 127.0.0.1:8080 from flag --host, env HOST, flag --port, env PORT"
}
