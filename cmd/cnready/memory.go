package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Bounds of how much memory a run takes for the sake of speed, in bytes.
const (
	// softLimit is how large the process may grow before garbage is looked for
	// more often than its growth alone would ask for.
	softLimit = 1100 << 20
	// largeLive is from where on what is in use leaves too little below softLimit:
	// then memory grows with the code that is read.
	largeLive = 600 << 20
)

// collectSeldom has garbage looked for seldom as long as memory stays below a
// bound: most of what is loaded stays until it is linked. What the environment
// says goes first (package runtime, "Environment Variables").
func collectSeldom() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(800)
	debug.SetMemoryLimit(softLimit)
	afterCollection(func() (again bool) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() != metrics.KindUint64 || live[0].Value.Uint64() < largeLive {
			return true
		}
		// Near the limit nothing else would be done.
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(100)
		return false
	})
}

// afterCollection calls fn after garbage was collected, as long as it says so.
func afterCollection(fn func() (again bool)) {
	runtime.AddCleanup(new([16]byte), func(struct{}) {
		if fn() {
			afterCollection(fn)
		}
	}, struct{}{})
}
