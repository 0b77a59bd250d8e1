// Package sqlite3 stands for the driver of that path.
package sqlite3
