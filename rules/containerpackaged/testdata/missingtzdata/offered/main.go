package main

import (
	"log"
	"net"
	"time"
)

func main() {
	log.Printf("started at %s", time.Now().Format(time.RFC3339))
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
