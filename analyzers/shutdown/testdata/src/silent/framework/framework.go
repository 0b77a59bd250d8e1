package main

import (
	"net/http"

	"go.uber.org/fx"
)

func main() {
	go http.ListenAndServe(":9090", nil)
	fx.New().Run()
}
