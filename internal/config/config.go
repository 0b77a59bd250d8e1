// Package config reads a project's configuration file, .cnready.yml.
//
// It is strict: a key that is not known, a value of another kind or a second
// document is an error that names its line and column, for a setting that is
// silently not obeyed is worse than none.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/finding"
)

// Version is the version of the configuration file's format.
const Version = "1"

// Names are the names that the file may have in a checked directory.
var Names = []string{".cnready.yml", ".cnready.yaml"}

// Bounds of what is read, far above any file that somebody writes by hand.
const (
	maxFile    = 1 << 20 // bytes of a configuration file, and of one file of API entries
	maxEntries = 1000    // elements of one list or mapping
)

// Config is what a configuration file says. Paths have forward slashes.
type Config struct {
	// Version is the version of this format; 1 where it is left out.
	Version string `json:"version,omitempty" jsonschema:"enum=1"`
	// FirstParty are import path prefixes, of whole elements, of packages that
	// are analyzed from source besides those of the directory's own modules and
	// of modules of the same owner.
	FirstParty []Text `json:"firstParty,omitempty"`
	// API says what functions of in-house packages do: files with entries in the
	// format of docs/api-table.md, relative to the configuration file and below
	// its folder, or the entries themselves as blocks of text behind |.
	API Entries `json:"api,omitempty"`
	// Exclude are patterns of paths that are not read, as in a .gitignore file in
	// the checked directory.
	Exclude []Text `json:"exclude,omitempty"`
	// Services fix what could not be concluded of a main package, or was
	// concluded wrongly. The keys are its folder, relative to the checked
	// directory, or its import path.
	Services map[string]*Service `json:"services,omitempty"`
	// Manifests are further folders with manifests, relative to the configuration
	// file.
	Manifests []Text `json:"manifests,omitempty"`
	// Helm says with which further values files the charts of the checked directory
	// are installed, besides their own values.yaml and those that lie beside it.
	Helm []Chart `json:"helm,omitempty"`
	// Ignore says which findings are known and may stay: rules, and the files in
	// which they are not counted. What a comment in a file says comes first.
	Ignore []Ignore `json:"ignore,omitempty"`

	// name is the file as messages call it, dir the folder that it lies in.
	name, dir string
}

// Service says what is to be taken of one main package.
type Service struct {
	// Name is the service's name in reports.
	Name string `json:"name,omitempty"`
	// Image is the Dockerfile that builds the service, relative to the checked
	// directory, with #STAGE where another stage than its last is the image.
	Image string `json:"image,omitempty"`
	// Workloads are all that run the service, as Kind/name, or
	// Kind/name/container where several containers might be meant. An empty list
	// says that none does.
	Workloads []Text `json:"workloads,omitempty"`

	// At is the place of the key in the configuration file, ImageAt that of the
	// image.
	At      finding.Position `json:"-"`
	ImageAt finding.Position `json:"-"`
	// AllWorkloads is true where the file has a list of workloads.
	AllWorkloads bool `json:"-"`
}

// Chart says how a chart is installed: one variant of it.
type Chart struct {
	// Chart is the chart's folder, relative to the checked directory.
	Chart Text `json:"chart"`
	// Values are the files of values that it is given, in their order: the later
	// wins.
	Values []Text `json:"values"`
	// Name is what reports call the variant; the last of the files where it is left
	// out.
	Name string `json:"name,omitempty"`
}

// Ignore suppresses the findings of some rules in some files.
type Ignore struct {
	// Rules are the names of rules.
	Rules []Text `json:"rules"`
	// Paths are patterns of files, as in a .gitignore file in the checked directory.
	Paths []Text `json:"paths"`
	// Reason says why the findings may stay.
	Reason string `json:"reason" jsonschema:"minLength=1"`

	// At is the place of the element in the configuration file.
	At finding.Position `json:"-"`
}

// Text is a string with its place in the configuration file.
type Text struct {
	Value string
	At    finding.Position
}

// Entries are API entries: each element is the name of a file, or the entries
// themselves.
type Entries []Entry

// An Entry is one element of Entries.
type Entry struct {
	// File is relative to the configuration file; "" for entries that stand in it.
	File string
	// Text has the entries, behind as many empty lines as stand above them in the
	// configuration file.
	Text string
	At   finding.Position
}

// Find returns the configuration file of a directory, "" where there is none.
func Find(dir string) (string, error) {
	found := ""
	for _, name := range Names {
		file := filepath.Join(dir, name)
		switch _, err := os.Stat(file); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", fmt.Errorf("the configuration file cannot be read: %w", err)
		case found != "":
			return "", fmt.Errorf("%s has both %s and %s: keep one of them", dir, Names[0], Names[1])
		default:
			found = file
		}
	}
	return found, nil
}

// Read reads a configuration file. name is what messages and reports call it.
func Read(file, name string) (*Config, error) {
	data, err := read(os.Stat, func(p string) (io.ReadCloser, error) { return os.Open(p) }, file)
	if err != nil {
		return nil, fmt.Errorf("the configuration file %s %w", file, err)
	}
	c, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	c.dir = filepath.Dir(file)
	return c, nil
}

// read reads a regular file of at most maxFile bytes. The error goes behind the
// file's name.
func read(stat func(string) (fs.FileInfo, error), open func(string) (io.ReadCloser, error), file string) ([]byte, error) {
	info, err := stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("does not exist")
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", withoutPath(err))
	case !info.Mode().IsRegular():
		return nil, errors.New("cannot be read: it is no regular file")
	}
	f, err := open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", withoutPath(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", withoutPath(err))
	case len(data) > maxFile:
		return nil, fmt.Errorf("is larger than %d bytes", maxFile)
	}
	return data, nil
}

func withoutPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Name is the configuration file as messages and reports call it; "" for a
// configuration that no file has set.
func (c *Config) Name() string { return c.name }

// Resolve is a path of the configuration file, from where the command runs.
func (c *Config) Resolve(p string) string { return filepath.Join(c.dir, filepath.FromSlash(p)) }

// Table is the table with the configuration's API entries, or itself where there
// are none. Errors name the file and line of the entry.
func (c *Config) Table(base *apitable.Table) (*apitable.Table, error) {
	for _, e := range c.API {
		name, text := c.name, e.Text
		if e.File != "" {
			data, err := c.readBelow(e.File)
			if err != nil {
				return nil, fmt.Errorf("%s: api: the file %s %w", e.At, e.File, err)
			}
			name, text = e.File, string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
		}
		var err error
		if base, err = base.With(name, text); err != nil {
			return nil, fmt.Errorf("%w (docs/api-table.md has the format)", err)
		}
	}
	return base, nil
}

// readBelow reads a file below the configuration file's folder. Others are not
// read, for errors quote what stands in them.
func (c *Config) readBelow(name string) ([]byte, error) {
	dir := c.dir
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", withoutPath(err))
	}
	defer root.Close()
	return read(root.Stat, func(p string) (io.ReadCloser, error) { return root.Open(p) }, filepath.FromSlash(name))
}

// isText tells entries from the name of a file.
func isText(value string) bool { return strings.Contains(value, "\n") }
