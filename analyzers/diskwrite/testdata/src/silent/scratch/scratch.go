// Package scratch writes what need not last, and reads.
package scratch

import (
	"os"
	"path/filepath"
)

func Temp() error {
	f, err := os.CreateTemp("", "x")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	return os.WriteFile(f.Name()+".part", nil, 0o600)
}

func InTmp(name string) error { return os.WriteFile("/tmp/"+name, nil, 0o600) }

func Dir(name string) error { return os.MkdirAll(filepath.Join(os.TempDir(), name), 0o700) }

func Out() (*os.File, error) { return os.OpenFile("/dev/stdout", os.O_WRONLY, 0) }

func Pid() error { return os.WriteFile("/run/app.pid", nil, 0o600) }

func Read() (*os.File, error) { return os.OpenFile("/etc/app.conf", os.O_RDONLY, 0) }

func Log() (*os.File, error) { return os.OpenFile("/var/log/app.log", os.O_APPEND|os.O_WRONLY, 0) }
