package tested

import (
	"net/http"
	"testing"
)

func TestGet(t *testing.T) { http.Get("http://peer.example.com") }
