// Package order says what an order is.
package order

import (
	"bytes"
	"errors"
	"fmt"
)

// An Order is what a customer buys.
type Order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	// CallbackURL is told when the invoice is ready; empty for nobody.
	CallbackURL string `json:"callbackUrl,omitempty"`
	Lines       []Line `json:"lines"`
}

// A Line is one article of an order.
type Line struct {
	Article  string `json:"article"`
	Quantity int    `json:"quantity"`
	// Cents is the price of one piece.
	Cents int64 `json:"cents"`
}

// Validate says what is wrong with an order that came from outside.
func (o *Order) Validate() error {
	switch {
	case o.ID == "" || o.Customer == "":
		return errors.New("an order needs an id and a customer")
	case len(o.Lines) == 0:
		return errors.New("an order needs at least one line")
	}
	for i, l := range o.Lines {
		if l.Quantity < 1 || l.Cents < 0 {
			return fmt.Errorf("line %d: quantity and price must be positive", i+1)
		}
	}
	return nil
}

// Total is the sum of all lines, in cents.
func (o *Order) Total() int64 {
	var sum int64
	for _, l := range o.Lines {
		sum += int64(l.Quantity) * l.Cents
	}
	return sum
}

// Invoice is the order as the customer's bookkeeping wants it.
func (o *Order) Invoice() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Invoice %s\n%s\n\n", o.ID, o.Customer)
	for _, l := range o.Lines {
		fmt.Fprintf(&b, "%4d  %-30s %10.2f\n", l.Quantity, l.Article, float64(l.Cents)/100)
	}
	fmt.Fprintf(&b, "\nTotal %.2f\n", float64(o.Total())/100)
	return b.Bytes()
}
