package service

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
)

// A Declared is what the project's configuration says of one main. It decides,
// whatever the files let conclude.
type Declared struct {
	// Main is the main package's folder, relative to the tree, or its import path.
	Main string
	// Name is the service's name; "" where nothing is said of it.
	Name string
	// Image is a Dockerfile's path and Stage the name of its stage; "" is its
	// last. Where Image is "" nothing is said of the image.
	Image, Stage string
	ImageAt      finding.Position
	// Workloads are all that run the main, where AllWorkloads is true.
	Workloads    []DeclaredWorkload
	AllWorkloads bool
	At           finding.Position
}

// A DeclaredWorkload names a workload, as Kind/name or Kind/name/container.
type DeclaredWorkload struct {
	ID string
	At finding.Position
}

// declarations are the declared joins of a tree.
type declarations struct {
	in     Input
	mains  []*code.Main // those that are declared, in the order of the file
	of     map[*code.Main]*Declared
	images map[*code.Main]*ImageJoin
	errs   []error
}

// declared finds the mains that the configuration speaks of.
func declared(in Input) *declarations {
	d := &declarations{in: in, of: map[*code.Main]*Declared{}, images: map[*code.Main]*ImageJoin{}}
	list := slices.Clone(in.Declared)
	slices.SortStableFunc(list, func(a, b Declared) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Main, b.Main)) })
	for i := range list {
		dec := &list[i]
		found := false
		for _, m := range in.Mains {
			if m.Dir != dec.Main && m.Path != dec.Main {
				continue
			}
			found = true
			if d.of[m] != nil {
				d.fail(dec.At, "%s is the main package of %s, which stands there too", dec.Main, d.of[m].At)
				continue
			}
			d.of[m] = dec
			d.mains = append(d.mains, m)
		}
		if !found {
			var have []string
			for _, m := range in.Mains {
				have = append(have, m.Dir)
			}
			d.fail(dec.At, "%s is no main package that could be read%s", dec.Main, thereAre(have))
		}
	}
	return d
}

func (d *declarations) fail(at finding.Position, format string, args ...any) {
	d.errs = append(d.errs, fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)))
}

// thereAre ends an error with what there is instead.
func thereAre(names []string) string {
	slices.Sort(names)
	names = slices.Compact(names)
	const most = 12
	switch {
	case len(names) == 0:
		return "; there is none"
	case len(names) > most:
		return fmt.Sprintf("; there are %s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return "; there is " + strings.Join(names, ", ")
}

// saidBy is the reason of a declared join.
func saidBy(at finding.Position) string { return "said by " + at.Short() }

// applyImages makes the declared images those of their mains, so that workloads
// are joined by their names. It returns the images that there are then.
func (d *declarations) applyImages(defs []*imageDef) []*imageDef {
	said := map[*imageDef][]candidate{}
	for _, m := range d.mains {
		dec := d.of[m]
		if dec.Image == "" {
			continue
		}
		file, stage, err := d.stage(dec)
		if err != nil {
			d.fail(dec.ImageAt, "%v", err)
			continue
		}
		join := &ImageJoin{File: file, Stage: stage, Starts: true, Reason: saidBy(dec.ImageAt), At: dec.ImageAt}
		d.images[m] = join
		if stage == nil {
			continue // the file does not parse
		}
		i := slices.IndexFunc(defs, func(def *imageDef) bool { return def.file == file && def.stage == stage })
		if i < 0 {
			c := contentsOf(d.in.Tree, d.in.Mains, file, contexts(d.in.Tree, file, nil))
			defs = append(defs, newDef(c, file, stage, stage))
			i = len(defs) - 1
		}
		def := defs[i]
		join.Image = def.image()
		if def.surelyStartsOther(m) {
			join.Starts = false // it holds this one, for a workload's command
			continue
		}
		said[def] = append(said[def], candidate{main: m, def: def, reason: join.Reason, at: join.At})
	}
	for def, starts := range said {
		def.starts, def.foreign = starts, false
	}
	return defs
}

// surelyStartsOther tells whether an image holds a main and starts another one
// that its build makes.
func (d *imageDef) surelyStartsOther(m *code.Main) bool {
	return slices.Contains(mainsOf(d.contents.stage(d.followed()).programs), m) && len(d.starts) > 0 &&
		!slices.ContainsFunc(d.starts, func(c candidate) bool { return c.main == m || c.rank > rankOnly })
}

// stage finds the declared stage. It is nil where the file does not parse.
func (d *declarations) stage(dec *Declared) (*image.Dockerfile, *image.Stage, error) {
	var have []string
	for _, f := range d.in.Dockerfiles {
		have = append(have, f.Path)
		if f.Path != path.Clean(dec.Image) {
			continue
		}
		if len(f.Stages) == 0 {
			return f, nil, nil
		}
		s := f.Shipped(dec.Stage)
		if s == nil {
			return nil, nil, fmt.Errorf("%s has no stage %s", f.Path, dec.Stage)
		}
		return f, s, nil
	}
	return nil, nil, errors.New(dec.Image + " is no Dockerfile that could be read" + thereAre(have))
}

// applyWorkloads puts the declared workloads in the place of those that were
// concluded, and takes their containers from the mains that they were given to.
func (d *declarations) applyWorkloads(runs map[*code.Main][]*WorkloadJoin) {
	for _, m := range d.mains {
		dec := d.of[m]
		if !dec.AllWorkloads {
			continue
		}
		var joins []*WorkloadJoin
		for _, named := range dec.Workloads {
			for _, j := range d.find(m, named, runs) {
				if !slices.ContainsFunc(joins, func(o *WorkloadJoin) bool { return o.Workload == j.Workload }) {
					joins = append(joins, j)
				}
			}
		}
		for other, list := range runs {
			runs[other] = slices.DeleteFunc(list, func(o *WorkloadJoin) bool {
				return slices.ContainsFunc(joins, func(j *WorkloadJoin) bool { return j.Container == o.Container })
			})
		}
		runs[m] = joins
	}
}

// find are the workloads of a name, each with the container that runs the main.
func (d *declarations) find(m *code.Main, named DeclaredWorkload, runs map[*code.Main][]*WorkloadJoin) []*WorkloadJoin {
	parts := strings.SplitN(named.ID, "/", 3)
	container := ""
	if len(parts) == 3 {
		container = parts[2]
	}
	var out []*WorkloadJoin
	var have []string
	found := false
	for _, w := range d.in.Manifests.Workloads {
		have = append(have, w.ID())
		if len(parts) < 2 || !strings.EqualFold(w.Kind, parts[0]) || w.Name != parts[1] {
			continue
		}
		found = true
		c, err := chooseContainer(w, container, m, runs)
		if err != nil {
			d.fail(named.At, "%v", err)
			continue
		}
		out = append(out, &WorkloadJoin{Workload: w, Container: c, Reason: saidBy(named.At)})
	}
	if !found {
		d.fail(named.At, "%s is no workload that could be read%s", named.ID, thereAre(have))
	}
	return out
}

// chooseContainer is the container of a workload that is declared to run a main:
// the one of that name, the one that was concluded to, or the only one that no
// other main has.
func chooseContainer(w *deploy.Workload, name string, m *code.Main, runs map[*code.Main][]*WorkloadJoin) (*deploy.Container, error) {
	var names []string
	taken := map[*deploy.Container]bool{}
	for other, list := range runs {
		for _, j := range list {
			if j.Workload == w && other == m && name == "" {
				return j.Container, nil
			}
			taken[j.Container] = true
		}
	}
	var free []*deploy.Container
	for _, c := range w.Containers {
		names = append(names, c.Name)
		if name != "" && c.Name == name {
			return c, nil
		}
		if !taken[c] {
			free = append(free, c)
		}
	}
	switch {
	case name != "":
		return nil, fmt.Errorf("%s has no container %s%s", w.ID(), name, thereAre(names))
	case len(w.Containers) == 1:
		return w.Containers[0], nil
	case len(free) == 1:
		return free[0], nil
	}
	return nil, fmt.Errorf("%s has several containers: write %s/CONTAINER%s", w.ID(), w.ID(), thereAre(names))
}

// isService tells whether the configuration makes a main a service: it names it
// as one, and not only jobs run it.
func (d *declarations) isService(m *code.Main, s *Service) bool {
	if d.of[m] == nil {
		return false
	}
	return m.Contract.Serves() || len(s.Workloads) == 0 ||
		slices.ContainsFunc(s.Workloads, func(j *WorkloadJoin) bool { return !j.Workload.RunsToEnd })
}
