package effects

import (
	"path"
	"strings"
)

// PathClass says what kind of place a file path names.
type PathClass uint8

// The classes of paths.
const (
	// UnclearPath could not be told.
	UnclearPath PathClass = iota
	// ScratchPath is a temporary file, a device, a socket or a pid file: nothing
	// that must outlive the instance.
	ScratchPath
	// DurablePath is any other: what is written there is meant to stay.
	DurablePath
)

// scratchDirs hold nothing that must outlive the instance (Filesystem Hierarchy
// Standard 3.0: /dev, /run, /tmp, /var/run, /var/tmp; proc(5) and sysfs(5)).
var scratchDirs = []string{"/tmp/", "/var/tmp/", "/dev/", "/proc/", "/sys/", "/run/", "/var/run/", "/var/lock/"}

// ClassifyPath says what kind of place a path names. It judges one alternative;
// of a choice it judges the first.
func ClassifyPath(v *Value) PathClass {
	switch root := PathRoot(v); root.Kind {
	case System:
		switch root.Text {
		case "tempdir", "tempfile":
			return ScratchPath
		case "home", "workdir", "executable":
			return DurablePath
		}
		return UnclearPath
	case Literal, Env, Flag, Config:
	default:
		return UnclearPath
	}
	text, known := v.Pattern()
	if !known {
		return DurablePath // named by configuration
	}
	for _, dir := range scratchDirs {
		if strings.HasPrefix(text, dir) || text+"/" == dir {
			return ScratchPath
		}
	}
	switch path.Ext(text) {
	case ".pid", ".sock", ".socket", ".lock":
		return ScratchPath
	}
	if text == "" {
		return ScratchPath // an empty path fails at once
	}
	return DurablePath
}

// PathRoot is the first part of a path that is not empty: it decides on which
// file system the path lies.
func PathRoot(v *Value) *Value {
	for {
		switch v.Kind {
		case Join, Concat:
			next := v.Args[0]
			for _, a := range v.Args {
				if a.Kind != Literal || a.Text != "" {
					next = a
					break
				}
			}
			v = next
		case Choice:
			next := v.Args[0]
			for _, a := range v.Args {
				if a.Kind != Unknown {
					next = a
					break
				}
			}
			v = next
		default:
			return v
		}
	}
}
