// Package library serves, but its callers decide when it stops.
package library

import "net/http"

func Serve(addr string) error { return http.ListenAndServe(addr, nil) }
