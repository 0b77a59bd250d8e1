// Package bbolt stands for go.etcd.io/bbolt.
package bbolt

import "os"

type (
	DB      struct{}
	Options struct{}
)

func Open(path string, mode os.FileMode, options *Options) (*DB, error) { return nil, nil }
