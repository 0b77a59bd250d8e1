package main

import "net/http"

func main() {
	http.HandleFunc("/orders", orders)
	http.ListenAndServe("127.0.0.1:8080", nil) // want `loopbacklisten: listens on 127.0.0.1 only \(http.ListenAndServe\): in a container that is reached by nobody`
}

func orders(http.ResponseWriter, *http.Request) {}
