package main

import (
	"log"
	"log/slog"
	"net/http"
	"os"

	"gopkg.in/natefinch/lumberjack.v2"
)

func main() {
	log.SetOutput(&lumberjack.Logger{Filename: "/var/log/shop/orders.txt"}) // want `logfile: logs to the file /var/log/shop/orders.txt by default \(lumberjack.Logger\): the platform collects stdout`
	f, err := os.OpenFile("/var/log/audit", os.O_APPEND|os.O_WRONLY, 0o600) // want `logfile: logs to the file /var/log/audit by default`
	if err != nil {
		panic(err)
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(f, nil)))
	http.ListenAndServe(":8080", nil)
}
