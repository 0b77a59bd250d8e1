package apitable

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Hash identifies what the table says: two tables with the same entries have the
// same hash. It is a SHA-256 in hexadecimal digits.
func (t *Table) Hash() string {
	// Maps are written in the order of their keys.
	text, err := json.Marshal(struct {
		Entries map[string][]Entry
		Known   map[string]bool
	}{t.entries, t.known})
	if err != nil {
		panic("apitable: " + err.Error()) // an Entry has only what JSON can write
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
