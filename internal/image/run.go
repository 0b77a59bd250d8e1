package image

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// run carries a RUN into the model.
func (b *builder) run(step *Step) {
	before := len(b.fs.events)
	mounts := b.mounts(step)
	vars := b.variables(step)
	dir := step.Workdir
	if dir == "" {
		dir = "/$"
		if w := b.base.family.Workdir; w != "" {
			dir = w
		} else if b.base.ref.Scratch {
			dir = "/"
		}
	}
	c := &commands{builder: b, step: step, vars: vars, dir: dir}
	for _, text := range c.scripts() {
		c.follow(text)
	}
	if len(mounts) > 0 {
		b.unmount(before, mounts)
	}
}

// commands follows the commands of one RUN.
type commands struct {
	*builder
	step *Step
	vars map[string]string
	dir  string
	line int // the last line of the Dockerfile on which a command was found
}

// scripts are the shell scripts of a RUN.
func (c *commands) scripts() []string {
	cmd := c.step.Command
	var out []string
	switch {
	case len(c.step.Heredocs) > 0 && cmd.Shell && len(cmd.Args) > 0:
		// RUN <<EOF: the document is the script, unless it is another command's
		// input (Dockerfile reference, "Here-Documents").
		first := strings.TrimSpace(cmd.Args[0])
		if strings.HasPrefix(first, "<<") {
			return c.step.Heredocs
		}
		line, _, _ := strings.Cut(first, "\n")
		name := strings.Fields(line)
		if len(name) > 0 && slices.Contains(shells, path.Base(name[0])) {
			return c.step.Heredocs
		}
		// cat <<EOF > file: the script with its documents.
		text := line
		words := heredocWords(line)
		for i, doc := range c.step.Heredocs {
			if i < len(words) {
				text += "\n" + strings.TrimSuffix(doc, "\n") + "\n" + words[i]
			}
		}
		out = append(out, text+"\n")
	case cmd.Shell && len(cmd.Args) > 0:
		if sh := cmd.Interpreter; len(sh) > 0 && !slices.Contains(shells, path.Base(sh[0])) {
			c.unknown(c.step.Position, "RUN runs in "+sh[0]+", which is not read")
			return nil
		}
		out = append(out, cmd.Args[0])
	case len(cmd.Args) > 0:
		if text, ok := inlineScript(cmd.Args); ok {
			return []string{text}
		}
		c.command(Call{Dir: c.dir, Words: slices.Clone(cmd.Args), Env: c.vars, Line: 1})
	}
	return out
}

// heredocWords are the words that end the here documents of a line.
func heredocWords(line string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(line, "<<")
		if !ok {
			return out
		}
		rest = strings.TrimLeft(strings.TrimPrefix(rest, "-"), " ")
		end := strings.IndexAny(rest, " \t>|;&")
		if end < 0 {
			end = len(rest)
		}
		out = append(out, strings.Trim(rest[:end], `"'`))
		line = rest[end:]
	}
}

func (c *commands) follow(text string) {
	if c.left <= 0 {
		c.unknown(c.step.Position, "there are too many commands to follow")
		return
	}
	ok := WalkScript(text, c.dir, c.vars, func(call Call) {
		if c.left--; c.left > 0 {
			c.command(call)
		}
	})
	if !ok {
		c.unknown(c.step.Position, "its script cannot be read")
	}
}

// unknown notes that something may have been added anywhere that the user in
// force may write.
func (c *commands) unknown(at finding.Position, why string) {
	c.fs.add(event{kind: eventTaint, taint: c.reach(nil), at: at, why: why})
	if c.rootOrUnknown() {
		if c.accounts.open.Why == "" {
			c.accounts.open = unclear(at, why)
		}
	}
}

func (c *commands) rootOrUnknown() bool {
	u := c.uid()
	return u == "" || u == "0"
}

// systemDirs are folders that only root writes.
var systemDirs = []string{"/bin", "/sbin", "/lib", "/lib64", "/usr", "/etc", "/boot"}

// reach is where a command may add files: under the given folders, or anywhere,
// as far as its user may write.
func (c *commands) reach(under []string) *taint {
	t := &taint{under: under}
	if !c.rootOrUnknown() {
		t.not = systemDirs
	}
	return t
}

// harmless are commands that leave the file system as it is, or change only what
// no rule asks for: caches, /proc, other processes.
var harmless = map[string]bool{
	":": true, "true": true, "false": true, "[": true, "[[": true, "test": true, "echo": true, "printf": true, "cat": true, "ls": true,
	"grep": true, "egrep": true, "fgrep": true, "head": true, "tail": true, "sort": true, "uniq": true, "wc": true,
	"cut": true, "tr": true, "awk": true, "gawk": true, "id": true, "whoami": true, "uname": true, "hostname": true, "date": true, "env": true,
	"printenv": true, "pwd": true, "which": true, "type": true, "command": true, "hash": true, "file": true, "ldd": true, "readelf": true,
	"nm": true, "du": true, "df": true, "stat": true, "find": true, "sleep": true, "set": true, "export": true, "unset": true, "local": true,
	"readonly": true, "declare": true, "shopt": true, "alias": true, "umask": true, "ulimit": true, "wait": true, "trap": true, "exit": true, "sync": true,
	"basename": true, "dirname": true, "realpath": true, "readlink": true, "sha256sum": true, "sha512sum": true, "sha1sum": true, "md5sum": true,
	"strip": true, "upx": true, "xargs": false, "arch": true, "dpkg-architecture": true, "getconf": true, "lsb_release": true,
	"ldconfig": true, "fc-cache": true, "locale-gen": true, "update-rc.d": true, "gpgconf": true, "kill": true, "pkill": true,
	"cmp": true, "diff": true, "expr": true, "seq": true, "yes": true, "tree": true, "nproc": true, "free": true, "ps": true, "jq": true, "yq": true,
	"apt-cache": true, "apt-mark": true, "dpkg-query": true, "debconf-set-selections": true, "pg_config": true, "xx-verify": true, "xx-info": true,
	"setcap": true, "getcap": true, "getent": true, "groups": true, "tput": true, "clear": true, "time": true, "read": true, "dircolors": true,
	"cosign": true, "syft": true, "grype": true, "trivy": true, "gosec": true, "govulncheck": true, "staticcheck": true, "golangci-lint": true, "shellcheck": true,
	"passwd": true, "chpasswd": true, "usermod": true, "groupmod": true, "chsh": true, "apt-key": false, "touch": false,
}

// localTools are programs that build or fetch: they write below the folder that
// they run in and in folders of their own.
var localTools = map[string][]string{
	"npm": {"/usr/local/lib/node_modules", "/usr/local/bin", "/root"}, "npx": {"/root"}, "yarn": {"/usr/local/share", "/usr/local/bin", "/root"},
	"pnpm": {"/root", "/usr/local/bin"}, "bun": {"/root"}, "node": {}, "corepack": {"/usr/local/bin"}, "git": {"/root"}, "hg": {}, "svn": {}, "swag": {}, "templ": {}, "buf": {},
	"protoc": {}, "sqlc": {}, "wire": {}, "mockgen": {}, "statik": {}, "go-bindata": {}, "rice": {}, "packr": {}, "packr2": {}, "ent": {}, "gqlgen": {},
	"tsc": {}, "vite": {}, "webpack": {}, "ng": {}, "hugo": {}, "mkdocs": {}, "sass": {}, "tailwindcss": {}, "esbuild": {}, "cargo": {"/root", "/usr/local/cargo"},
	"gcc": {}, "cc": {}, "g++": {}, "clang": {}, "dep": {"/go"}, "glide": {"/go"}, "gofmt": {}, "goimports": {}, "patch": {}, "gem": {"/usr/local", "/var/lib/gems", "/usr/lib/ruby"},
	"pip": {"/usr/local", "/usr/lib", "/root"}, "pip3": {"/usr/local", "/usr/lib", "/root"}, "uv": {"/usr/local", "/root"},
	"openssl": {}, "ssh-keygen": {"/root"}, "ssh-keyscan": {}, "gpg": {"/root"}, "zip": {}, "gunzip": {}, "gzip": {}, "xz": {}, "bzip2": {}, "split": {}, "csplit": {}, "sqlite3": {},
}

// command carries one command into the model.
func (c *commands) command(call Call) {
	words := call.Words
	for len(words) > 1 {
		switch path.Base(words[0]) {
		case "env":
			words = words[1:]
			for len(words) > 1 && (strings.Contains(words[0], "=") || strings.HasPrefix(words[0], "-")) {
				words = words[1:]
			}
			continue
		case "sudo", "exec", "time", "nice", "command", "builtin", "nohup", "busybox", "doas":
			if words[0] == "command" && strings.HasPrefix(words[1], "-") {
				break
			}
			words = words[1:]
			for len(words) > 1 && strings.HasPrefix(words[0], "-") {
				words = words[1:]
			}
			continue
		}
		break
	}
	at := c.step.Position
	if words[0] != ":" {
		at = c.locate(at, c.line, words)
		c.line = max(c.line, at.Line)
	}
	c.runs = append(c.runs, Run{Call: call, Step: c.step, At: at})
	if call.Output != "" {
		c.output(call, words, at)
	}
	x := &execution{commands: c, call: call, words: words, at: at, name: path.Base(words[0])}
	x.do()
}

// output puts the file that a command's output goes to.
func (c *commands) output(call Call, words []string, at finding.Position) {
	to := joinDir(call.Dir, call.Output)
	switch {
	case strings.Contains(to, "$"):
		if i := strings.LastIndexByte(to[:strings.IndexByte(to, '$')], '/'); i > 0 {
			c.fs.add(event{kind: eventTaint, taint: c.reach([]string{to[:i]}), at: at, why: "RUN writes a file whose name cannot be told"})
		} else {
			c.fs.add(event{kind: eventTaint, taint: c.reach(nil), at: at, why: "RUN writes a file whose name cannot be told"})
		}
		return
	case strings.HasPrefix(to, "/dev/"):
		return
	}
	text := ""
	switch {
	case words[0] == "cat" && call.Input != "" && len(words) == 1:
		text = call.Input
	case words[0] == "echo" && !call.stdin:
		args := words[1:]
		for len(args) > 0 && (args[0] == "-e" || args[0] == "-n" || args[0] == "-en" || args[0] == "-ne") {
			args = args[1:]
		}
		text = strings.ReplaceAll(strings.Join(args, " "), `\n`, "\n") + "\n"
	case words[0] == "printf" && len(words) == 2 && !call.stdin:
		text = strings.ReplaceAll(words[1], `\n`, "\n")
	}
	to = c.fs.resolve(to, 0)
	old := c.fs.stat(to, 0)
	f := File{Kind: FileRegular, Mode: 0o644, ModeKnown: true}
	f.User, f.Group = c.owner(c.user)
	if call.Append && old.Has != No {
		f.Text = ""
		if old.Has == Yes && old.Text != "" && text != "" {
			f.Text = old.Text + text
		}
		if old.Has == Yes {
			f.User, f.Group, f.Mode, f.ModeKnown = old.User, old.Group, old.Mode, old.ModeKnown
		}
	} else {
		f.Text = text
	}
	c.put(to, f, at, "RUN writes it", call.Maybe)
	c.wroteAccounts(to, text, at, call.Append)
}

// A mount is one that a single RUN sees.
type mount struct{ target string }

// mounts lays what bind mounts bring over the file system (Dockerfile reference,
// "RUN --mount"); unmount takes it off again.
func (b *builder) mounts(step *Step) []mount {
	var out []mount
	for _, flag := range step.Flags {
		spec, ok := strings.CutPrefix(flag, "--mount=")
		if !ok {
			continue
		}
		kind, from, src, target := "bind", "", "/", ""
		for field := range strings.SplitSeq(spec, ",") {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "type":
				kind = value
			case "from":
				from = value
			case "source", "src":
				src = value
			case "target", "dst", "destination":
				target = value
			}
		}
		if target == "" || strings.Contains(target, "$") {
			continue
		}
		dest := joinDir(step.Workdir, target)
		out = append(out, mount{dest})
		why := "a mount brings it for this RUN"
		e := event{kind: eventTree, path: dest, at: step.Position, why: why}
		switch {
		case kind != "bind":
			continue
		case from == "" && b.Context == nil:
			e.tree = opaque{why}
		case from == "":
			e.tree = contextTree{b.Context, strings.TrimPrefix(path.Clean("/"+src), "/"), nil}
		default:
			var stage *Stage
			for _, s := range b.Stage.file.Stages[:b.Stage.Index] {
				if strings.EqualFold(s.Name, from) {
					stage = s
				}
			}
			l, _, _ := b.other(from, stage, step.Position)
			if l == nil {
				e.tree = opaque{why}
			} else {
				e.tree = subtree{l, joinDir("/", src)}
			}
		}
		b.fs.add(e)
	}
	return out
}

// unmount drops the events of mounts, and what was written into them.
func (b *builder) unmount(from int, mounts []mount) {
	in := func(p string) bool {
		return slices.ContainsFunc(mounts, func(m mount) bool { return covers(m.target, p) })
	}
	kept := b.fs.events[:min(from, len(b.fs.events))]
	for _, e := range slices.Clone(b.fs.events[len(kept):]) {
		switch {
		case e.kind == eventTaint && e.taint.under != nil:
			e.taint = &taint{under: slices.DeleteFunc(slices.Clone(e.taint.under), in), not: e.taint.not}
			if len(e.taint.under) == 0 {
				continue
			}
		case e.kind != eventTaint && in(e.path):
			continue
		}
		kept = append(kept, e)
	}
	b.fs.events = kept
}
