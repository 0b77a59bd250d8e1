package containerpackaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// HomeDir finds programs that need a user's entry or home directory that the
// container does not have.
var HomeDir = &rule.Rule{
	Rule: finding.Rule{
		Name: "homedir",
		Doc: `the user or home directory is looked up, and the container has none

A container's user is often a number without an entry in /etc/passwd: USER 65532
in scratch, or whatever number a platform chooses. Then user.Current fails, unless
USER and HOME are set ("user: Current requires cgo or $USER set in environment"),
and the home directory is /, because container runtimes set HOME to that; only
root may write there.

The rule fails where the program ends because user.Current fails, and where it
writes below os.UserHomeDir, os.UserConfigDir or os.UserCacheDir and the user may
not write there.

# Fails

	FROM scratch
	COPY --from=build /app /app      // u, err := user.Current(); if err != nil { log.Fatal(err) }
	USER 65532
	ENTRYPOINT ["/app"]

# Holds

	FROM gcr.io/distroless/static-debian13:nonroot
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

# How to mend it

Do without the lookup: a service takes its folders from its configuration. Or take
a base image whose user has an entry and a home, such as distroless's nonroot.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs:   rule.Image,
	Applies: has(effects.User),
	Run:     worst(homeDir),
}

func homeDir(p *rule.Pass) {
	for _, r := range runnings(p) {
		currentUser(p, r)
		belowHome(p, r)
	}
}

// currentUser judges calls of user.Current.
func currentUser(p *rule.Pass, r running) {
	for _, e := range p.Contract.Of(effects.User) {
		if e.API != "user.Current" || e.Reach == effects.OnRequest {
			continue
		}
		const subject = "user.Current"
		handled := onError(p, e.At)
		if handled == errorIgnored || handled == errorHandled {
			p.Holds(0, subject)
			return
		}
		entry, who, at := entryOf(p, r)
		switch {
		case entry.Has == image.Yes:
			p.Holds(0, subject)
			return
		case entry.Has == image.Unknown:
			p.CannotTell(0, subject, "whether the container's user has an entry in /etc/passwd cannot be told: "+entry.Why, at)
			return
		}
		if _, set := r.env(p, "USER"); set {
			p.Holds(0, subject)
			return
		}
		if handled != errorEnds {
			p.CannotTell(0, subject, fmt.Sprintf("%s has no entry in /etc/passwd, and what becomes of the error of %s is not followed", who, called(e)), e.At)
			return
		}
		p.Fails(0, subject, finding.Finding{
			Position: at,
			Message: fmt.Sprintf("the program ends where it cannot look up its user (%s), but user %s%s has no entry in /etc/passwd (%s), and USER is not set; do without the lookup, or take a base image whose user has an entry, such as distroless's nonroot",
				called(e), who, r.by(), entry.Why),
			Related: []finding.Related{relatedCode(e, "looks up the current user")},
		})
		return
	}
}

// entryOf tells whether whoever the service runs as has an entry in /etc/passwd.
func entryOf(p *rule.Pass, r running) (entry image.Fact, who string, at finding.Position) {
	user, at := r.user(p)
	if user == "" {
		u := p.Image.User()
		at = u.At
		if !at.IsValid() {
			at = p.Stage.Base.Position
		}
		if u.ID == "0" && u.Entry.Has == image.No {
			// The lookup is by number, and so is the entry.
			return p.Image.UserEntry("0"), u.Name, at
		}
		return u.Entry, u.Name, at
	}
	name, _, _ := strings.Cut(user, ":")
	return p.Image.UserEntry(name), name, at
}

// belowHome judges writes below the home directory.
func belowHome(p *rule.Pass, r running) {
	for _, e := range p.Contract.Of(effects.Write, effects.Mkdir) {
		v := e.Value("path")
		if v == nil || v.Configurable() || e.Reach == effects.OnRequest || !underHome(v) {
			continue
		}
		const subject = "the home directory"
		if r.root(p) == image.Yes {
			p.Holds(0, subject)
			return
		}
		home, known := homeOf(p, r)
		if !known {
			p.CannotTell(0, subject, "the home directory of the container's user is not known", e.At)
			return
		}
		if r.mount(home) != nil || r.mountBelow(home) != nil && home != "/" {
			p.Holds(0, subject)
			return
		}
		user, at := r.user(p)
		may := p.Image.Writable(home, user)
		switch may.Has {
		case image.Yes:
			p.Holds(0, subject)
			return
		case image.Unknown:
			p.CannotTell(0, subject, "whether the container's user may write to "+home+" cannot be told: "+may.Why, may.At)
			return
		}
		if h := onError(p, e.At); h == errorIgnored || h == errorHandled {
			p.CannotTell(0, subject, fmt.Sprintf("the container's user may not write to its home %s, and %s goes on without it", home, called(e)), e.At)
			return
		}
		if !at.IsValid() {
			at = p.Stage.Base.Position
		}
		p.Fails(0, subject, finding.Finding{
			Position: at,
			Message: fmt.Sprintf("writes below the home directory (%s), which is %s%s, where the container's user may not write (%s); take the folder from the configuration, or set HOME to one that the user owns",
				called(e), home, r.by(), may.Why),
			Related: []finding.Related{relatedCode(e, "writes below the home directory")},
		})
		return
	}
}

// underHome tells whether a path surely lies below the home directory.
func underHome(v *effects.Value) bool {
	roots := effects.PathRoots(v)
	for _, root := range roots {
		if root.Kind != effects.System || root.Text != "home" {
			return false
		}
	}
	return len(roots) > 0
}

// homeOf is what HOME is in the container: what is set, else the entry's home, else
// the root directory (Docker and runc set it so where nothing else does; runc,
// libcontainer/init_linux.go).
func homeOf(p *rule.Pass, r running) (home string, known bool) {
	if v, set := r.env(p, "HOME"); set {
		return v.Default()
	}
	entry, _, _ := entryOf(p, r)
	switch entry.Has {
	case image.No:
		return "/", true
	case image.Unknown:
		return "", false
	}
	if user, _ := r.user(p); user != "" {
		return "", false
	}
	u := p.Image.User()
	return u.Home, u.Home != ""
}
