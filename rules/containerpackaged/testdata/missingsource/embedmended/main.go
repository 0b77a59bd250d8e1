package main

import (
	"embed"
	"log"
	"net"
)

//go:embed web
var web embed.FS

func main() {
	page, err := web.ReadFile("web/index.html")
	if err != nil {
		log.Fatal(err)
	}
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
		c.Write(page)
		c.Close()
	}
}
