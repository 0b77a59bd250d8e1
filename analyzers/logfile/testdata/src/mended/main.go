package main

import (
	"log"
	"log/slog"
	"net/http"
	"os"

	"gopkg.in/natefinch/lumberjack.v2"
)

func main() {
	log.SetOutput(os.Stdout)
	if file := os.Getenv("LOG_FILE"); file != "" {
		log.SetOutput(&lumberjack.Logger{Filename: file})
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	http.ListenAndServe(":8080", nil)
}
