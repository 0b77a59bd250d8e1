package main

import (
	"database/sql"
	"net/http"

	"github.com/redis/go-redis/v9"
)

const rates = "https://rates.example.com" // want "^hardcodedhost: the host rates.example.com is fixed in the code and reaches http.Get: .*read it from the environment, with this value as the default$"

func main() {
	sql.Open("postgres", "postgres://app@pg.example.com/shop") // want "the host pg.example.com is fixed"
	redis.NewClient(&redis.Options{
		Addr: "10.1.2.3:6379", // want "the host 10.1.2.3 is fixed in the code and reaches redis.NewClient"
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Get(rates + "/v1/today")
	})
	http.ListenAndServe(":8080", nil)
}
