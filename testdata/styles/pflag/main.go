// Area: configuration
// Style: spf13/pflag
// Read: flags, with shorthands, of the command line and of a FlagSet
package main

import (
	"log"
	"net"
	"net/http"
	"strconv"

	"github.com/spf13/pflag"
)

var metrics = pflag.String("metrics-addr", ":9102", "address for metrics") // want flag "metrics-addr default :9102"

func main() {
	host := pflag.String("host", "0.0.0.0", "host") // want flag "host default 0.0.0.0"
	var port int
	pflag.IntVarP(&port, "port", "p", 8080, "port")              // want flag "port default 8080"
	level := pflag.StringP("level", "l", "info", "log level")    // want flag "level default info"
	pflag.CommandLine.String("config-dir", "/etc/web", "folder") // want flag "config-dir default /etc/web"
	pflag.Parse()
	log.Println("level", *level)
	go func() { log.Print(http.ListenAndServe(*metrics, nil)) }() // want listen "tcp :9102 from flag --metrics-addr"
	addr := net.JoinHostPort(*host, strconv.Itoa(port))
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp 0.0.0.0:8080 from flag --host, flag --port"
}
