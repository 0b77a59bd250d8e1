package image

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// File tells what stands at an absolute path, symbolic links followed. Where
// Has is No, every step was understood and none brings it.
func (i *Image) File(p string) File { return i.fs.stat(path.Clean(p), 0) }

// Text is the content of a file, where the Dockerfile or the build context has
// it.
func (i *Image) Text(p string) (text string, ok bool) { return i.textOf(path.Clean(p)) }

// Path are the folders in which programs are looked for, in order, from the
// image's PATH; known is false where that cannot be told, and then they are the
// usual ones.
func (i *Image) Path() (dirs []string, known bool) {
	v, ok := i.Stage.Env("PATH")
	if !ok || !v.Known || v.Value == "" {
		// A container runtime sets a PATH where the image does not (moby,
		// oci/defaults).
		return binDirs, i.base.ref.Scratch && !ok || ok && !v.Known && i.base.ref.Scratch
	}
	for d := range strings.SplitSeq(v.Value, ":") {
		if path.IsAbs(d) {
			dirs = append(dirs, path.Clean(d))
		}
	}
	return dirs, true
}

// Program tells whether a program can be started: by an absolute path, by one
// relative to the working directory, or by its name in PATH.
func (i *Image) Program(name string) File {
	if strings.Contains(name, "$") || name == "" {
		return File{Fact: unclear(i.Stage.Position, "which program is meant cannot be told")}
	}
	if strings.Contains(name, "/") {
		if !path.IsAbs(name) {
			dir, ok := i.Workdir()
			if !ok {
				return File{Fact: unclear(i.Stage.Position, "the working directory cannot be told")}
			}
			name = joinDir(dir, name)
		}
		return i.File(name)
	}
	dirs, known := i.Path()
	if !known {
		dirs = slices.Concat(dirs, []string{"/go/bin", "/app", "/busybox"})
		if i.base.family.Toolchain != No {
			dirs = append(dirs, "/usr/local/go/bin")
		}
	}
	var open, no File
	for _, d := range dirs {
		f := i.fs.stat(path.Join(d, name), 0)
		switch {
		case f.Has == Yes && (known || slices.Contains(binDirs, d)):
			return f
		case f.Has != No && open.Why == "":
			open = f
			open.Has = Unknown
		case f.Has == No && no.Why == "":
			no = f
		}
	}
	if open.Why != "" || no.Has != No {
		return open
	}
	no.Fact = absent(no.At, "nothing in PATH brings "+name)
	if !no.At.IsValid() || no.At == i.base.at {
		no.Fact = absent(i.base.at, i.base.name()+" has no "+name+" and no step brings it")
	}
	return no
}

// Libc is the image's C library: glibc, musl, or none. Its Has is Unknown, and
// the name "", where that is not known.
func (i *Image) Libc() (name string, why Fact) {
	loaders := []struct{ name, path string }{
		{"glibc", "/lib64/ld-linux-x86-64.so.2"}, {"glibc", "/lib/ld-linux-aarch64.so.1"}, {"glibc", "/lib/x86_64-linux-gnu/libc.so.6"},
		{"musl", "/lib/ld-musl-x86_64.so.1"}, {"musl", "/lib/ld-musl-aarch64.so.1"},
	}
	base := i.base.family.Libc
	if base == "glibc" || base == "musl" {
		return base, present(i.base.at, i.base.name()+" has "+base)
	}
	if base == "" {
		return "", unclear(i.base.at, "which C library "+i.base.name()+" has is not known")
	}
	for _, l := range loaders {
		if f := i.fs.stat(l.path, 0); f.Has == Yes {
			return l.name, f.Fact
		}
	}
	// Some step may have brought one.
	for n := len(i.fs.events) - 1; n >= 0; n-- {
		e := &i.fs.events[n]
		switch {
		case e.kind == eventTaint && (e.taint.touches("/lib64/ld-linux-x86-64.so.2") || e.taint.touches("/lib/ld-musl-x86_64.so.1")):
			return "", unclear(e.at, e.why)
		case e.kind == eventTree:
			for _, l := range loaders {
				if f, ok := e.lookup(l.path, 0); ok && f.Has == Unknown {
					return "", unclear(e.at, e.why)
				}
			}
		}
	}
	return "none", present(i.base.at, i.base.name()+" has no C library, and no step brings one")
}

// GlibcCompat tells whether a musl image has a layer for programs built for
// glibc (gcompat, libc6-compat).
func (i *Image) GlibcCompat() Fact {
	facts := []Fact{i.File("/lib64/ld-linux-x86-64.so.2").Fact, i.File("/lib/ld-linux-x86-64.so.2").Fact}
	if i.base.family.Libc == "musl" {
		// Such images bring none by themselves.
		facts = slices.DeleteFunc(facts, func(f Fact) bool { return f.Has == Unknown && f.At == i.base.at })
	}
	if f := anyOf(facts...); f.Why != "" {
		return f
	}
	return i.lacks("layer for programs built for glibc")
}

// Shell tells which shell /bin/sh is: ShellNone where there is none,
// ShellUnknown where that is not known.
func (i *Image) Shell() (ShellFamily, Fact) {
	f := i.File("/bin/sh")
	switch family := i.Stage.ShellFamily("/bin/sh"); {
	case f.Has == No:
		return ShellNone, f.Fact
	case family == ShellNone && f.Has == Unknown:
		return ShellUnknown, f.Fact
	case family == ShellNone:
		return ShellUnknown, unclear(f.At, "which shell it is is not known")
	case family == ShellUnknown:
		return family, unclear(i.base.at, "which shell "+i.base.name()+" has is not known")
	default:
		return family, present(i.base.at, i.base.name()+" has it")
	}
}

// CACerts tells whether the image has a bundle of CA certificates where Go looks
// for one (crypto/x509, root_linux.go; SSL_CERT_FILE and SSL_CERT_DIR, too).
func (i *Image) CACerts() Fact {
	var facts []Fact
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		v, ok := i.Stage.Env(name)
		if !ok || v.Value == "" {
			continue
		}
		if !v.Known {
			facts = append(facts, unclear(v.Position, name+" depends on what is given to the build"))
			continue
		}
		facts = append(facts, i.File(v.Value).Fact)
	}
	for _, p := range caFiles {
		facts = append(facts, i.File(p).Fact)
	}
	// A folder counts only where a step puts certificates into it.
	for _, p := range i.fs.known() {
		if slices.Contains(caDirs, path.Dir(p)) {
			if f := i.fs.stat(p, 0); f.Has == Yes {
				facts = append(facts, f.Fact)
			}
		}
	}
	for _, d := range caDirs {
		if f := i.File(d); f.Has == Yes && f.At != i.base.at && f.At.IsValid() && f.Kind != FileDir {
			facts = append(facts, f.Fact)
		} else if f.Has == Yes && f.Source != "" {
			facts = append(facts, f.Fact)
		}
	}
	if i.base.family.CA == Yes && !i.base.ref.Scratch {
		facts = append([]Fact{i.baseCA()}, facts...)
	}
	f := anyOf(facts...)
	if f.Has == No {
		f = i.lacks("CA certificates")
	}
	return f
}

// baseCA is the base image's bundle, unless a step may have removed it.
func (i *Image) baseCA() Fact {
	for _, p := range caFiles {
		if f := i.File(p); f.Has == Yes {
			return f.Fact
		}
		if i.base.stat(p).Has == Yes {
			return i.File(p).Fact
		}
	}
	return present(i.base.at, i.base.name()+" has CA certificates")
}

// lacks says that neither the base nor a step brings something.
func (i *Image) lacks(what string) Fact {
	return absent(i.base.at, i.base.name()+" has no "+what+", and no step brings it")
}

// ZoneInfo tells whether the image has time zones where Go looks for them
// (time, zoneinfo_unix.go; ZONEINFO, too). Zones within a program, by
// time/tzdata or -tags timetzdata, are the program's: see Binary.Build.Tags.
func (i *Image) ZoneInfo() Fact {
	var facts []Fact
	if v, ok := i.Stage.Env("ZONEINFO"); ok && v.Value != "" {
		if !v.Known {
			facts = append(facts, unclear(v.Position, "ZONEINFO depends on what is given to the build"))
		} else {
			facts = append(facts, i.File(v.Value).Fact)
		}
	}
	for _, p := range zoneDirs {
		facts = append(facts, i.File(p).Fact)
	}
	facts = append(facts, i.File("/usr/local/go/lib/time/zoneinfo.zip").Fact)
	if i.base.family.Zones == No || i.base.ref.Scratch {
		// Of the base only its own word counts.
		facts = slices.DeleteFunc(facts, func(f Fact) bool { return f.Has == Unknown && f.At == i.base.at })
	}
	f := anyOf(facts...)
	if f.Has == No || f.Why == "" {
		f = i.lacks("time zones")
	}
	return f
}

// Tmp tells whether the image has /tmp; its Mode says who may write there.
func (i *Image) Tmp() File { return i.File("/tmp") }

// Workdir is the working directory of the image; ok is false where it cannot be
// told.
func (i *Image) Workdir() (dir string, ok bool) {
	if dir, ok = i.Stage.Workdir(); ok {
		return dir, true
	}
	if i.base.ref.Scratch {
		return "/", true
	}
	return "", false
}

// A User is whom an image runs as.
type User struct {
	Fact // Has is Yes where Name or ID is known
	// Name is the user as USER or the base image names it, without its group.
	Name string
	// ID and GID are its numbers as text; "" where they are not known: a named
	// user whose number the image does not tell.
	ID, GID string
	// Numeric is true where the image's configuration names it by a number, so
	// that Kubernetes can check runAsNonRoot.
	Numeric bool
	// Entry tells whether /etc/passwd has it.
	Entry Fact
	// Home is its home directory, "" where that is not known.
	Home string
	// Default is true where no USER says so, but the base image.
	Default bool
}

// Root tells whether the user is root.
func (u User) Root() Has {
	switch u.ID {
	case "":
		return Unknown
	case "0":
		return Yes
	}
	return No
}

// User is whom the image runs as.
func (i *Image) User() User {
	value, at, known := i.Stage.User()
	u := User{Default: i.Stage.last(StepUser) == nil}
	if !known {
		u.Fact = unclear(at, "whom the image runs as cannot be told")
		u.Entry = u.Fact
		return u
	}
	if value == "" {
		value = "0"
	}
	u.Fact = present(at, "USER says so")
	if u.Default {
		u.Why = "the base image's default"
	}
	u.Name, _, _ = strings.Cut(value, ":")
	b := &builder{Image: i}
	u.ID, u.GID = b.owner(value)
	u.ID, u.GID = number(u.ID), number(u.GID)
	u.Numeric = number(u.Name) != ""
	if u.Default && u.Name == "root" {
		u.Numeric = false
	}
	u.Entry = i.UserEntry(u.Name)
	if a, ok := i.accounts.users[u.Name]; ok {
		u.Home = a.home
	} else if u.Numeric {
		u.Home = i.accounts.homeOf(u.ID)
	}
	if u.ID == "0" {
		u.Home = "/root"
	}
	return u
}

// UserEntry tells whether the image's /etc/passwd has a user, by name or number.
func (i *Image) UserEntry(name string) Fact { return i.accounts.entry(name, i.accounts.users, i.base) }

// GroupEntry tells whether the image's /etc/group has a group, by name or number.
func (i *Image) GroupEntry(name string) Fact {
	return i.accounts.entry(name, i.accounts.groups, i.base)
}

func (a *accounts) entry(name string, in map[string]account, b *base) Fact {
	if u, ok := in[name]; ok {
		return u.fact
	}
	if n := number(name); n != "" {
		names := make([]string, 0, len(in))
		for k := range in {
			names = append(names, k)
		}
		slices.Sort(names)
		for _, k := range names {
			if in[k].id == n {
				return in[k].fact
			}
		}
		for _, k := range names {
			if in[k].id == "" && in[k].fact.Has != No {
				return unclear(in[k].fact.At, k+" may have this number")
			}
		}
	}
	switch {
	case a.open.Why != "":
		return a.open
	case a.none.Why != "":
		return a.none
	}
	return absent(b.at, "neither "+b.name()+" nor a step adds it")
}

// Writable tells whether a user may write at a path: to the file, or make it
// where it is not there. The user is as in USER, by name or number; "" stands
// for the image's own. Volumes that a platform mounts are not considered.
func (i *Image) Writable(p, user string) Fact {
	b := &builder{Image: i}
	var uid, gid string
	if user == "" {
		u := i.User()
		uid, gid = u.ID, u.GID
		if uid == "" && u.Name != "" {
			uid = u.Name
		}
	} else {
		uid, gid = b.owner(user)
	}
	if uid == "" {
		return unclear(i.Stage.Position, "whom the image runs as cannot be told")
	}
	if uid == "0" {
		return present(i.Stage.Position, "root may write anywhere")
	}
	p = path.Clean(p)
	f := i.File(p)
	for f.Has == No && p != "/" {
		p = path.Dir(p)
		f = i.File(p)
	}
	switch {
	case f.Has == Unknown:
		return f.Fact
	case f.User == "" && f.Group == "":
		return unclear(f.At, "whom "+p+" belongs to is not known")
	case !f.ModeKnown && f.User == uid:
		return present(f.At, p+" belongs to this user")
	case f.User == uid:
		if f.Mode&0o200 != 0 {
			return present(f.At, p+" belongs to this user")
		}
		return absent(f.At, p+" belongs to this user, but its mode forbids it to write")
	case !f.ModeKnown && (f.Source != "" || f.Kind == FileRegular):
		f.Mode = 0o644
	case !f.ModeKnown:
		return unclear(f.At, "the mode of "+p+" is not known")
	}
	switch {
	case f.Mode&0o002 != 0:
		return present(f.At, "anybody may write to "+p)
	case f.Mode&0o020 != 0 && f.Group == gid && gid != "":
		return present(f.At, "the user's group may write to "+p)
	case f.Mode&0o020 != 0 && (gid == "" || f.Group == ""):
		return unclear(f.At, "whether the user's group owns "+p+" is not known")
	case f.User == "" || number(f.User) == "" || number(uid) == "":
		if f.User == "0" {
			return absent(f.At, p+" belongs to root")
		}
		return unclear(f.At, "whom "+p+" belongs to is not known")
	}
	if f.User == "0" {
		return absent(f.At, p+" belongs to root")
	}
	return absent(f.At, p+" belongs to user "+f.User)
}

// Size is a class of images by what they hold.
type Size uint8

// The classes.
const (
	SizeUnknown Size = iota
	SizeMinimal      // scratch, distroless and the like: the program and its data
	SizeSmall        // a small distribution: Alpine, BusyBox, ubi-micro
	SizeFull         // a distribution with package manager and shells
	SizeBuild        // an image to build in: compilers and headers
)

// Size is the image's class, by its base and by what it installs.
func (i *Image) Size() (Size, Fact) {
	if f := anyOf(i.Program("gcc").Fact, i.Program("go").Fact); f.Has == Yes {
		return SizeBuild, f
	}
	at := present(i.base.at, i.base.name()+" is its base")
	switch i.base.family.Name {
	case "scratch", "distroless", "chainguard":
		return SizeMinimal, at
	case "alpine", "busybox", "wolfi", "ubi-micro":
		return SizeSmall, at
	case "debian", "ubuntu", "ubi", "ubi-minimal", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "oraclelinux", "archlinux", "opensuse", "photon", "azurelinux", "nginx", "node", "python", "ruby", "php":
		return SizeFull, at
	case "golang", "rust":
		return SizeBuild, at
	}
	return SizeUnknown, unclear(i.base.at, "what "+i.base.name()+" holds is not known")
}

// Base is the image on which the lowest stage builds, with what is known of its
// family; ok is false where that is nothing.
func (i *Image) Base() (b Base, f Family, ok bool) { return i.base.ref, i.base.family, i.base.known }

// Sources are the sources of all COPY and ADD instructions of the stage itself,
// in order.
func (i *Image) Sources() []Transfer { return i.steps }

// Packages are what package managers install in the stage and those that it
// builds on, in order.
func (i *Image) Packages() []Package { return i.packages }

// Runs are the commands of the stage's own RUN instructions, as far as their
// scripts can be followed, in order.
func (i *Image) Runs() []Run { return i.runs }

// StopSignal is the signal that stops the container: SIGTERM unless STOPSIGNAL
// names another; known is false where it depends on the build.
func (i *Image) StopSignal() (signal string, at finding.Position, known bool) {
	if s := i.Stage.last(StepStopSignal); s != nil {
		return s.Value, s.Position, s.Known
	}
	return "SIGTERM", i.Stage.Position, i.base.known && i.base.family.Name != "nginx"
}

// A Healthcheck is a HEALTHCHECK in force.
type Healthcheck struct {
	Command Command
	None    bool // HEALTHCHECK NONE
	At      finding.Position
	// Program is the program that it starts, "" where nothing tells.
	Program string
	// Found tells whether the image has it.
	Found Fact
}

// Healthcheck is the HEALTHCHECK in force; ok is false where no stage sets one.
func (i *Image) Healthcheck() (h Healthcheck, ok bool) {
	s := i.Stage.last(StepHealth)
	if s == nil {
		return h, false
	}
	h = Healthcheck{Command: s.Command, None: s.Value == "NONE", At: s.Position}
	if h.None || len(s.Command.Args) == 0 {
		return h, true
	}
	if !s.Command.Shell {
		h.Program = s.Command.Args[0]
		h.Found = i.Program(h.Program).Fact
		return h, true
	}
	if sh, f := i.Shell(); sh == ShellNone {
		h.Program, h.Found = "/bin/sh", f
		return h, true
	}
	dir, _ := i.Workdir()
	WalkScript(s.Command.Args[0], dir, map[string]string{}, func(c Call) {
		if h.Program == "" && !harmlessWord(c.Words[0]) {
			h.Program = c.Words[0]
			h.Found = i.Program(h.Program).Fact
		}
	})
	return h, true
}

func harmlessWord(w string) bool {
	return w == "exit" || w == ":" || w == "test" || w == "[" || w == "echo"
}

// A Port is one that EXPOSE names.
type Port struct {
	Text     string // as written, expanded
	Number   int    // 0 where it is none, or a range
	Protocol string // tcp, udp or sctp
	At       finding.Position
	Known    bool
}

// Exposed are the ports that EXPOSE names, those of one instruction sorted.
func (i *Image) Exposed() []Port {
	var out []Port
	for _, s := range i.Stage.AllSteps() {
		if s.Kind != StepExpose {
			continue
		}
		for _, v := range s.Values {
			p := Port{Text: v, Protocol: "tcp", At: s.Position, Known: s.Known && !strings.Contains(v, "$")}
			n, proto, ok := strings.Cut(v, "/")
			if ok {
				p.Protocol = strings.ToLower(proto)
			}
			if num := number(n); num != "" && len(num) <= 5 {
				for _, c := range num {
					p.Number = p.Number*10 + int(c-'0')
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// Volumes are the paths that VOLUME names, in order.
func (i *Image) Volumes() []string {
	var out []string
	for _, s := range i.Stage.AllSteps() {
		if s.Kind == StepVolume && s.Known {
			out = append(out, s.Values...)
		}
	}
	return out
}

// Labels are the image's labels, the last value of each, in order of first use.
func (i *Image) Labels() []Variable { return i.lastOf(StepLabel) }

// Env are the image's variables that its stages set, the last value of each, in
// order of first use. Those of the base image are asked by Stage.Env.
func (i *Image) Env() []Variable { return i.lastOf(StepEnv) }

func (i *Image) lastOf(kind StepKind) []Variable {
	var out []Variable
	for _, s := range i.Stage.AllSteps() {
		if s.Kind != kind {
			continue
		}
		for _, v := range s.Vars {
			if n := slices.IndexFunc(out, func(o Variable) bool { return o.Name == v.Name }); n >= 0 {
				out[n] = v
				continue
			}
			out = append(out, v)
		}
	}
	return out
}

// Onbuild are the ONBUILD instructions of the stage: they do nothing in this
// build, but in one that builds on the image.
func (i *Image) Onbuild() []Step {
	var out []Step
	for _, s := range i.Stage.Steps {
		if s.Kind == StepOnbuild {
			out = append(out, s)
		}
	}
	return out
}

func (i *Image) libcName() string {
	name, _ := i.Libc()
	return name
}

// Manager is the package manager that the base image has: apk, apt, dnf, zypper or
// pacman, "" where it has none, or that is not known.
func (i *Image) Manager() string {
	if i.base.stock == nil {
		return ""
	}
	return i.base.stock.manager
}
