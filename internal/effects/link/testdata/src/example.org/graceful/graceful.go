// Package graceful is a module that nothing is known of.
package graceful

func Setup() {}
