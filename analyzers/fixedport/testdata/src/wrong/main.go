package main

import "net/http"

func main() {
	http.ListenAndServe(":8080", nil) // want `fixedport: the port 8080 is fixed in the code \(http.ListenAndServe\): platforms that give each instance a port`
}
