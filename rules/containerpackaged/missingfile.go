package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
)

// MissingFile finds files that the code reads and that nothing brings into the
// image.
var MissingFile = &rule.Rule{
	Rule: finding.Rule{
		Name: "missingfile",
		Doc: `the code reads a file that nothing brings into the image

Templates, static pages and default configurations lie beside the code, and a
program that is started in its source folder finds them. An image that is built in
two stages holds only what COPY brings. So the page works on the developer's
machine, and in the container the program ends at its start, or answers 404.

The rule fails where code that main reaches reads a fixed path, relative to the
working directory, that the repository has and the image does not: no COPY brings
it there, and no volume or ConfigMap is mounted over it. Of absolute paths it
fails where the program ends without the file, and every workload that runs it is
known and mounts nothing there. Paths that configuration decides, files that are
embedded, and what the program writes itself, are no business of this rule.

# Fails

	FROM alpine:3.22
	WORKDIR /app
	COPY --from=build /src/app .     // template.ParseFiles("templates/index.html")
	ENTRYPOINT ["/app/app"]

# Holds

	FROM alpine:3.22
	WORKDIR /app
	COPY --from=build /src/app .
	COPY templates templates
	ENTRYPOINT ["/app/app"]

# How to mend it

Copy the files to where the program looks for them, relative to WORKDIR. Or embed
them, so that the program cannot lose them:

	//go:embed templates
	var templates embed.FS`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: readsFixedFiles,
	Run:     missingFile,
}

func missingFile(p *rule.Pass) {
	t := repository(p)
	if t == nil {
		return
	}
	made := writtenPaths(p)
	judged := map[string]bool{}
	for _, e := range p.Contract.Of(effects.Read, effects.NeedsFile) {
		v := e.Value("path")
		if v == nil || v.Configurable() || e.Kind == effects.NeedsFile {
			continue
		}
		for _, written := range literals(v) {
			if judged[written] || !isFilePath(written) {
				continue
			}
			judged[written] = true
			if path.IsAbs(written) {
				absoluteFile(p, e, path.Clean(written), made)
				continue
			}
			relativeFile(p, e, written, made)
		}
	}
}

// literals are the texts that a value surely is: itself, or all elements of a
// list. One of several alternatives is not sure.
func literals(v *effects.Value) []string {
	list := []*effects.Value{v}
	if v.Kind == effects.List {
		list = v.Args
	}
	var out []string
	for _, a := range list {
		if text, known := a.Default(); known && text != "" && len(a.Alternatives()) == 1 {
			out = append(out, text)
		}
	}
	return out
}

func isFilePath(p string) bool {
	return !strings.ContainsAny(p, "$%\x00\n") && path.Clean(p) != "." && path.Clean(p) != "/" && !strings.HasPrefix(path.Clean(p), "..")
}

// writtenPaths are the paths that the program makes itself.
func writtenPaths(p *rule.Pass) []string {
	var out []string
	for _, e := range p.Contract.Of(effects.Write, effects.Mkdir, effects.Archive) {
		for _, text := range literals(e.Value("path")) {
			out = append(out, path.Clean(text))
		}
	}
	return out
}

func madeByProgram(p string, made []string) bool {
	for _, m := range made {
		if within(p, m) || within(m, p) {
			return true
		}
	}
	return false
}

// relativeFile judges a path relative to the working directory that the repository
// has, too.
func relativeFile(p *rule.Pass, e *effects.Instance, written string, made []string) {
	source := inRepository(p, e, written)
	if source == "" || madeByProgram(path.Clean(written), made) || isGoSource(repository(p), source) {
		return
	}
	subject := "the file " + path.Clean(written)
	var lacking []running
	var at string
	var fact image.Fact
	for _, r := range runnings(p) {
		dir, ok := r.workdir(p)
		if !ok {
			p.CannotTell(0, subject, fmt.Sprintf("%s reads %s, and the working directory cannot be told", called(e), written), e.At)
			return
		}
		where := path.Join(dir, fixedPart(written))
		f := p.Image.File(where)
		switch {
		case f.Has == image.Yes || r.mount(where) != nil || r.mountBelow(where) != nil:
			continue
		case f.Has == image.Unknown:
			p.CannotTell(0, subject, fmt.Sprintf("whether the image has %s, which %s reads, cannot be told: %s", where, called(e), f.Why), e.At)
			return
		}
		lacking = append(lacking, r)
		at, fact = where, f.Fact
	}
	if len(lacking) == 0 {
		p.Holds(0, subject)
		return
	}
	handled := onError(p, e.At)
	if handled == errorHandled || handled == errorIgnored && strings.HasPrefix(e.API, "os.") {
		p.CannotTell(0, subject, fmt.Sprintf("the image does not have %s, which %s reads, and the program goes on without it", at, called(e)), e.At)
		return
	}
	severity := finding.Warning
	outcome := "it is not found when it is asked for"
	if e.Reach == effects.Always && (handled == errorEnds || !returnsError(e)) {
		severity = finding.Error
	}
	if handled == errorEnds {
		outcome = "the program ends at its start"
	}
	pos := programLine(p)
	if !pos.IsValid() {
		pos = p.Stage.Base.Position
	}
	f := finding.Finding{
		Position: pos,
		Message: fmt.Sprintf("reads %s (%s), which is %s in the repository, but no step brings it to %s%s: %s; COPY it there, or embed it",
			written, called(e), source, at, lacking[0].by(), outcome),
		Related: []finding.Related{relatedCode(e, "reads "+written)},
	}
	f.Related = append(f.Related, relatedFact(p, fact, pos)...)
	p.Fails(severity, subject, f)
}

// returnsError tells calls that say when a file is missing from those that do not:
// they serve it, or end the program.
func returnsError(e *effects.Instance) bool {
	name := e.API[strings.LastIndexByte(e.API, '.')+1:]
	for _, part := range []string{"LoadHTML", "FileServer", "Static", "ServeFile", "DirFS"} {
		if strings.HasPrefix(name, part) {
			return false
		}
	}
	return true
}

// isGoSource tells what belongs to the code: only tools of developers read it.
func isGoSource(t *tree.Tree, source string) bool {
	for _, f := range t.Files {
		if within(f.Path, source) {
			if base := path.Base(f.Path); path.Ext(base) == ".go" || base == "go.mod" || base == "go.sum" || base == "go.work" {
				return true
			}
		}
	}
	return false
}

// fixedPart is what stands before the first wildcard of a path.
func fixedPart(p string) string {
	if i := strings.IndexAny(p, "*?["); i >= 0 {
		return path.Dir(p[:i] + "x")
	}
	return path.Clean(p)
}

// inRepository is the file or folder of the repository that a relative path means
// to whoever starts the program in its module's or its own folder; "" for none.
func inRepository(p *rule.Pass, e *effects.Instance, written string) string {
	t := repository(p)
	dirs := []string{p.Image.Context.Dir, p.Service.Dir}
	for d := p.Service.Dir; ; d = path.Dir(d) {
		if t.Has(path.Join(d, "go.mod")) {
			dirs = append(dirs, d)
			break
		}
		if d == "." || d == "/" {
			break
		}
	}
	for _, d := range dirs {
		source := path.Join(d, fixedPart(written))
		if source != "." && source != d && t.Has(source) {
			return source
		}
	}
	return ""
}

// ofTheSystem are folders whose contents the kernel, the container runtime or the
// distribution brings; a program that reads there knows what it does.
var ofTheSystem = []string{
	"/bin", "/boot", "/dev", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var/run", "/var/lib", "/var/log", "/var/cache",
	"/etc/group", "/etc/hostname", "/etc/hosts", "/etc/localtime", "/etc/machine-id", "/etc/mime.types", "/etc/nsswitch.conf",
	"/etc/os-release", "/etc/passwd", "/etc/pki", "/etc/podinfo", "/etc/resolv.conf", "/etc/ssl", "/etc/timezone", "/home", "/root", "/mnt",
}

// absoluteFile judges a path that only the image or a mount can bring.
func absoluteFile(p *rule.Pass, e *effects.Instance, where string, made []string) {
	for _, d := range ofTheSystem {
		if within(where, d) {
			return
		}
	}
	if madeByProgram(where, made) || e.Reach != effects.Always {
		return
	}
	subject := "the file " + where
	fixed := fixedPart(where)
	f := p.Image.File(fixed)
	switch f.Has {
	case image.Yes:
		p.Holds(0, subject)
		return
	case image.Unknown:
		p.CannotTell(0, subject, fmt.Sprintf("whether the image has %s, which %s reads, cannot be told: %s", where, called(e), f.Why), e.At)
		return
	}
	var lacking *running
	for _, r := range runnings(p) {
		if r.mount(fixed) == nil && r.mountBelow(fixed) == nil {
			lacking = &r
			break
		}
	}
	switch {
	case lacking == nil:
		p.Holds(0, subject)
	case lacking.workload == nil || onError(p, e.At) != errorEnds:
		p.CannotTell(0, subject, fmt.Sprintf("the image does not have %s, which %s reads; whoever runs it may mount it", where, called(e)), e.At)
	default:
		p.Fails(0, subject, finding.Finding{
			Position: lacking.container.Position,
			Message: fmt.Sprintf("the program ends where it cannot read %s (%s), but the image does not have it and %s mounts nothing there; mount it from a ConfigMap or Secret, or COPY it into the image",
				where, called(e), lacking.workload.ID()),
			Related: append([]finding.Related{relatedCode(e, "reads "+where)}, relatedFact(p, f.Fact, lacking.container.Position)...),
		})
	}
}
