package image

import (
	_ "embed"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed bases.txt
var basesText string

// Has says whether an image has something.
type Has uint8

// The three answers. The zero value is that nobody knows.
const (
	Unknown Has = iota
	No
	Yes
)

// ShellFamily is the program behind a shell's name, as far as its handling of
// the last command of a script differs.
type ShellFamily string

// The families. Debian's dash stays the parent of the command that it starts;
// BusyBox's sh and bash replace themselves by a script's last command, old
// versions of bash only where it is the only one.
const (
	ShellUnknown ShellFamily = ""
	ShellNone    ShellFamily = "none"    // the image has no such shell
	ShellDash    ShellFamily = "dash"    // Debian, Ubuntu
	ShellBusybox ShellFamily = "busybox" // Alpine, BusyBox, Wolfi
	ShellBash    ShellFamily = "bash"    // 5.1 or later
	ShellOldBash ShellFamily = "oldbash" // before 5.1, or of unknown version
)

// A Family is what is known of a base image. See bases.txt for the meaning of
// the fields and for their sources.
type Family struct {
	Name       string
	User       string      // "" where it is not known
	Shell      ShellFamily // of /bin/sh
	Libc       string      // glibc, musl or none; "" where it is not known
	Toolchain  Has         // the Go toolchain
	CA         Has         // CA certificates
	Zones      Has         // time zone data
	Tmp        Has         // a writable /tmp
	Entrypoint Has         // an ENTRYPOINT in the image's configuration
	Contents   string      // the section of contents.txt; "" where its files are not known
	Workdir    string      // "" where it is not known
	// Env are the image's variables; nil where they are not known. A variable
	// whose value depends on the version is not Known.
	Env []Variable
}

// variable is one of the family's variables.
func (f Family) variable(name string) (Variable, bool) {
	for _, v := range f.Env {
		if v.Name == name {
			return v, true
		}
	}
	return Variable{}, false
}

type baseLine struct {
	repository, tag string
	family          Family
}

var baseTable = sync.OnceValues(func() ([]baseLine, error) { return parseBases(basesText) })

// mirrors are prefixes under which others publish Docker Hub's official images
// unchanged.
//
// Source: Amazon ECR Public Gallery, "docker" registry alias; Google Artifact
// Registry documentation, "Pull cached Docker Hub images".
var mirrors = []string{"public.ecr.aws/docker/library/", "mirror.gcr.io/library/"}

// LookupBase finds what is known of a base image. ok is false for a base that
// is another stage, that is not known, or that is of no family in the table.
func LookupBase(b Base) (f Family, ok bool) {
	lines, err := baseTable()
	if err != nil || !b.Known || b.Stage != nil {
		return Family{}, false
	}
	repository, tag := b.Repository, b.Tag
	for _, m := range mirrors {
		repository = strings.TrimPrefix(repository, m)
	}
	switch {
	case tag != "":
	case b.Digest != "":
		tag = "@"
	default:
		tag = "latest"
	}
	for _, l := range lines {
		if match(l.repository, repository) && match(l.tag, tag) {
			return l.family, true
		}
	}
	return Family{}, false
}

func match(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// parseBases reads the table of families.
func parseBases(text string) ([]baseLine, error) {
	var lines []baseLine
	for i, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		line, err := parseBase(strings.Fields(l))
		if err != nil {
			return nil, fmt.Errorf("base image table, line %d: %w", i+1, err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func parseBase(w []string) (l baseLine, err error) {
	if len(w) != 14 {
		return l, fmt.Errorf("has %d columns, not 14", len(w))
	}
	for _, pattern := range w[:2] {
		if _, err := path.Match(pattern, ""); err != nil {
			return l, fmt.Errorf("%q: %w", pattern, err)
		}
	}
	f := Family{
		Name: w[2], User: orUnknown(w[3]), Shell: ShellFamily(orUnknown(w[4])), Libc: orUnknown(w[5]),
		Contents: orUnknown(w[11]), Workdir: orUnknown(w[12]),
	}
	switch f.Shell {
	case ShellUnknown, ShellNone, ShellDash, ShellBusybox, ShellBash, ShellOldBash:
	default:
		return l, fmt.Errorf("%q is no shell", w[4])
	}
	switch f.Libc {
	case "", "glibc", "musl", "none":
	default:
		return l, fmt.Errorf("%q is no libc", w[5])
	}
	for i, has := range []*Has{&f.Toolchain, &f.CA, &f.Zones, &f.Tmp, &f.Entrypoint} {
		switch w[6+i] {
		case "yes":
			*has = Yes
		case "no":
			*has = No
		case "?":
		default:
			return l, fmt.Errorf("%q is not yes, no or ?", w[6+i])
		}
	}
	switch w[13] {
	case "?":
	case "-":
		f.Env = []Variable{}
	default:
		for _, e := range strings.Split(w[13], ",") {
			name, value, ok := strings.Cut(e, "=")
			f.Env = append(f.Env, Variable{Name: name, Value: value, Set: true, Known: ok})
		}
	}
	return baseLine{repository: w[0], tag: w[1], family: f}, nil
}

func orUnknown(w string) string {
	if w == "?" {
		return ""
	}
	return w
}
