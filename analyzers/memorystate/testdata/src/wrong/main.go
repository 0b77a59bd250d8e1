// Wrong remembers who is logged in.
package main

import (
	"log"
	"net/http"
	"sync"
)

type session struct{ user string }

var (
	mu       sync.Mutex
	sessions = map[string]session{} // want `memorystate: wrong.sessions \(map\[string\]main.session\) lives in the memory of this process, and the request handler wrong.login puts into it`
)

var carts sync.Map // want `memorystate: wrong.carts \(sync.Map\) lives in the memory of this process, and the request handler wrong.add puts into it`

func main() {
	http.HandleFunc("POST /login", login)
	http.HandleFunc("POST /cart", add)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func login(w http.ResponseWriter, r *http.Request) {
	mu.Lock()
	defer mu.Unlock()
	sessions[r.FormValue("token")] = session{r.FormValue("user")}
}

func add(w http.ResponseWriter, r *http.Request) {
	carts.Store(r.FormValue("user"), r.FormValue("item"))
}
