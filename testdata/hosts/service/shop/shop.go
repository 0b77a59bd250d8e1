// Package shop uses the others from a package between.
package shop

import (
	"example.com/service/peer"
	"example.com/service/store"
)

// Receipts are kept in a folder that is fixed here.
func Receipts() *store.Files { return store.New("/var/lib/shop") }

// Stock asks a peer that nothing can change: the literal stands here.
func Stock(id string) ([]byte, error) {
	return peer.Get("https://stock.example.com/v1/" + id) // want `hardcodedhost: the host stock\.example\.com is fixed`
}

// Ask hands its parameter on, through two packages.
func Ask(url string) ([]byte, error) { return peer.Get(url) }

// Keep is wrong for what is given here, not in package store.
func Keep(b []byte) error {
	return store.SaveTo("/var/lib/shop/orders.db", b) // vet `diskwrite: writes /var/lib/shop/orders\.db`
}

// KeepKnown calls what is wrong by itself.
func KeepKnown(b []byte) error { return store.Save("known", b) }

// Scratch is right: temporary files may be written.
func Scratch(b []byte) error { return store.SaveTo("/tmp/shop.part", b) }
