package image

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// An execution is one command that is carried into the model.
type execution struct {
	*commands
	call  Call
	words []string
	at    finding.Position
	name  string // of the program
}

// do looks the command up. What is in none of the tables may add anything.
func (x *execution) do() {
	if c, ok := parsePackageCommand(x.words); ok {
		x.packages(c)
		return
	}
	if f, ok := effectsOf[x.name]; ok {
		f(x)
		return
	}
	if slices.Contains(goCommands, x.name) {
		x.goCommand()
		return
	}
	if harmless[x.name] {
		return
	}
	if dirs, ok := localTools[x.name]; ok {
		x.local(dirs)
		return
	}
	if strings.Contains(x.words[0], "$") {
		x.unknown(x.at, "RUN starts a program that cannot be told")
		return
	}
	// A program that only shows its version.
	if len(x.words) == 2 && (x.words[1] == "--version" || x.words[1] == "version" || x.words[1] == "--help" || x.words[1] == "-v" || x.words[1] == "-V") {
		return
	}
	if x.script() {
		return
	}
	x.unknown(x.at, "RUN "+x.short()+" may bring it")
}

// short is the command as reasons name it.
func (x *execution) short() string {
	n := min(len(x.words), 2)
	text := strings.Join(x.words[:n], " ")
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:60], "") + "..."
	}
	return strings.ReplaceAll(text, "\n", " ")
}

// script follows a script of the build context that is run.
func (x *execution) script() bool {
	word := x.words[0]
	args := x.words[1:]
	if slices.Contains(shells, x.name) || x.name == "." || x.name == "source" {
		args = slices.DeleteFunc(slices.Clone(args), func(w string) bool { return strings.HasPrefix(w, "-") })
		if len(args) == 0 || x.call.stdin {
			return false
		}
		word, args = args[0], args[1:]
	} else if !strings.Contains(word, "/") {
		return false
	}
	text, ok := x.textOf(joinDir(x.call.Dir, word))
	if !ok || !isShellScript(text) && !slices.Contains(shells, x.name) {
		return false
	}
	vars := map[string]string{}
	copyInto(vars, x.call.Env)
	for i, a := range args {
		if i < 9 {
			vars[strconv.Itoa(i+1)] = a
		}
	}
	depth := x.line
	at := x.at
	ok = WalkScript(text, x.call.Dir, vars, func(c Call) {
		if x.left--; x.left <= 0 || len(c.Words) == 0 {
			return
		}
		c.Maybe = c.Maybe || x.call.Maybe
		if c.Output != "" {
			x.output(c, c.Words, at)
		}
		inner := &execution{commands: x.commands, call: c, words: c.Words, at: at, name: path.Base(c.Words[0])}
		if slices.Contains(shells, inner.name) || strings.Contains(c.Words[0], "/") && !strings.HasPrefix(c.Words[0], "/usr/") && !strings.HasPrefix(c.Words[0], "/bin/") {
			inner.unknown(at, "RUN "+x.short()+" may bring it") // scripts that run scripts
			return
		}
		inner.do()
	})
	x.line = depth
	return ok
}

// textOf is the text of a file of the stage, where the Dockerfile or the build
// context has it.
func (i *Image) textOf(p string) (string, bool) {
	f := i.fs.stat(p, 0)
	switch {
	case f.Has != Yes:
	case f.Text != "":
		return f.Text, true
	case f.Source != "" && f.Kind == FileRegular && i.Context != nil:
		data, err := i.Context.Tree.Read(f.Source, maxScript)
		if err == nil && !strings.Contains(string(data), "\x00") {
			return string(data), true
		}
	}
	return "", false
}

// isShellScript tells from its first line whether a shell runs a text.
func isShellScript(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	rest, ok := strings.CutPrefix(first, "#!")
	if !ok {
		return false
	}
	words := strings.Fields(rest)
	if len(words) > 1 && path.Base(words[0]) == "env" {
		words = words[1:]
		for len(words) > 1 && strings.HasPrefix(words[0], "-") {
			words = words[1:]
		}
	}
	return len(words) > 0 && (slices.Contains(shells, path.Base(words[0])) || path.Base(words[0]) == "busybox")
}

// local notes what a tool may write: below its folder, its options' paths, and
// in folders of its own.
func (x *execution) local(dirs []string) {
	under := append([]string{x.call.Dir}, dirs...)
	for _, w := range x.words[1:] {
		if _, value, ok := strings.Cut(w, "="); ok {
			w = value
		}
		if path.IsAbs(w) {
			under = append(under, path.Clean(w))
		}
	}
	if slices.ContainsFunc(under, func(d string) bool { return strings.Contains(d, "$") }) {
		under = nil
	}
	t := x.reach(under)
	if under == nil || x.call.Dir == "/" {
		// In the root they still do not write where the system's files are.
		t.not = systemDirs
	}
	x.fs.add(event{kind: eventTaint, taint: t, at: x.at, why: "RUN " + x.short() + " may bring it"})
}

// effectsOf are the commands whose effects are modelled (POSIX.1, XCU; GNU
// coreutils and BusyBox manuals; adduser(8), useradd(8), curl(1), wget(1), tar(1)).
var effectsOf map[string]func(*execution)

func init() {
	effectsOf = map[string]func(*execution){
		"mkdir": (*execution).mkdirs, "touch": (*execution).touch, "rm": (*execution).remove, "rmdir": (*execution).remove,
		"cp": (*execution).copyFiles, "mv": (*execution).copyFiles, "install": (*execution).install, "ln": (*execution).link,
		"chmod": (*execution).chmod, "chown": (*execution).chown, "chgrp": (*execution).chown,
		"adduser": (*execution).account, "addgroup": (*execution).account, "useradd": (*execution).account, "groupadd": (*execution).account,
		"curl": (*execution).fetch, "wget": (*execution).fetch, "tar": (*execution).unpack, "unzip": (*execution).unpack, "bsdtar": (*execution).unpack,
		"tee": (*execution).tee, "sed": (*execution).edit, "update-ca-certificates": (*execution).certificates, "update-ca-trust": (*execution).certificates,
		"deluser": (*execution).dropAccount, "userdel": (*execution).dropAccount, "delgroup": (*execution).dropAccount, "groupdel": (*execution).dropAccount,
		"dpkg": (*execution).dpkg, "rpm": (*execution).dpkg, "mkfifo": (*execution).touch, "mknod": (*execution).touch, "truncate": (*execution).touch,
		"dd": (*execution).dd, "xargs": (*execution).xargs, "mktemp": (*execution).none, "rsync": (*execution).copyFiles,
		"apk.static": (*execution).none, "rpmkeys": (*execution).none, "apt-key": (*execution).none, "add-apt-repository": (*execution).none,
		"subscription-manager": (*execution).none, "busybox": (*execution).none, "find": (*execution).find,
	}
}

func (x *execution) none() {}

// operands are the words that are no options; values are the letters of those
// options that take the next word.
func (x *execution) operands(values string) (operands []string, flags string) {
	rest := x.words[1:]
	for i := 0; i < len(rest); i++ {
		w := rest[i]
		switch {
		case w == "--":
			return append(operands, rest[i+1:]...), flags
		case strings.HasPrefix(w, "--"):
			flags += " " + w
		case strings.HasPrefix(w, "-") && len(w) > 1:
			flags += w[1:]
			if strings.IndexByte(values, w[len(w)-1]) >= 0 {
				i++
			}
		default:
			operands = append(operands, w)
		}
	}
	return operands, flags
}

// expandAll expands braces and the wildcards that fit known paths. wild is true
// where a word has wildcards or an unknown part.
func (x *execution) expand(word string) (paths []string, wild bool) {
	for _, w := range braces(word) {
		p := joinDir(x.call.Dir, w)
		switch {
		case strings.Contains(w, "$"):
			wild = true
		case strings.ContainsAny(w, "*?["):
			wild = true
			for _, k := range x.fs.known() {
				if match(p, k) && x.fs.stat(k, 0).Has == Yes {
					paths = append(paths, k)
				}
			}
		default:
			paths = append(paths, p)
		}
	}
	return paths, wild
}

// braces expands {a,b} once for each pair of braces, as bash does.
func braces(word string) []string {
	open := strings.IndexByte(word, '{')
	if open < 0 || strings.Contains(word, "${") {
		return []string{word}
	}
	end := strings.IndexByte(word[open:], '}')
	if end < 0 || !strings.Contains(word[open:open+end], ",") {
		return []string{word}
	}
	var out []string
	for part := range strings.SplitSeq(word[open+1:open+end], ",") {
		for _, rest := range braces(word[open+end+1:]) {
			if len(out) < 100 {
				out = append(out, word[:open]+part+rest)
			}
		}
	}
	return out
}

func (x *execution) mkdirs() {
	operands, _ := x.operands("mZ")
	mode, modeKnown := uint32(0o755), true
	for i, w := range x.words {
		if value, ok := strings.CutPrefix(w, "--mode="); ok {
			mode, modeKnown = parseMode(value)
		}
		if strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.HasSuffix(w, "m") && i+1 < len(x.words) {
			mode, modeKnown = parseMode(x.words[i+1])
		}
	}
	user, group := x.owner(x.user)
	for _, o := range operands {
		paths, wild := x.expand(o)
		if wild {
			x.taintParent(o, "RUN makes folders whose names cannot be told")
		}
		for _, p := range paths {
			if x.call.Maybe {
				if x.fs.stat(p, 0).Has != Yes {
					x.put(x.fs.resolve(p, 0), File{Kind: FileDir, Mode: mode, ModeKnown: modeKnown, User: user, Group: group}, x.at, "RUN may make it", true)
				}
				continue
			}
			x.mkdir(p, x.at, "RUN mkdir makes it", user, group)
			if mode != 0o755 || !modeKnown {
				x.fs.add(event{kind: eventPerm, path: x.fs.resolve(p, 0), perm: &perm{mode: mode, hasMode: modeKnown, modeUnknown: !modeKnown}, at: x.at})
			}
		}
	}
}

// taintParent notes that something unknown was added in the folder of a path of
// which not all is known.
func (x *execution) taintParent(word, why string) {
	p := joinDir(x.call.Dir, word)
	if i := strings.IndexAny(p, "$*?[{"); i >= 0 {
		p = p[:i]
		if !strings.HasSuffix(p, "/") {
			p = path.Dir(p)
		}
	}
	p = path.Clean(p)
	under := []string{p}
	if p == "/" {
		under = nil
	}
	x.fs.add(event{kind: eventTaint, taint: x.reach(under), at: x.at, why: why})
}

func (x *execution) file() File {
	f := File{Kind: FileRegular, Mode: 0o644, ModeKnown: true}
	f.User, f.Group = x.owner(x.user)
	return f
}

func (x *execution) touch() {
	operands, _ := x.operands("drtms")
	for _, o := range operands {
		paths, wild := x.expand(o)
		if wild {
			x.taintParent(o, "RUN makes files whose names cannot be told")
		}
		for _, p := range paths {
			if x.fs.stat(p, 0).Has == Yes {
				continue
			}
			x.put(x.fs.resolve(p, 0), x.file(), x.at, "RUN "+x.name+" makes it", x.call.Maybe)
		}
	}
}

func (x *execution) tee() {
	operands, _ := x.operands("")
	for _, o := range operands {
		if strings.HasPrefix(o, "/dev/") {
			continue
		}
		paths, wild := x.expand(o)
		if wild {
			x.taintParent(o, "RUN writes files whose names cannot be told")
		}
		for _, p := range paths {
			x.put(x.fs.resolve(p, 0), x.file(), x.at, "RUN writes it", x.call.Maybe)
			x.wroteAccounts(p, "", x.at, true)
		}
	}
}

func (x *execution) dd() {
	for _, w := range x.words[1:] {
		if to, ok := strings.CutPrefix(w, "of="); ok && !strings.Contains(to, "$") {
			x.put(x.fs.resolve(joinDir(x.call.Dir, to), 0), x.file(), x.at, "RUN writes it", x.call.Maybe)
		}
	}
}

func (x *execution) remove() {
	operands, _ := x.operands("")
	for _, o := range operands {
		for _, w := range braces(o) {
			p := joinDir(x.call.Dir, w)
			i := strings.IndexAny(p, "*?[$")
			if i < 0 {
				x.fs.add(event{kind: eventRemove, path: x.fs.resolveParent(p), maybe: x.call.Maybe, at: x.at, why: "RUN " + x.name + " removes it"})
				continue
			}
			// Some of what lies below the folder is gone, but not the folder.
			dir := path.Dir(p[:i] + "x")
			if dir == "/" {
				continue // such as $DIR/cache: nobody removes the root
			}
			for _, k := range x.fs.known() {
				if !strings.Contains(p, "$") && match(p, k) {
					x.fs.add(event{kind: eventRemove, path: k, maybe: x.call.Maybe, at: x.at, why: "RUN " + x.name + " removes it"})
				}
			}
			x.fs.add(event{kind: eventRemove, path: dir, below: true, maybe: true, at: x.at, why: "RUN " + x.name + " may remove it"})
		}
	}
}

// resolveParent follows the links in a path but for its last element.
func (l *layering) resolveParent(p string) string {
	if p == "/" {
		return p
	}
	return path.Join(l.resolve(path.Dir(p), 0), path.Base(p))
}

// find may remove what it finds.
func (x *execution) find() {
	if !slices.Contains(x.words, "-delete") && !slices.Contains(x.words, "-exec") && !slices.Contains(x.words, "-execdir") {
		return
	}
	for _, w := range x.words[1:] {
		if strings.HasPrefix(w, "-") {
			break
		}
		if p := joinDir(x.call.Dir, w); !strings.Contains(p, "$") {
			x.fs.add(event{kind: eventRemove, path: p, below: true, maybe: true, at: x.at, why: "RUN find may remove it"})
		}
	}
}

// copyFiles follows cp, mv and rsync.
func (x *execution) copyFiles() {
	operands, flags := x.operands("S")
	target := ""
	for i, w := range x.words {
		if w == "-t" && i+1 < len(x.words) {
			target = x.words[i+1]
			operands = slices.DeleteFunc(operands, func(o string) bool { return o == target })
		}
		if v, ok := strings.CutPrefix(w, "--target-directory="); ok {
			target = v
		}
	}
	if target == "" {
		if len(operands) < 2 {
			return
		}
		target = operands[len(operands)-1]
		operands = operands[:len(operands)-1]
	}
	keep := x.name == "mv" || strings.ContainsAny(flags, "ap")
	x.place(operands, target, strings.Contains(flags, "T"), keep, x.name == "mv", nil)
}

// place puts sources at a target.
func (x *execution) place(sources []string, target string, noDir, keep, move bool, set *perm) {
	if strings.Contains(target, "$") {
		x.taintParent(target, "RUN "+x.name+" copies to where cannot be told")
		return
	}
	dest := x.fs.resolve(joinDir(x.call.Dir, target), 0)
	isDir := strings.HasSuffix(target, "/") || strings.HasSuffix(target, "/.") || target == "." || len(sources) > 1 || systemFolders[dest]
	if !isDir {
		f := x.fs.stat(dest, 0)
		isDir = f.Has == Yes && f.Kind == FileDir
	}
	why := "RUN " + x.name + " brings it"
	snapshot := x.fs.clone()
	for _, src := range sources {
		paths, wild := x.expand(src)
		if wild {
			x.fs.add(event{kind: eventTaint, taint: x.reach([]string{dest}), at: x.at, why: why})
			isDir = isDir || strings.ContainsAny(src, "*?[") && len(paths) > 1
		}
		for _, p := range paths {
			f := snapshot.stat(p, 0)
			to := dest
			if isDir && !noDir && path.Base(src) != "." {
				to = path.Join(dest, path.Base(p))
			}
			own := set
			if own == nil && !keep {
				own = &perm{userSet: true, groupSet: true}
				own.user, own.group = x.owner(x.user)
			}
			e := event{at: x.at, why: why, maybe: x.call.Maybe, path: to, perm: own}
			switch {
			case f.Has == Yes && f.Kind == FileDir, strings.HasSuffix(src, "/."):
				e.kind, e.tree = eventTree, presentRoot{subtree{snapshot, snapshot.resolve(p, 0)}, why}
			case f.Has == Yes && f.Kind != FileUnknown:
				f.Path = to
				if own != nil {
					own.apply(&f)
				}
				e.kind, e.file, e.perm = eventPut, f, nil
			default:
				e.kind, e.tree = eventTree, presentRoot{subtree{snapshot, p}, why}
			}
			x.fs.add(e)
			if move {
				x.fs.add(event{kind: eventRemove, path: snapshot.resolveParent(p), maybe: x.call.Maybe, at: x.at, why: "RUN mv moves it away"})
			}
			if covers(to, "/etc/passwd") {
				x.accounts.open = unclear(x.at, "RUN "+x.name+" changes /etc/passwd")
				x.accounts.none = Fact{}
			}
		}
	}
}

// install follows install(1).
func (x *execution) install() {
	operands, flags := x.operands("mogtS")
	set := &perm{mode: 0o755, hasMode: true, userSet: true, groupSet: true}
	set.user, set.group = x.owner(x.user)
	target := ""
	for i, w := range x.words[:len(x.words)-1] {
		if !strings.HasPrefix(w, "-") || strings.HasPrefix(w, "--") {
			continue
		}
		value := x.words[i+1]
		switch w[len(w)-1] {
		case 'm':
			set.mode, set.hasMode = parseMode(value)
			set.modeUnknown = !set.hasMode
		case 'o':
			set.user, _ = x.owner(value)
		case 'g':
			set.group = x.groupID(value)
		case 't':
			target = value
		}
	}
	if strings.Contains(flags, "d") {
		for _, o := range operands {
			paths, _ := x.expand(o)
			for _, p := range paths {
				x.mkdir(p, x.at, "RUN install makes it", set.user, set.group)
				x.fs.add(event{kind: eventPerm, path: x.fs.resolve(p, 0), perm: set, at: x.at, maybe: x.call.Maybe})
			}
		}
		return
	}
	if target == "" {
		if len(operands) < 2 {
			return
		}
		target, operands = operands[len(operands)-1], operands[:len(operands)-1]
	}
	x.place(operands, target, false, false, false, set)
}

func (x *execution) link() {
	operands, flags := x.operands("St")
	if len(operands) == 0 {
		return
	}
	to := ""
	if len(operands) == 1 {
		to = path.Base(operands[0])
	} else {
		to = operands[len(operands)-1]
		operands = operands[:len(operands)-1]
	}
	if strings.Contains(to, "$") {
		x.taintParent(to, "RUN ln makes links whose names cannot be told")
		return
	}
	dest := joinDir(x.call.Dir, to)
	for _, target := range operands {
		at := dest
		if f := x.fs.stat(dest, 0); strings.HasSuffix(to, "/") || len(operands) > 1 || f.Has == Yes && f.Kind == FileDir && !strings.ContainsAny(flags, "nT") {
			at = path.Join(dest, path.Base(target))
		}
		at = x.fs.resolveParent(at)
		why := "RUN ln links it to " + target
		if strings.Contains(target, "$") {
			x.put(at, File{}, x.at, "RUN ln makes it", x.call.Maybe)
			continue
		}
		if !strings.Contains(flags, "s") {
			f := x.fs.stat(joinDir(x.call.Dir, target), 0)
			f.Path = at
			x.put(at, f, x.at, why, x.call.Maybe)
			continue
		}
		x.put(at, File{Kind: FileLink, Target: target, Mode: 0o777, ModeKnown: true, User: "0", Group: "0"}, x.at, why, x.call.Maybe)
	}
}

func (x *execution) chmod() {
	operands, flags := x.operands("")
	if len(x.words) > 1 && strings.HasPrefix(x.words[1], "-") && strings.ContainsAny(x.words[1], "xrwst") && x.words[1] != "-R" {
		operands = append([]string{x.words[1]}, operands...) // chmod -x file
	}
	if len(operands) < 2 {
		return
	}
	change := &perm{recursive: strings.ContainsRune(flags, 'R') || strings.Contains(flags, "--recursive")}
	if mode, ok := parseMode(operands[0]); ok {
		change.mode, change.hasMode = mode, true
	} else {
		symbolic(operands[0], change)
	}
	x.permit(operands[1:], change)
}

// symbolic reads a mode like u+x,go-w (chmod(1)).
func symbolic(text string, change *perm) {
	for part := range strings.SplitSeq(text, ",") {
		i := strings.IndexAny(part, "+-=")
		if i < 0 || change.modeUnknown {
			change.modeUnknown = true
			return
		}
		who, what := part[:i], part[i+1:]
		if who == "" || strings.Contains(who, "a") {
			who = "ugo"
		}
		var bits uint32
		for _, w := range who {
			shift := map[rune]uint{'u': 6, 'g': 3, 'o': 0}[w]
			for _, c := range what {
				switch c {
				case 'r':
					bits |= 4 << shift
				case 'w':
					bits |= 2 << shift
				case 'x', 'X':
					bits |= 1 << shift
				case 't':
					bits |= 0o1000
				case 's':
				default:
					change.modeUnknown = true // g=u
				}
			}
			if part[i] == '=' {
				change.drop |= 7 << shift
			}
		}
		if part[i] == '-' {
			change.drop |= bits
			change.add &^= bits
		} else {
			change.add |= bits
		}
		if part == "g=u" || part == "g+u" {
			change.modeUnknown = false
			change.add |= 0o070
			change.drop = 0
		}
	}
}

func (x *execution) chown() {
	operands, flags := x.operands("")
	if len(operands) < 2 {
		return
	}
	change := &perm{recursive: strings.ContainsRune(flags, 'R') || strings.Contains(flags, "--recursive")}
	if x.name == "chgrp" {
		change.groupSet, change.group = true, x.groupID(operands[0])
		if strings.Contains(operands[0], "$") {
			change.group = ""
		}
	} else {
		spec := strings.Replace(operands[0], ".", ":", 1)
		user, group := x.owner(spec)
		name, _, hasGroup := strings.Cut(spec, ":")
		change.userSet = name != ""
		change.user = user
		if hasGroup {
			change.groupSet, change.group = true, group
		}
		if strings.Contains(spec, "$") {
			change.userSet, change.user, change.groupSet, change.group = true, "", true, ""
		}
	}
	x.permit(operands[1:], change)
}

func (x *execution) permit(operands []string, change *perm) {
	if x.call.Maybe {
		change = &perm{recursive: change.recursive, userSet: change.userSet, groupSet: change.groupSet, modeUnknown: true}
	}
	for _, o := range operands {
		for _, w := range braces(o) {
			p := joinDir(x.call.Dir, w)
			if i := strings.IndexAny(p, "*?[$"); i >= 0 {
				if strings.Contains(p, "$") {
					continue
				}
				dir := path.Dir(p[:i] + "x")
				all := *change
				all.recursive = true
				x.fs.add(event{kind: eventPerm, path: dir, below: true, perm: &all, at: x.at})
				continue
			}
			x.fs.add(event{kind: eventPerm, path: x.fs.resolve(p, 0), perm: change, at: x.at})
		}
	}
}

func (x *execution) account() {
	words := append([]string{x.name}, x.words[1:]...)
	c := parseAccountCommand(words)
	a := x.accounts
	why := "RUN " + x.name + " adds it"
	if c.unknown {
		a.open = unclear(x.at, "RUN "+x.name+" adds one whose name cannot be told")
		return
	}
	if c.name == "" {
		return
	}
	fact := present(x.at, why)
	if x.call.Maybe {
		fact = unclear(x.at, "RUN "+x.name+" may add it")
	}
	a.none = Fact{}
	id := number(c.id)
	if c.isGroup {
		a.groups[c.name] = account{id: id, fact: fact}
		return
	}
	u := account{id: id, group: c.group, home: c.home, fact: fact}
	if u.group == "" {
		u.group = c.name
		if _, ok := a.groups[c.name]; !ok {
			a.groups[c.name] = account{id: id, fact: fact}
		}
	}
	a.users[c.name] = u
	if c.makesHome && !x.call.Maybe {
		home := c.home
		if home == "" {
			home = "/home/" + c.name
		}
		if !strings.Contains(home, "$") && path.IsAbs(home) && home != "/nonexistent" {
			user, group := x.owner(c.name)
			if f := x.fs.stat(home, 0); f.Has != Yes {
				x.mkdir(home, x.at, why, user, group)
			}
		}
	}
}

func (x *execution) dropAccount() {
	operands, _ := x.operands("")
	for _, o := range operands {
		fact := absent(x.at, "RUN "+x.name+" removes it")
		if x.call.Maybe {
			fact = unclear(x.at, "RUN "+x.name+" may remove it")
		}
		if strings.HasSuffix(x.name, "user") || x.name == "userdel" {
			if u, ok := x.accounts.users[o]; ok {
				u.fact = fact
				x.accounts.users[o] = u
			}
		} else if g, ok := x.accounts.groups[o]; ok {
			g.fact = fact
			x.accounts.groups[o] = g
		}
	}
}

// fetch follows curl and wget.
func (x *execution) fetch() {
	dir, out, remoteName := x.call.Dir, "", x.name == "wget"
	var urls []string
	rest := x.words[1:]
	value := func(i *int, w string, n int) string {
		if len(w) > n {
			return strings.TrimPrefix(w[n:], "=")
		}
		if *i+1 < len(rest) {
			*i++
			return rest[*i]
		}
		return ""
	}
	for i := 0; i < len(rest); i++ {
		w := rest[i]
		name, joined, hasValue := strings.Cut(w, "=")
		switch {
		case name == "--output" || name == "--output-document":
			if hasValue {
				out = joined
			} else {
				out = value(&i, "", 0)
			}
		case name == "--output-dir" || name == "--directory-prefix":
			if hasValue {
				dir = joinDir(dir, joined)
			} else {
				dir = joinDir(dir, value(&i, "", 0))
			}
		case strings.HasPrefix(w, "--remote-name"):
			remoteName = true
		case strings.HasPrefix(w, "--"):
		case x.name == "curl" && strings.HasPrefix(w, "-"):
			for j := 1; j < len(w); j++ {
				switch w[j] {
				case 'o':
					out = value(&i, w[j:], 1)
					j = len(w)
				case 'O':
					remoteName = true
				case 'H', 'u', 'x', 'd', 'A', 'e', 'b', 'm', 'X', 'T', 'F', 'K', 'w':
					value(&i, w[j:], 1)
					j = len(w)
				}
			}
		case x.name == "wget" && strings.HasPrefix(w, "-"):
			for j := 1; j < len(w); j++ {
				switch w[j] {
				case 'O':
					out = value(&i, w[j:], 1)
					j = len(w)
				case 'P':
					dir = joinDir(dir, value(&i, w[j:], 1))
					j = len(w)
				case 't', 'T', 'U', 'e', 'o', 'a', 'i':
					value(&i, w[j:], 1)
					j = len(w)
				}
			}
		default:
			urls = append(urls, w)
		}
	}
	switch {
	case out == "-" || out == "/dev/null" || out == "/dev/stdout":
	case out != "":
		p := joinDir(dir, out)
		if strings.Contains(p, "$") {
			x.taintParent(p, "RUN "+x.name+" fetches it")
			return
		}
		x.put(x.fs.resolve(p, 0), x.file(), x.at, "RUN "+x.name+" fetches it", x.call.Maybe)
	case remoteName:
		for _, u := range urls {
			base := path.Base(strings.SplitN(u, "?", 2)[0])
			if strings.Contains(base, "$") {
				x.fs.add(event{kind: eventTaint, taint: x.reach([]string{dir}), at: x.at, why: "RUN " + x.name + " fetches it"})
				continue
			}
			x.put(x.fs.resolve(joinDir(dir, base), 0), x.file(), x.at, "RUN "+x.name+" fetches it", x.call.Maybe)
		}
	}
}

// unpack follows tar and unzip: what an archive holds is not known.
func (x *execution) unpack() {
	dir := x.call.Dir
	extract := x.name != "tar" && x.name != "bsdtar"
	list := false
	var members []string
	archive := ""
	rest := x.words[1:]
	for i := 0; i < len(rest); i++ {
		w := rest[i]
		next := func() string {
			if i+1 < len(rest) {
				i++
				return rest[i]
			}
			return ""
		}
		switch {
		case w == "-C" || w == "-d" && x.name == "unzip" || w == "--directory" || w == "--one-top-level":
			dir = joinDir(dir, next())
		case strings.HasPrefix(w, "--directory="):
			dir = joinDir(dir, strings.TrimPrefix(w, "--directory="))
		case w == "--extract":
			extract = true
		case strings.HasPrefix(w, "--strip") && !strings.Contains(w, "="):
			next()
		case strings.HasPrefix(w, "--"):
		case strings.HasPrefix(w, "-") || i == 0 && x.name == "tar":
			letters := strings.TrimPrefix(w, "-")
			extract = extract || strings.Contains(letters, "x") && x.name == "tar"
			list = list || strings.Contains(letters, "t") && x.name == "tar" && !strings.Contains(letters, "x")
			if x.name == "tar" {
				// Old style letters take their values in order.
				for _, l := range letters {
					switch l {
					case 'f':
						archive = next()
					case 'C':
						dir = joinDir(dir, next())
					}
				}
			}
		case x.name == "unzip" && archive == "":
			archive = w
		default:
			members = append(members, w)
		}
	}
	if !extract || list {
		if archive != "" && archive != "-" && !list && !strings.Contains(archive, "$") && x.name == "tar" {
			x.put(x.fs.resolve(joinDir(x.call.Dir, archive), 0), x.file(), x.at, "RUN tar makes it", x.call.Maybe)
		}
		return
	}
	why := "RUN " + x.name + " unpacks an archive"
	if strings.Contains(dir, "$") {
		x.taintParent(dir, why)
		return
	}
	dir = x.fs.resolve(dir, 0)
	under := []string{dir}
	if dir == "/" {
		under = nil
		x.openAccounts("/", x.at, why)
	}
	x.fs.add(event{kind: eventTaint, taint: x.reach(under), at: x.at, why: why})
	// Members that are named are there afterwards.
	stripped := slices.ContainsFunc(rest, func(w string) bool { return strings.HasPrefix(w, "--strip") })
	for _, m := range members {
		if strings.ContainsAny(m, "*?[$") {
			continue
		}
		if stripped {
			m = path.Base(m)
		}
		f := File{User: "", Group: ""}
		x.put(path.Join(dir, m), f, x.at, why, x.call.Maybe)
	}
}

// edit follows sed -i, which only changes what is there.
func (x *execution) edit() {
	operands, flags := x.operands("ef")
	if !strings.Contains(flags, "i") || len(operands) == 0 {
		return
	}
	for _, o := range operands {
		if p := joinDir(x.call.Dir, o); p == "/etc/passwd" || p == "/etc/group" {
			x.accounts.open = unclear(x.at, "RUN sed changes "+p)
		}
	}
}

func (x *execution) certificates() {
	p := "/etc/ssl/certs/ca-certificates.crt"
	if x.name == "update-ca-trust" {
		p = "/etc/pki/tls/certs/ca-bundle.crt"
	}
	x.put(p, File{Kind: FileRegular, Mode: 0o644, ModeKnown: true, User: "0", Group: "0"}, x.at, "RUN "+x.name+" writes it", x.call.Maybe)
}

// dpkg installs packages from files.
func (x *execution) dpkg() {
	_, flags := x.operands("")
	if strings.Contains(flags, "i") || strings.Contains(flags, "U") || strings.Contains(flags, "--install") || strings.Contains(flags, "unpack") {
		x.unknown(x.at, "RUN "+x.short()+" installs a package whose contents are not known")
	}
}

// xargs runs a command with words that are not known.
func (x *execution) xargs() {
	operands, _ := x.operands("nIPLds0a")
	if len(operands) == 0 {
		return
	}
	inner := *x
	inner.words = append(slices.Clone(operands), "$")
	inner.call.Words = inner.words
	inner.name = path.Base(operands[0])
	if inner.name == "xargs" {
		return
	}
	inner.do()
}

// packages carries a package manager's command into the model.
func (x *execution) packages(c packageCommand) {
	switch {
	case c.unknown:
		x.unknown(x.at, "RUN "+x.short()+" may bring it")
		return
	case c.root != "":
		root := joinDir(x.call.Dir, c.root)
		if strings.Contains(root, "$") {
			x.taintParent(root, "RUN "+x.short()+" installs there")
			return
		}
		x.fs.add(event{kind: eventTaint, taint: x.reach([]string{root}), at: x.at, why: "RUN " + x.short() + " installs packages below " + root})
		for _, name := range c.packages {
			p, ok := packageNamed(c.manager, packageBase(c.manager, name))
			if ok {
				for _, f := range p.files {
					x.put(path.Join(root, f), x.packageFile(f, p.name), x.at, "RUN installs "+p.name+" below "+root, x.call.Maybe)
				}
			}
		}
		return
	case c.install:
		if c.virtual != "" {
			if x.virtuals == nil {
				x.virtuals = map[string][]string{}
			}
			x.virtuals[c.virtual] = c.packages
		}
		seen := map[string]bool{}
		for _, name := range c.packages {
			x.installPackage(c, name, seen, 0)
		}
	case c.remove:
		for _, name := range c.packages {
			names := []string{name}
			if v, ok := x.virtuals[name]; ok {
				names = v
			}
			for _, n := range names {
				x.removePackage(c, n)
			}
		}
	}
}

func (x *execution) packageFile(f, name string) File {
	out := File{Kind: FileRegular, Mode: 0o755, ModeKnown: true, User: "0", Group: "0", Package: name}
	if strings.HasSuffix(f, "/") {
		out.Kind = FileDir
	}
	return out
}

func (x *execution) installPackage(c packageCommand, name string, seen map[string]bool, depth int) {
	base := packageBase(c.manager, name)
	if seen[base] || depth > 10 {
		return
	}
	seen[base] = true
	at := x.locateIn(name)
	why := "RUN installs " + base
	p, ok := packageNamed(c.manager, base)
	if depth == 0 {
		x.Image.packages = append(x.Image.packages, Package{Manager: c.manager, Name: base, Known: ok && !p.open, At: at})
	}
	if !ok || p.open {
		reason := why + ", and what it brings is not known"
		if strings.Contains(name, "$") {
			reason = "RUN installs packages that cannot be told"
		}
		x.fs.add(event{kind: eventTaint, taint: &taint{under: []string{"/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/var", "/opt", "/srv"}}, at: at, why: reason})
		x.openFor(at, reason)
	}
	if !ok {
		return
	}
	for _, f := range p.files {
		if x.fs.stat(f, 0).Has == Yes && strings.HasSuffix(f, "/") {
			continue
		}
		to := x.fs.resolve(path.Clean(f), 0)
		x.put(to, x.packageFile(f, base), at, why, x.call.Maybe)
	}
	for n, id := range p.users {
		u := account{fact: present(at, why)}
		if id >= 0 {
			u.id = strconv.Itoa(id)
		}
		u.group = n
		x.accounts.users[n] = u
		x.accounts.groups[n] = account{id: u.id, fact: u.fact}
	}
	for _, d := range p.depends {
		x.installPackage(c, d, seen, depth+1)
	}
	if c.recommends {
		for _, d := range p.recommends {
			x.installPackage(c, d, seen, depth+1)
		}
	}
}

// openFor notes that a package may add users: services' packages do.
func (x *execution) openFor(at finding.Position, why string) {
	if x.accounts.open.Why == "" {
		x.accounts.open = unclear(at, why)
	}
}

// removePackage makes unknown what a package brought: something else may need it.
func (x *execution) removePackage(c packageCommand, name string) {
	base := packageBase(c.manager, name)
	p, ok := packageNamed(c.manager, base)
	if !ok {
		return
	}
	for _, f := range p.files {
		x.fs.add(event{kind: eventRemove, path: x.fs.resolve(path.Clean(f), 0), maybe: true, at: x.at, why: "RUN removes the package " + base})
	}
}

// locateIn is the line on which a word of the command stands.
func (x *execution) locateIn(word string) finding.Position {
	return x.locate(x.step.Position, x.at.Line, []string{word})
}
