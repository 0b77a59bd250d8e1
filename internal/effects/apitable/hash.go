package apitable

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hash identifies what the table was made of: tables of the same texts have the
// same hash. It is a SHA-256 in hexadecimal digits.
func (t *Table) Hash() string {
	h := sha256.New()
	for _, text := range t.sources {
		fmt.Fprintf(h, "%d\n%s", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
