package image

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// A copyFlags is the flags of a COPY or ADD that matter.
type copyFlags struct {
	chown, chmod      string
	exclude           []string
	parents           bool
	checksum, keepTar bool
}

func readCopyFlags(flags []string) (c copyFlags) {
	for _, f := range flags {
		name, value, _ := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		switch name {
		case "chown":
			c.chown = value
		case "chmod":
			c.chmod = value
		case "exclude":
			c.exclude = append(c.exclude, value)
		case "parents":
			c.parents = value != "false"
		case "checksum":
			c.checksum = true
		case "unpack":
			c.keepTar = value == "false"
		}
	}
	return c
}

// transfer carries a COPY or ADD into the model (Dockerfile reference, "COPY"
// and "ADD").
func (b *builder) transfer(step *Step) {
	at := step.Position
	name := string(step.Kind)
	if !path.IsAbs(step.Dest) || strings.Contains(step.Dest, "$") {
		why := name + " copies to where cannot be told"
		b.fs.add(event{kind: eventTaint, taint: b.unknownPlace(step), at: at, why: why})
		for _, s := range step.Sources {
			b.steps = append(b.steps, Transfer{Step: step, Source: s, Found: unclear(at, "its name cannot be told")})
		}
		return
	}
	flags := readCopyFlags(step.Flags)
	dest := path.Clean(step.Dest)
	asDir := strings.HasSuffix(step.Dest, "/") || len(step.Sources)+len(step.Heredocs) > 1
	if !asDir {
		f := b.fs.stat(dest, 0)
		asDir = f.Has == Yes && f.Kind == FileDir
	}
	dest = b.fs.resolve(dest, 0)
	own := b.copyOwner(flags)
	for i, text := range step.Heredocs {
		to := dest
		if asDir {
			to = path.Join(dest, heredocName(step, i))
		}
		f := File{Kind: FileRegular, Mode: 0o644, ModeKnown: true, User: "0", Group: "0", Text: text}
		own.apply(&f)
		b.put(to, f, at, name+" writes it", false)
		b.wroteAccounts(to, text, at, false)
	}
	for _, src := range step.Sources {
		if step.Kind == StepAdd && isRemote(src) {
			b.addRemote(step, src, dest, asDir, own)
			continue
		}
		if !step.Known && strings.Contains(src, "$") {
			b.copyUnknown(step, src, dest, asDir)
			continue
		}
		if step.From != "" {
			b.copyFrom(step, src, dest, asDir, flags, own)
			continue
		}
		b.copyContext(step, src, dest, asDir, flags, own)
	}
}

// copyUnknown copies a source whose name cannot be told to a place that can.
func (b *builder) copyUnknown(step *Step, src, dest string, asDir bool) {
	at := step.Position
	why := string(step.Kind) + " brings " + src
	b.steps = append(b.steps, Transfer{Step: step, Source: src, Dest: dest, Found: unclear(at, "its name cannot be told")})
	last := path.Base(src)
	if !strings.Contains(last, "$") && asDir && strings.Contains(last, ".") {
		dest = path.Join(dest, last)
	}
	b.fs.add(event{kind: eventTree, path: dest, tree: opaque{why}, at: at, why: why})
	if asDir && !strings.Contains(last, "$") {
		b.put(path.Join(dest, last), File{}, at, why, true)
	}
	b.openAccounts(dest, at, why)
}

// unknownPlace is where a copy may land whose destination is not wholly known:
// below the part of it that is.
func (b *builder) unknownPlace(step *Step) *taint {
	dest := step.Dest
	if !path.IsAbs(dest) && step.Workdir != "" {
		dest = joinDir(step.Workdir, dest)
	}
	if i := strings.IndexByte(dest, '$'); i > 0 && path.IsAbs(dest) {
		if dir := path.Dir(dest[:i] + "x"); dir != "/" {
			return &taint{under: []string{dir}}
		}
	}
	return &taint{}
}

func heredocName(step *Step, n int) string {
	// The words of the instruction that begin a here document: <<name.
	for w := range strings.FieldsSeq(step.Text) {
		if rest, ok := strings.CutPrefix(w, "<<"); ok {
			if n == 0 {
				return strings.Trim(strings.TrimPrefix(rest, "-"), `"'`)
			}
			n--
		}
	}
	return "heredoc"
}

func (b *builder) copyOwner(flags copyFlags) *perm {
	p := &perm{}
	if flags.chown != "" {
		p.userSet, p.groupSet = true, true
		p.user, p.group = b.owner(flags.chown)
	}
	if flags.chmod != "" {
		if mode, ok := parseMode(flags.chmod); ok {
			p.mode, p.hasMode = mode, true
		} else {
			p.modeUnknown = true
		}
	}
	return p
}

// isRemote tells sources of ADD that are fetched.
func isRemote(src string) bool {
	return strings.Contains(src, "://") || strings.HasPrefix(src, "git@") || strings.HasPrefix(src, "github.com/") && strings.Contains(src, ".git")
}

func (b *builder) addRemote(step *Step, src, dest string, asDir bool, own *perm) {
	at := step.Position
	b.steps = append(b.steps, Transfer{Step: step, Source: src, Dest: dest, Remote: true, Found: unclear(at, "it is fetched when the image is built")})
	if strings.Contains(src, ".git") || strings.HasPrefix(src, "git@") {
		b.fs.add(event{kind: eventTree, path: dest, tree: opaque{"ADD brings the repository " + src}, at: at, why: "ADD brings the repository " + src})
		return
	}
	to := dest
	if asDir {
		to = path.Join(dest, path.Base(strings.SplitN(src, "?", 2)[0]))
	}
	f := File{Kind: FileRegular, Mode: 0o600, ModeKnown: true, User: "0", Group: "0"}
	own.apply(&f)
	b.put(to, f, at, "ADD fetches it from "+src, false)
}

// archives are names of files that ADD unpacks.
func isArchive(name string) bool {
	for _, ext := range []string{".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

// copyContext copies from the build context.
func (b *builder) copyContext(step *Step, src, dest string, asDir bool, flags copyFlags, own *perm) {
	at := step.Position
	name := string(step.Kind)
	t := Transfer{Step: step, Source: src, Dest: dest}
	rel := strings.TrimPrefix(path.Clean("/"+src), "/")
	if rel == "" {
		rel = "."
	}
	why := name + " brings " + src
	if b.Context == nil {
		t.Found = unclear(at, "the build context is not known")
		b.steps = append(b.steps, t)
		switch {
		case rel == "." || strings.ContainsAny(rel, "*?[") || asDir && path.Ext(rel) == "":
			b.fs.add(event{kind: eventTree, path: dest, tree: opaque{why}, at: at, why: why, perm: own})
		case asDir:
			b.copied(path.Join(dest, path.Base(rel)), File{}, at, why, own)
		default:
			b.fs.add(event{kind: eventTree, path: dest, tree: opaque{why}, at: at, why: why, perm: own})
		}
		return
	}
	t.Context = path.Join(b.Context.Dir, rel)
	if strings.ContainsAny(rel, "*?[") {
		b.copyGlob(step, rel, dest, flags, own, t)
		return
	}
	to := dest
	if flags.parents {
		asDir = true
	}
	kind := b.Context.at(rel)
	if b.Context.opaque && kind != contextNone {
		kind = contextMaybe
	}
	if asDir && kind != contextDir {
		to = path.Join(dest, path.Base(rel))
	}
	if flags.parents {
		to = path.Join(dest, parentsPath(src))
	}
	t.Dest = to
	switch kind {
	case contextDir:
		t.Found = present(at, "")
		b.fs.add(event{kind: eventTree, path: to, tree: contextTree{b.Context, rel, flags.exclude}, at: at, why: why, perm: own})
		b.contextAccounts(rel, to, at)
	case contextFile:
		t.Found = present(at, "")
		if step.Kind == StepAdd && isArchive(rel) && !flags.keepTar {
			b.fs.add(event{kind: eventTree, path: dest, tree: opaque{"ADD unpacks " + src}, at: at, why: "ADD unpacks " + src})
			b.openAccounts(dest, at, "ADD unpacks "+src)
			break
		}
		b.copied(to, File{Kind: FileRegular, Mode: 0o644, User: "0", Group: "0", Source: t.Context}, at, why, own)
		b.contextAccounts(rel, to, at)
	case contextIgnored:
		t.Found, t.Ignored = absent(at, b.Context.IgnoreFile+" leaves it out of the build context"), true
		b.copied(to, File{}, at, why, own)
	case contextMaybe:
		t.Found = unclear(at, "the repository has no "+t.Context+", but something may make it before the build")
		b.fs.add(event{kind: eventTree, path: to, tree: opaque{why}, at: at, why: why, perm: own})
	default:
		t.Found = unclear(at, "the build context has no "+rel+", but something may make it before the build")
		if isAuthored(rel) {
			t.Found = absent(at, "the build context has no "+rel)
		}
		b.fs.add(event{kind: eventTree, path: to, tree: opaque{why}, at: at, why: why, perm: own})
	}
	b.steps = append(b.steps, t)
}

// isAuthored tells files that people write and keep in a repository from those
// that some step before the build may make, as programs and bundles are.
func isAuthored(name string) bool {
	base := path.Base(name)
	switch path.Ext(base) {
	case ".go", ".sh", ".sql", ".py":
		return true
	}
	switch base {
	case "go.mod", "go.sum", "go.work", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "Makefile", "LICENSE", "README.md":
		return true
	}
	return false
}

// parentsPath is what of a source --parents keeps: what stands behind "/./", or
// all of it.
func parentsPath(src string) string {
	if _, rest, ok := strings.Cut(src, "/./"); ok {
		src = rest
	}
	return strings.TrimPrefix(path.Clean("/"+src), "/")
}

// copied puts one file, or something of which only the presence is known.
func (b *builder) copied(to string, f File, at finding.Position, why string, own *perm) {
	if f.User == "" && f.Kind == FileUnknown {
		f.User, f.Group = "0", "0"
	}
	own.apply(&f)
	b.put(to, f, at, why, false)
}

func (b *builder) copyGlob(step *Step, rel, dest string, flags copyFlags, own *perm, t Transfer) {
	at := step.Position
	why := string(step.Kind) + " brings " + t.Source
	found := b.Context.glob(rel)
	t.Found = present(at, "")
	if len(found) == 0 {
		// BuildKit accepts a pattern that fits nothing beside another source.
		t.Found = absent(at, "nothing in the build context fits it")
		if b.Context.opaque || b.Context.generated(rel) || len(step.Sources) > 1 || !isAuthored(rel) && !strings.HasPrefix(path.Base(rel), "go.") {
			t.Found = unclear(at, "nothing in the repository fits it")
		}
		b.fs.add(event{kind: eventTaint, taint: &taint{under: []string{dest}}, at: at, why: why})
	}
	for _, p := range found {
		source := path.Join(b.Context.Dir, p)
		to := path.Join(dest, path.Base(p))
		if flags.parents {
			to = path.Join(dest, p)
		}
		excluded := false
		for _, x := range flags.exclude {
			excluded = excluded || excludes(x, p)
		}
		switch {
		case excluded:
		case b.Context.at(p) == contextDir && !flags.parents:
			b.fs.add(event{kind: eventTree, path: dest, tree: contextTree{b.Context, p, flags.exclude}, at: at, why: why, perm: own})
		case b.Context.at(p) == contextDir:
			b.fs.add(event{kind: eventTree, path: to, tree: contextTree{b.Context, p, flags.exclude}, at: at, why: why, perm: own})
		case step.Kind == StepAdd && isArchive(p) && !flags.keepTar:
			b.fs.add(event{kind: eventTree, path: dest, tree: opaque{"ADD unpacks " + source}, at: at, why: "ADD unpacks " + source})
			b.openAccounts(dest, at, "ADD unpacks "+source)
		default:
			b.copied(to, File{Kind: FileRegular, Mode: 0o644, User: "0", Group: "0", Source: source}, at, why, own)
		}
	}
	b.steps = append(b.steps, t)
}

// other is the file system that --from names.
func (b *builder) other(name string, stage *Stage, at finding.Position) (l *layering, img *Image, why string) {
	if stage != nil && stage.Index < b.Stage.Index {
		img = imageOf(stage, b.Context, b.cache)
		return img.fs, img, ""
	}
	if b.Context != nil {
		if dir, ok := b.Context.Named[name]; ok {
			named := NewContext(b.Context.Tree, dir, "")
			l = &layering{base: newBase(Base{Scratch: true, Known: true, Resolved: name, Position: at}), links: map[string]bool{}}
			l.add(event{kind: eventTree, path: "/", tree: contextTree{named, ".", nil}, at: at, why: "the context " + name + " has it"})
			return l, nil, ""
		}
	}
	if strings.Contains(name, "$") || name == "" {
		return nil, nil, "the stage or image that it is taken from depends on what is given to the build"
	}
	ref := imageBase(Base{Position: at, Ref: name}, name)
	if name == "scratch" {
		ref = Base{Position: at, Ref: name, Resolved: name, Known: true, Scratch: true}
	}
	base := newBase(ref)
	return &layering{base: base, links: map[string]bool{}}, nil, ""
}

// copyFrom copies from another stage, image or named context.
func (b *builder) copyFrom(step *Step, src, dest string, asDir bool, flags copyFlags, own *perm) {
	at := step.Position
	why := "COPY --from=" + step.From + " brings " + src
	t := Transfer{Step: step, Source: src, Dest: dest}
	l, img, reason := b.other(step.From, step.FromStage, at)
	if l == nil {
		t.Found = unclear(at, reason)
		b.fs.add(event{kind: eventTree, path: dest, tree: opaque{why}, at: at, why: why, perm: own})
		b.openAccounts(dest, at, why)
		b.steps = append(b.steps, t)
		return
	}
	abs := joinDir("/", src)
	if strings.ContainsAny(abs, "*?[") {
		b.fromGlob(step, l, abs, dest, own, why)
		t.Found = unclear(at, "it is a pattern")
		b.steps = append(b.steps, t)
		return
	}
	f := l.stat(abs, 0)
	to := dest
	isDir := f.Kind == FileDir || f.Has != Yes && (strings.HasSuffix(src, "/") || src == ".")
	if asDir && !isDir {
		to = path.Join(dest, path.Base(abs))
	}
	if flags.parents {
		to = path.Join(dest, parentsPath(src))
	}
	t.Dest = to
	t.Found = Fact{Has: f.Has, At: at, Why: f.Why}
	switch {
	case f.Has == Yes && f.Kind == FileDir:
		b.fs.add(event{kind: eventTree, path: to, tree: subtree{l, l.resolve(abs, 0)}, at: at, why: why, perm: own})
	case f.Has == Yes && f.Kind != FileUnknown:
		f.Path = to
		own.apply(&f)
		b.put(to, f, at, why, false)
	case isDir:
		b.fs.add(event{kind: eventTree, path: to, tree: subtree{l, abs}, at: at, why: why, perm: own})
		b.put(to, File{Kind: FileDir, Mode: 0o755, User: "0", Group: "0"}, at, why, false)
	default:
		// The build would fail if the source were not there.
		if f.Has == No {
			t.Found = absent(at, f.Why)
		}
		g := File{User: f.User, Group: f.Group}
		own.apply(&g)
		if asDir || path.Ext(abs) != "" || f.Has == No {
			if f.Has == Unknown && path.Ext(abs) == "" {
				// It may be a folder, of which the contents are copied.
				b.fs.add(event{kind: eventTree, path: dest, tree: opaque{why}, at: at, why: why, perm: own, maybe: true})
			}
			b.put(to, g, at, why, false)
		} else {
			// It may be a file or a folder.
			b.fs.add(event{kind: eventTree, path: to, tree: opaque{why}, at: at, why: why, perm: own})
			if img != nil {
				b.fs.add(event{kind: eventTree, path: to, tree: presentRoot{subtree{l, abs}, why}, at: at, why: why, perm: own})
			}
		}
	}
	if img != nil {
		b.takeAccounts(img, abs, to, at)
	} else {
		b.openAccounts(to, at, why)
	}
	b.steps = append(b.steps, t)
}

// A presentRoot is a subtree whose root is there in any case.
type presentRoot struct {
	subtree
	why string
}

func (p presentRoot) stat(rel string, depth int) File {
	f := p.subtree.stat(rel, depth)
	if rel == "." && f.Has != Yes {
		f.Fact = present(finding.Position{}, p.why)
	}
	return f
}

// fromGlob copies what of another stage a pattern fits.
func (b *builder) fromGlob(step *Step, l *layering, abs, dest string, own *perm, why string) {
	at := step.Position
	for _, p := range l.known() {
		if !match(abs, p) {
			continue
		}
		f := l.stat(p, 0)
		if f.Has != Yes {
			continue
		}
		to := path.Join(dest, path.Base(p))
		f.Path = to
		own.apply(&f)
		b.put(to, f, at, why, false)
	}
	b.fs.add(event{kind: eventTaint, taint: &taint{under: []string{dest}}, at: at, why: why})
}

// contextAccounts reads a passwd or group file that comes from the context.
func (b *builder) contextAccounts(rel, to string, at finding.Position) {
	for _, file := range []string{"/etc/passwd", "/etc/group"} {
		below, ok := cutDir(file, to)
		if !ok || b.Context.at(path.Join(rel, below)) != contextFile {
			continue
		}
		data, err := b.Context.Tree.Read(path.Join(b.Context.Dir, rel, below), maxScript)
		if err != nil {
			b.accounts.open = unclear(at, "COPY brings "+file)
			continue
		}
		b.wroteAccounts(file, string(data), at, false)
	}
}

// wroteAccounts notes what a step writes to /etc/passwd or /etc/group.
func (b *builder) wroteAccounts(to, text string, at finding.Position, added bool) {
	if to != "/etc/passwd" && to != "/etc/group" {
		return
	}
	group := to == "/etc/group"
	switch {
	case added:
	case group:
		b.accounts.groups = map[string]account{}
	default:
		b.accounts.users = map[string]account{}
		b.accounts.open = Fact{}
	}
	b.accounts.none = Fact{}
	if strings.Contains(text, "$") || text == "" {
		b.accounts.open = unclear(at, "what is written to "+to+" cannot be told")
	}
	b.accounts.read(text, group, at, "it is written to "+to)
}

// takeAccounts takes over another stage's users where its /etc/passwd is copied.
func (b *builder) takeAccounts(img *Image, from, to string, at finding.Position) {
	for _, file := range []string{"/etc/passwd", "/etc/group"} {
		rel, ok := cutDir(file, to)
		if !ok {
			continue
		}
		origin := path.Join(from, rel)
		switch f := img.fs.stat(origin, 0); {
		case f.Has == No:
			continue
		case origin != file && f.Text != "":
			b.wroteAccounts(file, f.Text, at, false)
			continue
		case origin != file && f.Source != "" && b.Context != nil:
			if data, err := b.Context.Tree.Read(f.Source, maxScript); err == nil {
				b.wroteAccounts(file, string(data), at, false)
			}
			continue
		case origin != file:
			b.accounts.open = unclear(at, "COPY brings "+file+" from another stage")
			b.accounts.none = Fact{}
			continue
		}
		if file == "/etc/passwd" {
			groups := b.accounts.groups
			b.accounts = img.accounts.clone()
			b.accounts.groups = groups
		} else {
			b.accounts.groups = img.accounts.clone().groups
		}
	}
}

func (b *builder) openAccounts(dest string, at finding.Position, why string) {
	if covers(dest, "/etc/passwd") {
		b.accounts.open, b.accounts.none = unclear(at, why), Fact{}
	}
}
