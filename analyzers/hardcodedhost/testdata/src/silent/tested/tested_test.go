package tested

import "net/http"

func get() (*http.Response, error) { return http.Get("https://example.com") }
