package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// UnwritablePath finds writes to where the image's user may not write.
var UnwritablePath = &rule.Rule{
	Rule: finding.Rule{
		Name: "unwritablepath",
		Doc: `the code writes to where the user of the container may not

WORKDIR, COPY and RUN make files and folders for root, whatever USER says before
or after them. A program that then runs as another user can read them and no more:
what it writes there fails with "permission denied". It worked as root on the
developer's machine.

The rule fails where code that main reaches writes a path whose folder belongs to
another user than the one that the image, or the workload that runs it, has. It
takes the path that the defaults give, or that the environment and arguments of
the workload make of it. Where the program does not end of it, but only a request
fails, it is a warning. The rule is silent where a volume is mounted there.
Temporary files are judged by missingtmp.

# Fails

	FROM alpine:3.22
	WORKDIR /app
	COPY --from=build /app /app/app  // os.Create("audit.log")
	USER 10001
	ENTRYPOINT ["/app/app"]

# Holds

	FROM alpine:3.22
	RUN mkdir /data && chown 10001 /data
	COPY --from=build /app /app      // os.Create("/data/audit.log")
	USER 10001
	ENTRYPOINT ["/app"]

# How to mend it

Mount a volume where the program writes; or make the folder in the image and give
it to the user, with chown, or with COPY --chown from an empty folder. Do not run
as root for it. Platforms that choose the user themselves, such as OpenShift, give
it the group root: there the folder needs chgrp 0 and chmod g=u.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: has(effects.Write, effects.Mkdir, effects.Archive),
	Run:     worst(unwritablePath),
}

func unwritablePath(p *rule.Pass) {
	type key struct{ where, by string }
	judged := map[key]bool{}
	for _, e := range p.Contract.Of(effects.Write, effects.Mkdir, effects.Archive) {
		v := e.Value("path")
		if v == nil || e.Reach == effects.OnRequest {
			continue
		}
		for _, r := range runnings(p) {
			paths, whole := r.paths(p, v)
			if !whole || len(paths) != 1 {
				continue // which path it is is told by no default
			}
			where := paths[0]
			k := key{where, r.by()}
			if judged[k] || isDevice(where) || r.mount(where) != nil || e.Kind == effects.Mkdir && r.mountBelow(where) != nil {
				continue
			}
			judged[k] = true
			judgeWrite(p, e, r, where)
		}
	}
}

// isDevice tells places at which nothing is kept, and those of other rules.
func isDevice(where string) bool {
	for _, d := range []string{"/dev", "/proc", "/sys", "/tmp"} {
		if within(where, d) {
			return true
		}
	}
	return false
}

func judgeWrite(p *rule.Pass, e *effects.Instance, r running, where string) {
	subject := "writes to " + where
	if ro := r.container.ReadOnlyRoot; ro.Known() && ro.Value {
		return // not a question of the user
	}
	switch r.root(p) {
	case image.Yes:
		p.Holds(0, subject)
		return
	case image.Unknown:
		p.CannotTell(0, subject, "whom the container runs as cannot be told", p.Image.User().At)
		return
	}
	user, at := r.user(p)
	if user == "" && dropsRoot(p.Stage) != "" {
		p.CannotTell(0, subject, "its entrypoint may change the user", at)
		return
	}
	may := p.Image.Writable(where, user)
	switch may.Has {
	case image.Yes:
		p.Holds(0, subject)
		return
	case image.Unknown:
		p.CannotTell(0, subject, fmt.Sprintf("whether its user may write to %s (%s) cannot be told: %s", where, called(e), may.Why), at)
		return
	}
	// Who goes on without the file may never come to write it.
	severity := finding.Warning
	if e.Reach <= effects.ByDefault && onError(p, e.At) == errorEnds {
		severity = finding.Error
	}
	who := user
	if who == "" {
		who = p.Image.User().Name
	}
	if !at.IsValid() {
		at = p.Stage.Base.Position
	}
	dir := path.Dir(where)
	if e.Kind == effects.Mkdir {
		dir = where
	}
	mend := fmt.Sprintf("RUN mkdir -p %s && chown %s %s before USER", dir, who, dir)
	if sh, _ := p.Image.Shell(); sh == image.ShellNone {
		mend = fmt.Sprintf("copy an empty folder with COPY --chown=%s to %s", who, dir)
	}
	does := "writes " + where
	if e.Kind == effects.Mkdir {
		does = "makes the folder " + where
	}
	f := finding.Finding{
		Position: at,
		Message: fmt.Sprintf("%s (%s), but runs as %s%s, who may not write there (%s): the call fails with \"permission denied\"; mount a volume at %s, or %s",
			does, called(e), who, r.by(), strings.TrimSpace(may.Why), dir, mend),
		Related: []finding.Related{relatedCode(e, does)},
	}
	if may.At.IsValid() && may.At != at && !strings.HasPrefix(may.Why, "/ ") {
		f.Related = append(f.Related, finding.Related{Position: may.At, Message: may.Why})
	}
	p.Fails(severity, subject, f)
}
