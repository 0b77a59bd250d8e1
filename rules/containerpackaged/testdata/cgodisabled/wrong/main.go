package main

import (
	"database/sql"
	_ "github.com/mattn/go-sqlite3"
	"log"
	"net"
)

func main() {
	db, err := sql.Open("sqlite3", "/data/shop.db")
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Ping(); err != nil {
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
		c.Close()
	}
}
