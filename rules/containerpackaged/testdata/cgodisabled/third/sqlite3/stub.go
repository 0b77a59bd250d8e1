//go:build !cgo

package sqlite3

import (
	"database/sql"
	"database/sql/driver"
	"errors"
)

type stub struct{}

func (stub) Open(string) (driver.Conn, error) {
	return nil, errors.New("go-sqlite3 requires cgo to work. This is a stub")
}

func init() { sql.Register("sqlite3", stub{}) }
