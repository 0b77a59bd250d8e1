// Area: files
// Style: lumberjack
// Read: the log file
package main

import (
	"log"
	"net/http"

	"gopkg.in/natefinch/lumberjack.v2"
)

func main() {
	log.SetOutput(&lumberjack.Logger{Filename: "/var/log/shop/shop.log", MaxSize: 100}) // want write "/var/log/shop/shop.log durable"
	log.Fatal(http.ListenAndServe(":8080", nil))                                        // want listen "tcp :8080"
}
