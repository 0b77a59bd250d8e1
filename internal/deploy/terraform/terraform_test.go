package terraform

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy/source/sourcetest"
)

// TestRead reads the archives of testdata and compares all that is read.
func TestRead(t *testing.T) { sourcetest.Run(t, Read) }
