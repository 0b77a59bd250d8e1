package main

import (
	"example.test/lib"
	"log"
	"net"
)

func main() {
	log.Print(lib.Greeting)
	l, err := net.Listen("tcp", ":8080")
	if err != nil {
		log.Fatal(err)
	}
	log.Print("ready")
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		c.Close()
	}
}
