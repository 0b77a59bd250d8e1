package service

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/image"
)

// ReadsEnv tells whether the program, its libraries or the Go runtime may read an
// environment variable: Unknown, with the reason in words, where something that
// could not be followed may. Whether its wrapper does is not part of it.
func (s *Service) ReadsEnv(name string) (image.Has, string) {
	why := ""
	for i := range s.Contract.Effects {
		e := &s.Contract.Effects[i]
		switch e.Kind {
		case effects.ReadEnv, effects.Require, effects.BindEnv, effects.DefFlag:
			names := []*effects.Value{e.Value("name"), e.Value("names"), e.Value("env")}
			if e.Kind == effects.DefFlag {
				names = names[2:]
			}
			for _, v := range names {
				for _, n := range v.Elements() {
					switch has := nameMatches(n, name); {
					case has == image.Yes:
						return image.Yes, ""
					case has == image.Unknown:
						why = "the name of a variable that is read at " + e.At.Short() + " could not be told"
					}
				}
			}
			if prefix := e.Value("prefix"); prefix != nil {
				switch text, known := prefix.Default(); {
				case !known, text == "":
					why = "any variable may be read as a config key (" + e.At.Short() + ")"
				case strings.HasPrefix(strings.ToUpper(name), strings.ToUpper(text)):
					return image.Yes, ""
				}
			} else if e.Kind == effects.BindEnv && e.Value("names") == nil && e.Value("key") == nil {
				why = "any variable may be read as a config key (" + e.At.Short() + ")"
			}
		case effects.Exec:
			why = "programs that it starts may read it (" + e.At.Short() + ")"
		}
	}
	if why != "" {
		return image.Unknown, why
	}
	if s.Named == nil {
		return image.Unknown, "the program's sources are not at hand"
	}
	switch found, known := s.Named(name); {
	case found:
		return image.Yes, ""
	case !known:
		return image.Unknown, "not all sources of the program are at hand"
	}
	return image.No, ""
}

// nameMatches tells whether a symbolic name may be the given one.
func nameMatches(v *effects.Value, name string) image.Has {
	if v == nil {
		return image.No
	}
	if v.Kind == effects.Literal {
		if v.Text == name {
			return image.Yes
		}
		return image.No
	}
	text, ok := v.Pattern()
	if !ok || strings.Trim(text, "*_") == "" {
		return image.Unknown
	}
	if !strings.ContainsAny(text, "*$") {
		if text == name {
			return image.Yes
		}
		return image.No
	}
	if matched, err := path.Match(text, name); err == nil && matched {
		return image.Yes
	}
	if strings.Contains(text, "$") {
		return image.Unknown
	}
	return image.No
}

// PathsOf are the paths that a value may be where a workload runs the service,
// absolute and clean. whole is false where some of them cannot be told.
func (s *Service) PathsOf(j *WorkloadJoin, settings effects.Settings, v *effects.Value) (paths []string, whole bool) {
	whole = true
	for _, a := range v.Under(settings).Alternatives() {
		for _, a := range listed(a) {
			text, known := a.Default()
			if !known {
				if text, known = folderOf(a); !known {
					whole = false
					continue
				}
			}
			if text == "" {
				continue
			}
			if !path.IsAbs(text) {
				dir := s.workdirIn(j)
				if !path.IsAbs(dir) {
					whole = false
					continue
				}
				text = path.Join(dir, text)
			}
			if text = path.Clean(text); !slices.Contains(paths, text) {
				paths = append(paths, text)
			}
		}
	}
	return paths, whole
}

func listed(v *effects.Value) []*effects.Value {
	if v.Kind == effects.List {
		return v.Args
	}
	return []*effects.Value{v}
}

// folderOf is a path of which the folder is known and the name below it is not:
// "/data/*".
func folderOf(v *effects.Value) (string, bool) {
	text, known := v.Pattern()
	i := strings.IndexAny(text, "*$")
	if !known || i <= 0 {
		return "", false
	}
	dir := text[:strings.LastIndexByte(text[:i], '/')+1]
	if strings.Trim(dir, "/") == "" {
		return "", false
	}
	return dir + "*", true
}

// MountAt is the mount of a container that is nearest to a path, or nil.
func MountAt(c *deploy.Container, p string) *deploy.Mount {
	var m *deploy.Mount
	for i := range c.Mounts {
		if at := path.Clean(c.Mounts[i].Path); Within(p, at) && (m == nil || len(at) > len(path.Clean(m.Path))) {
			m = &c.Mounts[i]
		}
	}
	return m
}

// Within tells whether a path lies in a folder, or is it.
func Within(p, dir string) bool { return p == dir || dir == "/" || strings.HasPrefix(p, dir+"/") }

// StartIn is what a workload's container starts, through wrappers, nil where the
// image is not known.
func (s *Service) StartIn(j *WorkloadJoin) *image.Start {
	if s.Image == nil || s.Image.Image == nil || j.Workload.Machine() {
		return nil
	}
	line, whole := s.commandLine(j)
	if !whole {
		return nil
	}
	var argv []string
	for _, w := range line {
		argv = append(argv, w.text)
	}
	if len(argv) == 0 {
		return nil
	}
	start := s.Image.Image.StartOf(argv, line[0].at)
	return &start
}
