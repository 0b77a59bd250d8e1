// Area: values
// Style: an address that only the running program knows
// Read: that it is not known
package main

import (
	"bufio"
	"log"
	"net/http"
	"os"
)

func main() {
	addr, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp :?" gap "address|listen"
}
