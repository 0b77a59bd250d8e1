package hardcodedhost

import (
	"net/netip"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// A host is a literal host name or address, and where it stands.
type host struct {
	name string
	at   finding.Position
}

// hostsOf judges an address: Fails with the hosts where every alternative is a
// literal, Holds where configuration has a say or no foreign host is named, and
// CannotTell where part of the host is not known.
func hostsOf(v *effects.Value) ([]host, finding.Verdict) {
	var hosts []host
	unknown, foreign := false, false
	for _, a := range alternatives(v) {
		h, st := hostOf(a)
		switch st {
		case configured:
			return nil, finding.Holds
		case unresolved:
			unknown = true
		case literal:
			foreign = true
			hosts = append(hosts, h)
		}
	}
	switch {
	case unknown:
		return nil, finding.CannotTell
	case foreign:
		return hosts, finding.Fails
	}
	return nil, finding.Holds
}

// maxAlternatives bounds the spelled-out alternatives of an address.
const maxAlternatives = 16

// alternatives spells out the choices at the front of an address, where the host
// is.
func alternatives(v *effects.Value) []*effects.Value {
	var out []*effects.Value
	for _, a := range v.Alternatives() {
		if a.Kind == effects.List {
			for _, e := range a.Args {
				out = append(out, alternatives(e)...)
			}
			continue
		}
		if (a.Kind == effects.Concat || a.Kind == effects.Join) && a.Args[0].Kind == effects.Choice {
			for _, first := range a.Args[0].Alternatives() {
				rest := append([]*effects.Value{first}, a.Args[1:]...)
				if a.Kind == effects.Join {
					out = append(out, &effects.Value{Kind: effects.Join, Args: rest, At: a.At})
				} else {
					out = append(out, effects.ConcatOf(rest...))
				}
			}
			continue
		}
		out = append(out, a)
	}
	if len(out) > maxAlternatives {
		return []*effects.Value{effects.Unresolved("has many alternatives", v.At)}
	}
	return out
}

type state uint8

const (
	none       state = iota // no host, or one that is this machine
	literal                 // a foreign host, literal throughout
	configured              // configuration decides at least part of the host
	unresolved
)

// hostOf finds the host within one alternative.
func hostOf(v *effects.Value) (host, state) {
	var parts []*effects.Value
	switch v.Kind {
	case effects.Literal:
		parts = []*effects.Value{v}
	case effects.Concat, effects.Join:
		parts = v.Args
	case effects.HostPort:
		parts = []*effects.Value{v.Args[0], effects.Lit(":", v.At)}
	case effects.Env, effects.Flag, effects.Config:
		return host{}, configured
	case effects.System:
		return host{}, configured // an argument of the command line
	default:
		if v.Configurable() {
			return host{}, configured
		}
		return host{}, unresolved
	}
	text, open := "", false
	var at finding.Position
	var next *effects.Value
	for _, p := range parts {
		if p.Kind != effects.Literal {
			open, next = true, p
			break
		}
		if !at.IsValid() && strings.Contains(text+p.Text, ".") || text == "" {
			at = p.At
		}
		text += p.Text
		if v.Kind == effects.Join {
			text += "/"
		}
	}
	name, whole := cut(text, open)
	switch {
	case whole && foreign(name):
		return host{name, at}, literal
	case whole:
		return host{}, none
	case next != nil && next.Configurable():
		return host{}, configured
	}
	return host{}, unresolved
}

// keyValue finds the host of a libpq connection string (PostgreSQL
// documentation, "Connection Strings"), mysql the address of the Go MySQL
// driver's DSN (go-sql-driver/mysql README, "DSN").
var (
	keyValue = lazyregexp.New(`(?:^|\s)(?:host|hostaddr|server|addr)=([^\s;]*)(\s|;|$)`)
	mysql    = lazyregexp.New(`@(?:tcp|tcp6)\(([^)]*)(\)|$)`)
	scheme   = lazyregexp.New(`^([a-zA-Z][a-zA-Z0-9+.-]*)://(/?)`)
)

// Schemes whose rest is a file, a socket or the program's own memory.
var localSchemes = map[string]bool{
	"unix": true, "unix-abstract": true, "unixgram": true, "vsock": true, "npipe": true,
	"file": true, "mem": true, "memory": true, "sqlite": true, "sqlite3": true,
}

// nameSchemes are gRPC's schemes that have the host behind an empty authority:
// dns:///host:port (gRPC documentation, "Name Resolution"). With any other
// scheme an empty authority names no host, as in postgres:///shop.
var nameSchemes = map[string]bool{"dns": true, "passthrough": true}

// cut finds the host in the literal beginning of an address. open tells that the
// address goes on with something that is not literal; whole is then true only if
// the host ends before it.
func cut(text string, open bool) (name string, whole bool) {
	if m := mysql.FindStringSubmatch(text); m != nil {
		return withoutPort(m[1]), m[2] != "" || !open
	}
	if m := keyValue.FindStringSubmatch(text); m != nil {
		return m[1], m[2] != "" || !open
	}
	rest, hasScheme := text, false
	if m := scheme.FindStringSubmatch(text); m != nil {
		name := strings.ToLower(m[1])
		if localSchemes[name] || m[2] != "" && !nameSchemes[name] {
			return "", true
		}
		rest, hasScheme = text[len(m[0]):], true
	}
	if !hasScheme && (strings.ContainsAny(rest, " =") || strings.HasPrefix(rest, "/")) {
		return "", true // a connection string without a host, a bare path
	}
	end := strings.IndexAny(rest, "/?#")
	authority, closed := rest, !open
	if end >= 0 {
		authority, closed = rest[:end], true
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	} else if open && !closed && strings.Contains(authority, ":") && hasScheme && !strings.Contains(authority, ".") {
		return "", false // may be user:password@...
	}
	bare := withoutPort(authority)
	if bare != authority {
		closed = true // a port follows the host
	}
	return bare, closed
}

func withoutPort(authority string) string {
	if strings.HasPrefix(authority, "[") {
		if i := strings.IndexByte(authority, ']'); i >= 0 {
			return authority[1:i]
		}
	}
	if strings.Count(authority, ":") == 1 {
		return authority[:strings.IndexByte(authority, ':')]
	}
	return authority
}

var hostName = lazyregexp.New(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$`)

// foreign tells whether a name is that of another machine. Asking a cloud's
// metadata service is coupling to the machine, and another rule's matter.
func foreign(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || effects.IsMetadataHost(name) {
		return false
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		return !ip.IsLoopback() && !ip.IsUnspecified() && !ip.IsLinkLocalUnicast()
	}
	switch name {
	case "localhost", "unix", "docker", "bufnet", "bufconn", "pipe":
		return false // names given to in-memory and Unix socket transports
	case "host.docker.internal", "gateway.docker.internal", "host.containers.internal":
		return false // the machine below (Docker and Podman documentation)
	case "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "kubernetes.default":
		return false // the cluster's own API (Kubernetes documentation, "Accessing the API from a Pod")
	case "metadata":
		return false // short for the metadata service in Google Cloud, and a service's name elsewhere
	}
	return hostName.MatchString(name) && !strings.HasSuffix(name, ".localhost")
}
