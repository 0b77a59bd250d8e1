package main

import (
	"net/http"

	"github.com/robfig/cron/v3"
)

// One package does not tell whether another elects a leader.
func main() {
	c := cron.New()
	c.AddFunc("0 6 * * *", report)
	c.Start()
	http.ListenAndServe(":8080", nil)
}

func report() {}
