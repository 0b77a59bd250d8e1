//go:build unix

package tree

import (
	"syscall"
	"testing"
)

// pipe makes a named pipe, on which a reader waits until someone writes.
func pipe(t *testing.T, name string) {
	t.Helper()
	must(t, syscall.Mkfifo(name, 0o600))
}
