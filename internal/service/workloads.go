package service

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/tree"
)

// A runner tells which main a container runs.
type runner struct {
	tree   *tree.Tree
	mains  []*code.Main
	defs   []*imageDef
	builds []imageBuild
	// imaged are the mains that some image starts or holds.
	imaged map[*code.Main]bool

	defNames  map[*imageDef][]string
	mainNames map[*code.Main][]string
}

// newRunner makes a runner with the names that images may have.
func newRunner(t *tree.Tree, mains []*code.Main, defs []*imageDef, builds []imageBuild, imaged map[*code.Main]bool) *runner {
	r := &runner{
		tree: t, mains: mains, defs: defs, builds: builds, imaged: imaged,
		defNames: map[*imageDef][]string{}, mainNames: map[*code.Main][]string{},
	}
	for _, d := range defs {
		r.defNames[d] = r.namesOfDef(d)
	}
	for _, m := range mains {
		r.mainNames[m] = r.namesWithout(m)
	}
	return r
}

// main is the main that a container runs, with the reason; nil where nothing
// says that it runs one of this tree.
func (r *runner) main(w *deploy.Workload, c *deploy.Container) (*code.Main, string) {
	if w.Machine() || w.Platform == deploy.OCI && !c.Image.Set {
		return r.byUnit(w, c) // a bundle has its files unpacked, and names no image
	}
	if w.Function() && w.Imageless() {
		return r.byCode(w, c)
	}
	if importPath, ok := strings.CutPrefix(c.Image.Value, "ko://"); ok {
		for _, m := range r.mains {
			if m.Path == importPath {
				return m, "its image is ko://" + importPath
			}
		}
		return nil, ""
	}
	if c.Build != nil && !c.Image.Set {
		return r.byOwnBuild(c)
	}
	for i, ref := range references(c) {
		name, ok := parseImage(ref)
		if !ok {
			continue
		}
		m, reason, told := r.byBuild(c, name)
		if !told {
			m, reason = r.byName(w, c, name)
		}
		if m != nil {
			if i > 0 {
				reason += fmt.Sprintf(", by which kustomize replaces %s", c.Image.Value)
			}
			return m, reason
		}
		if told {
			return nil, ""
		}
	}
	return nil, ""
}

// byOwnBuild finds the main by the Dockerfile from which the workload itself builds
// its image.
func (r *runner) byOwnBuild(c *deploy.Container) (main *code.Main, reason string) {
	file, target := c.Build.Dockerfile.Value, c.Build.Target.Value
	if context := c.Build.Context; context.Unknown || c.Build.Dockerfile.Unknown || strings.Contains(context.Value, ":") {
		return nil, "" // another repository's, or one that is not known
	}
	for _, d := range r.defs {
		if file == "" || d.file.Path != file || d.stage == nil || target != "" && !strings.EqualFold(d.stage.Name, target) || target == "" && !d.last {
			continue
		}
		m, how := r.chosen(d, c, imageName{})
		if m == nil || main != nil && m != main {
			return nil, ""
		}
		main, reason = m, fmt.Sprintf("%s builds its image from %s%s", c.Build.Position.Short(), file, how)
	}
	return main, reason
}

// references are the images that a container may run: the one written, and those
// that kustomizations put in its place.
func references(c *deploy.Container) []string {
	out := []string{c.Image.Value}
	for _, repl := range c.Replaced {
		if repl.Name != "" && !slices.Contains(out, repl.Name) {
			out = append(out, repl.Name)
		}
	}
	return out
}

// byBuild finds the main by what build tools say of an image's name. told is
// true where one of them builds it, for that decides, for or against.
func (r *runner) byBuild(c *deploy.Container, name imageName) (m *code.Main, reason string, told bool) {
	for _, b := range r.builds {
		if strings.HasPrefix(b.image, "ko://") {
			continue
		}
		built, ok := parseImage(b.image)
		if !ok || built.key() != name.key() {
			continue
		}
		told = true
		if b.builder == "ko" {
			for _, m := range r.mains {
				if m.Dir == path.Join(b.context, b.ko) {
					return m, fmt.Sprintf("%s builds its image %s with ko from %s", b.at.Short(), name.short, showDir(m)), true
				}
			}
			continue
		}
		for _, d := range r.defs {
			if !slices.ContainsFunc(d.builds, func(o imageBuild) bool { return o.at == b.at && o.profile == b.profile }) {
				continue
			}
			if m, how := r.chosen(d, c, name); m != nil {
				return m, fmt.Sprintf("%s builds its image %s from %s%s", b.at.Short(), name.short, d.file.Path, how), true
			}
			// A build that was not understood, of a context with a main of that name.
			if !d.foreign && len(d.starts) == 0 {
				for _, m := range r.mains {
					_, inside := cutDir(m.Dir, b.context)
					if inside && slices.Contains(ownNames(m), name.last) && !c.Command.Set {
						return m, fmt.Sprintf("%s builds its image %s, the name of the service, from its folder", b.at.Short(), name.short), true
					}
				}
			}
		}
	}
	return nil, "", told
}

// A claim says that an image of some name may run a main.
type claim struct {
	main   *code.Main
	reason string
	dir    string // of what claims
}

// byName finds the main by the last element of an image's name. Where several
// claim it, the one that shares most folders with the image's name and with the
// manifest's place is taken, and none where that does not tell.
func (r *runner) byName(w *deploy.Workload, c *deploy.Container, name imageName) (*code.Main, string) {
	claims, foreign := r.claims(c, name)
	if len(claims) == 0 {
		return nil, ""
	}
	if foreign != nil {
		// A program in another language has the name as well: who has no image
		// gives way, and so does who is not nearer.
		claims = slices.DeleteFunc(claims, func(cl claim) bool {
			return !r.imaged[cl.main] || compareNear(nearness(w, name, cl.dir), nearness(w, name, foreign.file.Dir)) <= 0
		})
	}
	var best []claim
	for _, cl := range claims {
		switch {
		case len(best) == 0:
			best = []claim{cl}
		case cl.main == best[0].main:
		default:
			switch n := compareNear(nearness(w, name, cl.dir), nearness(w, name, best[0].dir)); {
			case n > 0:
				best = []claim{cl}
			case n == 0:
				best = append(best, cl)
			}
		}
	}
	if len(best) != 1 {
		return nil, ""
	}
	return best[0].main, best[0].reason
}

// nearness says how near a folder is to an image's name and to a manifest.
func nearness(w *deploy.Workload, name imageName, dir string) [2]int {
	shared := 0
	for _, o := range name.owners {
		if slices.ContainsFunc(parts(dir), func(p string) bool { return same(p, o) }) {
			shared++
		}
	}
	return [2]int{shared, common(parts(w.Dir), parts(dir))}
}

func compareNear(a, b [2]int) int { return slices.Compare(a[:], b[:]) }

// claims are the mains that an image of that name may run, and the first image of
// another language that has the name.
func (r *runner) claims(c *deploy.Container, name imageName) (claims []claim, foreign *imageDef) {
	for _, loose := range []bool{false, true} {
		for _, d := range r.defs {
			if !called(r.defNames[d], name.last, loose) {
				continue
			}
			if d.foreign && !loose {
				if foreign == nil {
					foreign = d
				}
				continue
			}
			m, how := r.chosen(d, c, name)
			if m == nil || name.thirdParty(m) || generic[name.last] && !name.own(m) {
				continue
			}
			what := "service that %s builds"
			if len(d.starts) == 0 {
				what = "module that %s packages"
			}
			claims = append(claims, claim{m, fmt.Sprintf("its image %s has the name of the "+what+"%s", name.short, d.file.Path, how), d.file.Dir})
		}
		for _, m := range r.mains {
			if r.imaged[m] || m.Example || name.thirdParty(m) || generic[name.last] && !name.own(m) || !called(r.mainNames[m], name.last, loose) {
				continue
			}
			if other, how := r.commanded(m, c); other != nil {
				claims = append(claims, claim{other, fmt.Sprintf("its image %s has the name of the service%s", name.short, how), m.Dir})
			}
		}
		if len(claims) > 0 {
			break
		}
	}
	if len(claims) == 0 && name.short == kubebuilderImage {
		claims = r.kubebuilder(c, name)
	}
	return claims, foreign
}

// kubebuilderImage is the image that the manifests of a Kubebuilder project name
// until kustomize puts the real one in its place (Kubebuilder book, "Quick
// Start").
const kubebuilderImage = "controller"

// kubebuilder are the mains of the Dockerfiles that lie beside a Kubebuilder
// project's own file.
func (r *runner) kubebuilder(c *deploy.Container, name imageName) []claim {
	var out []claim
	for _, d := range r.defs {
		if !d.last || !plainName(d.file) || !r.tree.Has(path.Join(d.file.Dir, "PROJECT")) {
			continue
		}
		if m, how := r.chosen(d, c, name); m != nil {
			out = append(out, claim{m, fmt.Sprintf("its image %s is Kubebuilder's name for what %s builds%s", name.short, d.file.Path, how), d.file.Dir})
		}
	}
	return out
}

// called tells whether one of the names is the given one; loosely, whether they
// are the same without words like -service at their ends.
func called(names []string, last string, loose bool) bool {
	if !loose {
		return slices.Contains(names, last)
	}
	bare := withoutSuffix(last)
	return slices.ContainsFunc(names, func(n string) bool { return !generic[n] && same(withoutSuffix(n), bare) })
}

func withoutSuffix(name string) string {
	for _, s := range []string{"-service", "-svc", "-server", "-app"} {
		if rest, ok := strings.CutSuffix(name, s); ok && !generic[rest] {
			return rest
		}
	}
	return name
}

// ownNames are the names that an image of a main may have, whatever builds it.
func ownNames(m *code.Main) []string { return programNames(m) }

// namesOfDef are the names that the image of a Dockerfile may have: those of what
// it starts, of its folder and label, and, of the one at the top of a module, the
// module's.
func (r *runner) namesOfDef(d *imageDef) []string {
	names := map[string]bool{}
	for _, c := range d.starts {
		if c.rank <= rankFolder || c.rank == rankGuess {
			for _, n := range ownNames(c.main) {
				names[n] = true
			}
		}
	}
	labelled := label(d.file)
	module := r.moduleName(d)
	if dir := path.Base(d.file.Dir); labelled == "" && d.file.Dir != "." && !imageFolders[dir] {
		names[dir] = true
	}
	if labelled != "" {
		names[labelled] = true
		if module != "" {
			names[module+"-"+labelled] = true
		}
	}
	if d.stage.Name != "" && !variants[d.stage.Name] && !d.last {
		names[d.stage.Name] = true
		if module != "" {
			names[module+"-"+d.stage.Name] = true
		}
	}
	if module != "" && labelled == "" && d.last && !generic[module] {
		names[module] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// imageFolders are folders in which Dockerfiles are kept; their names are none of
// an image.
var imageFolders = wordSet("build builds ci container containers deploy deployment deployments docker dockerfile dockerfiles image images package packaging")

// moduleName is the name of the module that a Dockerfile packages as a whole: one
// at the top of the module or the tree, or in a folder for Dockerfiles there; ""
// where it is not such a one, or several modules compete.
func (r *runner) moduleName(d *imageDef) string {
	dir := d.file.Dir
	for dir != "." && imageFolders[path.Base(dir)] {
		dir = path.Dir(dir)
	}
	name := ""
	for _, m := range r.mains {
		if m.Module == "" || m.ModuleDir != dir && m.ModuleDir != "." {
			continue
		}
		if m.ModuleDir == "." && dir != "." {
			continue
		}
		name = lastName(m.Module)
	}
	return name
}

// namesWithout are the names that the image of a main may have where the tree
// has no Dockerfile for it: its own, and the module's if no other main serves.
func (r *runner) namesWithout(m *code.Main) []string {
	names := ownNames(m)
	if m.Module == "" || isTooling(m.Dir) {
		return names
	}
	for _, o := range r.mains {
		if o != m && o.Module == m.Module && !o.Example && !isTooling(o.Dir) && (o.Contract.Serves() || !m.Contract.Serves()) {
			return names
		}
	}
	return append(names, lastName(m.Module))
}

// chosen is the main that a container runs of an image: what its command names,
// or else what the image starts. how ends the reason.
func (r *runner) chosen(d *imageDef, c *deploy.Container, name imageName) (m *code.Main, how string) {
	s := d.followed()
	held := d.contents.stage(s).programs
	words := slices.Concat(c.Command.Value, c.Args.Value)
	if !c.Command.Set || len(c.Command.Value) == 0 {
		switch {
		case len(d.starts) == 1:
			return d.starts[0].main, ""
		case len(d.starts) > 1:
			return oneCalled(d.starts, name.last), ""
		case d.word == "" && len(c.Args.Value) > 0:
			// The base image's entrypoint may be one that starts its arguments.
		case len(mainsOf(held)) == 1:
			return held[0].main, ""
		default:
			return nil, ""
		}
	}
	begin := d.contents.ofCommand(s, words)
	switch mains := mainsOf(begin.programs); {
	case len(mains) == 1:
		if len(d.starts) == 1 && d.starts[0].main == mains[0] {
			return mains[0], ""
		}
		return mains[0], ", and its command starts " + path.Base(begin.word)
	case len(mains) > 1:
		return nil, ""
	}
	// The image's programs are not known, or the command is a script.
	switch base := path.Base(begin.word); {
	case len(d.starts) == 1 && begin.word != "" && base == path.Base(d.word):
		return d.starts[0].main, ""
	case len(held) == 0 && begin.word != "":
		near := d.contents.within(d.file)
		if m := byProgram(near, d.file, base); m != nil {
			return m, ", and its command starts " + base
		}
	case len(d.starts) == 1 && begin.open && len(mainsOf(held)) == 1:
		return d.starts[0].main, ""
	}
	return nil, ""
}

// oneCalled is the one of several that an image's name names.
func oneCalled(starts []candidate, last string) *code.Main {
	var found *code.Main
	for _, c := range starts {
		if slices.Contains(ownNames(c.main), last) {
			if found != nil {
				return nil
			}
			found = c.main
		}
	}
	return found
}

// commanded is the main that a container's command names, where its image bears
// a main's name and nothing in the tree builds it. Without a command it is that
// main.
func (r *runner) commanded(m *code.Main, c *deploy.Container) (*code.Main, string) {
	if !c.Command.Set || len(c.Command.Value) == 0 {
		return m, ""
	}
	word := firstProgram(slices.Concat(c.Command.Value, c.Args.Value))
	if word == "" {
		return nil, ""
	}
	base := path.Base(word)
	if slices.Contains(ownNames(m), base) || generic[base] {
		return m, ""
	}
	var found *code.Main
	for _, o := range r.mains {
		if o.Module != m.Module || o.Example || !slices.Contains(programNames(o), base) {
			continue
		}
		if found != nil {
			return nil, ""
		}
		found = o
	}
	return found, ", and its command starts " + base
}

// firstProgram is the first word of a command that is no wrapper.
func firstProgram(words []string) string {
	for i := 0; i < len(words); i++ {
		if operands, ok := wrappers[path.Base(words[i])]; ok {
			for i+1 < len(words) && strings.HasPrefix(words[i+1], "-") {
				i++
			}
			i += operands
			continue
		}
		return words[i]
	}
	return ""
}
