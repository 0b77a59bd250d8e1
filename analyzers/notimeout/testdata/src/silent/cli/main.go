// The command asks once and ends.
package main

import "net/http"

func main() { http.Get("https://rates.example.com/v1") }
