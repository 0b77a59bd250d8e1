package image

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/finding"
)

// An Image is the model of what a stage makes: its files, users and commands, as
// far as the Dockerfile and its build context tell. See the package comment for
// what it can be asked.
type Image struct {
	// Stage is the stage, Context its build context; nil where none was given.
	Stage   *Stage
	Context *Context

	fs       *layering
	base     *base
	accounts *accounts
	binaries []*Binary
	steps    []Transfer
	packages []Package
	runs     []Run
}

// A Transfer is one source of a COPY or ADD and what became of it.
type Transfer struct {
	Step   *Step
	Source string // as written, expanded
	Dest   string // the absolute path that it lands on; "" where that is not known
	// Found is No where the source is not there: absent from the repository, left
	// out by the ignore file, or not made by the stage that it is taken from.
	// Then the build fails. Its Why has the reason.
	Found Fact
	// Context is the source's path in the tree, for one of the build context.
	Context string
	// Ignored is true where the ignore file leaves it out.
	Ignored bool
	// Remote is true for a URL, and for a Git repository.
	Remote bool
}

// A Package is one that a package manager installs.
type Package struct {
	Manager string // apk, apt, dnf, zypper, pacman
	Name    string
	Known   bool // whether it is known what it brings
	At      finding.Position
}

// A Run is one command of a RUN instruction.
type Run struct {
	Call
	Step *Step
	At   finding.Position
}

var models sync.Mutex

// Of makes the model of a stage. context may be nil: then nothing is known of
// what the build context holds. The model of a stage is made once for each
// context and shared; it must not be changed.
func Of(s *Stage, context *Context) *Image {
	models.Lock()
	defer models.Unlock()
	cache := map[*Stage]*Image{}
	if context != nil {
		if context.images == nil {
			context.images = cache
		}
		cache = context.images
	}
	return imageOf(s, context, cache)
}

func imageOf(s *Stage, context *Context, cache map[*Stage]*Image) *Image {
	if i := cache[s]; i != nil {
		return i
	}
	img := &Image{Stage: s, Context: context}
	b := &builder{Image: img, cache: cache, left: maxCommands * 5}
	if below := s.Base.Stage; below != nil && below.Index < s.Index {
		other := imageOf(below, context, cache)
		img.fs, img.base, img.accounts = other.fs.clone(), other.base, other.accounts.clone()
		img.packages = slices.Clone(other.packages)
		b.user = other.endUser()
	} else {
		img.base = newBase(s.Base)
		img.fs = &layering{base: img.base, links: map[string]bool{}}
		img.accounts = accountsOf(img.base)
		b.user = img.base.family.User
	}
	for i := range s.Steps {
		b.step(&s.Steps[i])
	}
	cache[s] = img
	return img
}

// endUser is the user in force at the end of the stage, or "".
func (i *Image) endUser() string {
	if u, _, ok := i.Stage.User(); ok {
		return u
	}
	return ""
}

// A builder carries a stage's steps into its model.
type builder struct {
	*Image
	cache map[*Stage]*Image
	user  string // in force; "" where it is not known
	left  int    // commands that may still be followed
	// virtuals are the packages that apk installed under a name.
	virtuals map[string][]string
}

func (b *builder) step(step *Step) {
	switch step.Kind {
	case StepUser:
		b.user = ""
		if step.Known {
			b.user = step.Value
		}
	case StepWorkdir:
		if step.Known {
			b.mkdir(step.Value, step.Position, "WORKDIR makes it", "0", "0")
		}
	case StepVolume:
		for _, v := range step.Values {
			if path.IsAbs(v) && step.Known {
				b.mkdir(v, step.Position, "VOLUME makes it", "0", "0")
			}
		}
	case StepCopy, StepAdd:
		b.transfer(step)
	case StepRun:
		b.run(step)
	}
}

// mkdir puts a folder, and those above it, unless they are there.
func (b *builder) mkdir(p string, at finding.Position, why, user, group string) {
	p = path.Clean(p)
	var missing []string
	for d := p; d != "/" && d != "."; d = path.Dir(d) {
		if f := b.fs.stat(d, 0); f.Has == Yes {
			break
		}
		missing = append(missing, d)
	}
	for _, d := range slices.Backward(missing) {
		b.put(b.fs.resolve(d, 0), File{Kind: FileDir, Mode: 0o755, ModeKnown: true, User: user, Group: group}, at, why, false)
	}
}

func (b *builder) put(p string, f File, at finding.Position, why string, maybe bool) {
	b.fs.add(event{kind: eventPut, path: p, file: f, at: at, why: why, maybe: maybe})
}

// variables are the ARG and ENV values of a stage that are known at a step; a
// dollar sign stands for what is not.
func (b *builder) variables(until *Step) map[string]string {
	vars := map[string]string{}
	for _, v := range b.base.family.Env {
		if v.Known {
			vars[v.Name] = v.Value
		} else {
			vars[v.Name] = "$"
		}
	}
	env := map[string]bool{}
	for _, s := range b.Stage.chain() {
		for i := range s.Steps {
			st := &s.Steps[i]
			if st == until {
				return vars
			}
			if st.Kind != StepEnv && st.Kind != StepArg {
				continue
			}
			for _, v := range st.Vars {
				if st.Kind == StepArg && env[v.Name] {
					continue // ENV wins over ARG
				}
				if st.Kind == StepEnv {
					env[v.Name] = true
				}
				switch {
				case v.Set && v.Known:
					vars[v.Name] = v.Value
				case !v.Set && st.Kind == StepArg && !platformArgs[v.Name] && !predefinedArgs[v.Name]:
					// Without a default it is empty unless somebody gives it.
					vars[v.Name] = "$"
				default:
					vars[v.Name] = "$"
				}
			}
		}
	}
	return vars
}

// owner splits USER or --chown into user and group numbers, "" for what is not
// known.
func (b *builder) owner(spec string) (user, group string) {
	if strings.Contains(spec, "$") {
		return "", ""
	}
	name, groupName, hasGroup := strings.Cut(spec, ":")
	user = name
	var primary string
	if number(name) == "" {
		u, ok := b.accounts.users[name]
		switch {
		case ok:
			user, primary = u.id, u.group
			if user == "" {
				user = name
			}
		case name == "root":
			user, primary = "0", "0"
		}
	} else {
		user = number(name)
		primary = user
	}
	switch {
	case !hasGroup && primary != "":
		group = b.groupID(primary)
	case hasGroup:
		group = b.groupID(groupName)
	}
	return user, group
}

func (b *builder) groupID(name string) string {
	if n := number(name); n != "" {
		return n
	}
	if g, ok := b.accounts.groups[name]; ok && g.id != "" {
		return g.id
	}
	if name == "root" {
		return "0"
	}
	return name
}

// locate is the position of a command within an instruction: the line on which
// its words stand, from a line on. The parser joins continued lines.
func (b *builder) locate(at finding.Position, from int, words []string) finding.Position {
	src := b.Stage.file.src
	if src == nil || at.Line == at.EndLine || len(words) == 0 {
		return at
	}
	needle := words[0]
	if len(words) > 1 && !strings.ContainsAny(words[1], "$\\\"'") {
		needle += " " + words[1]
	}
	for range 2 {
		for n := max(at.Line, from); n <= at.EndLine; n++ {
			l := src.line(n)
			if c := strings.Index(l, needle); c >= 0 && !strings.HasPrefix(strings.TrimSpace(l), "#") {
				return finding.Position{File: at.File, Line: n, Column: c + 1, EndLine: n, EndColumn: len(strings.TrimRight(l, " \t\\")) + 1}
			}
		}
		needle = words[0]
	}
	return at
}

// uid is the number of the user in force, "" where it is not known.
func (b *builder) uid() string {
	u, _ := b.owner(b.user)
	return u
}

func parseMode(s string) (mode uint32, ok bool) {
	n, err := strconv.ParseUint(s, 8, 12)
	return uint32(n), err == nil
}
