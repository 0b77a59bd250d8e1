// Package lib greets.
package lib

// Greeting is what the shop says.
const Greeting = "Welcome"
