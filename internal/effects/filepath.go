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

// ClassifyPath says what kind of place a path names by default. Where it may be
// one of several, a literal durable one decides, then a temporary one, then one
// that only configuration names.
func ClassifyPath(v *Value) PathClass {
	durable, scratch, named := false, false, false
	for _, root := range PathRoots(v) {
		switch root.Kind {
		case System:
			switch root.Text {
			case "tempdir", "tempfile":
				scratch = true
			case "home", "workdir", "executable":
				durable = true
			}
		case Literal, Env, Flag, Config:
			d, known := root.Default()
			switch {
			case !known || d == "" && root.Kind != Literal:
				named = true
			case isScratch(d):
				scratch = true
			case d != "":
				durable = true
			}
		}
	}
	if text, known := v.Pattern(); known {
		switch path.Ext(text) {
		case ".pid", ".sock", ".socket", ".lock":
			return ScratchPath
		}
		if isScratch(text) {
			return ScratchPath
		}
		if text == "" {
			return ScratchPath // an empty path fails at once
		}
	}
	switch {
	case durable:
		return DurablePath
	case scratch:
		return ScratchPath
	case named:
		return DurablePath
	}
	return UnclearPath
}

func isScratch(text string) bool {
	for _, dir := range scratchDirs {
		if strings.HasPrefix(text, dir) || text+"/" == dir {
			return true
		}
	}
	return false
}

// PathRoots are the first parts that a path may have, those that are empty left
// out: they decide on which file system it lies.
func PathRoots(v *Value) []*Value {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case Join, Concat:
		for _, a := range v.Args {
			if a.Kind != Literal || a.Text != "" {
				return PathRoots(a)
			}
		}
	case When:
		return PathRoots(v.Args[0])
	case Choice:
		var roots []*Value
		for _, a := range v.Args {
			roots = append(roots, PathRoots(a)...)
		}
		return roots
	}
	return []*Value{v}
}

// PathRoot is the first of PathRoots that is not unknown.
func PathRoot(v *Value) *Value {
	roots := PathRoots(v)
	for _, r := range roots {
		if r.Kind != Unknown {
			return r
		}
	}
	if len(roots) > 0 {
		return roots[0]
	}
	return Unresolved("is missing", nowhere)
}
