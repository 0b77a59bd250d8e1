package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
	"os/exec"
)

func main() {
	exec.Command("migrate", "up").Run()
	log.Fatal(http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), nil))
}
