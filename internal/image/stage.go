package image

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// Shipped is the stage that becomes the image: the last one, or the one that
// target names, by name without case or by number. It is nil where there is no
// such stage.
func (f *Dockerfile) Shipped(target string) *Stage {
	if target == "" {
		if len(f.Stages) == 0 {
			return nil
		}
		return f.Stages[len(f.Stages)-1]
	}
	for _, s := range slices.Backward(f.Stages) {
		if s.Name != "" && strings.EqualFold(s.Name, target) {
			return s
		}
	}
	if n, err := strconv.Atoi(target); err == nil && n >= 0 && n < len(f.Stages) {
		return f.Stages[n]
	}
	return nil
}

// chain is the stage with those that it builds on, the lowest first. A base is
// always an earlier stage, so that it ends.
func (s *Stage) chain() []*Stage {
	var c []*Stage
	for ; s != nil; s = s.Base.Stage {
		c = append(c, s)
	}
	slices.Reverse(c)
	return c
}

// Root is the lowest stage of those that the stage builds on, or the stage
// itself: its base is scratch or an image.
func (s *Stage) Root() *Stage { return s.chain()[0] }

// AllSteps are the steps that made the image: those of the stages that the
// stage builds on, from the lowest up, and its own.
func (s *Stage) AllSteps() []Step {
	var steps []Step
	for _, t := range s.chain() {
		steps = append(steps, t.Steps...)
	}
	return steps
}

// last is the last step of the kind in force in the stage, or nil.
func (s *Stage) last(kind StepKind) *Step {
	for _, t := range slices.Backward(s.chain()) {
		for i := len(t.Steps) - 1; i >= 0; i-- {
			if t.Steps[i].Kind == kind {
				return &t.Steps[i]
			}
		}
	}
	return nil
}

// User is the user that the image runs as, as USER names it (name, number, or
// either with a group), and where that is said. Without a USER it is the base
// image's own, at the image's name in the stage's FROM. known is false where
// the value contains what only the build knows, or the base image is not known.
func (s *Stage) User() (value string, at finding.Position, known bool) {
	if u := s.last(StepUser); u != nil {
		return u.Value, u.Position, u.Known
	}
	family, ok := LookupBase(s.Root().Base)
	return family.User, s.Base.Position, ok && family.User != ""
}

// Entrypoint is the ENTRYPOINT in force; ok is false where no stage sets one.
// An ENTRYPOINT that is emptied has no Args.
func (s *Stage) Entrypoint() (c Command, ok bool) {
	if e := s.last(StepEntrypoint); e != nil {
		return e.Command, true
	}
	return Command{}, false
}

// Cmd is the CMD in force; ok is false where there is none. An ENTRYPOINT
// drops the CMD that its stage took over from its base.
//
// Source: Dockerfile reference, "Understand how CMD and ENTRYPOINT interact".
func (s *Stage) Cmd() (c Command, ok bool) {
	for _, t := range s.chain() {
		own := false
		for i := range t.Steps {
			switch t.Steps[i].Kind {
			case StepCmd:
				c, ok, own = t.Steps[i].Command, true, true
			case StepEntrypoint:
				if !own {
					c, ok = Command{}, false
				}
			}
		}
	}
	return c, ok
}

// Workdir is the image's working directory, absolute; ok is false where it
// cannot be told.
func (s *Stage) Workdir() (dir string, ok bool) {
	if w := s.last(StepWorkdir); w != nil {
		return w.Value, w.Known
	}
	family, _ := LookupBase(s.Root().Base)
	return family.Workdir, family.Workdir != ""
}

// Env is a variable of the image's environment: from the last ENV that sets it,
// or from the base image where that is known to set it. ok is false where
// neither is so; a base image that is not known may still set it.
func (s *Stage) Env(name string) (v Variable, ok bool) {
	for _, t := range slices.Backward(s.chain()) {
		for i := len(t.Steps) - 1; i >= 0; i-- {
			if t.Steps[i].Kind != StepEnv {
				continue
			}
			for _, v := range slices.Backward(t.Steps[i].Vars) {
				if v.Name == name {
					return v, true
				}
			}
		}
	}
	root := s.Root()
	family, _ := LookupBase(root.Base)
	if v, ok = family.variable(name); ok {
		v.Position = root.Base.Position
	}
	return v, ok
}
