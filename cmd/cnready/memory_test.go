package main

import (
	"runtime"
	"testing"
)

func TestAfterCollection(t *testing.T) {
	called := make(chan struct{})
	n := 0
	afterCollection(func() bool {
		n++
		called <- struct{}{}
		return n < 3
	})
	for range 3 {
		runtime.GC()
		<-called
	}
}
