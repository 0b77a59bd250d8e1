package main

import (
	"log"
	"net"
	"os/user"
)

func main() {
	name := "nobody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	log.Printf("running as %s", name)
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
