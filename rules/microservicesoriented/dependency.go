package microservicesoriented

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
)

// A dependency is a host that a workload's settings name.
type dependency struct {
	// from says where it is named: the variable REDIS_ADDR, an argument.
	from string
	// host is a name or an address, port "" where none is given.
	host, port string
	scheme     string
	// path is what follows the host in a URL, without the slash: the database, of
	// database URLs.
	path string
	at   finding.Position
}

// names matches names of settings whose value is a host.
var names = regexp.MustCompile(`(?i)(^|[_.-])(addr(ess)?(es)?|hosts?|hostname|url|uri|endpoints?|servers?|brokers?|backend|upstream|target|dsn|peers?|nodes|bootstrap|svc|service|master|registry|proxy)$`)

// label is one name of a host (RFC 1123), with a letter in it.
var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// dependencies are the hosts that the literals of a container's environment and
// arguments name. What something else fills in is left out.
func dependencies(c *deploy.Container) []dependency {
	var out []dependency
	for _, e := range c.Env {
		if e.From == "" {
			out = append(out, hosts(e.Value, "the variable "+e.Name, names.MatchString(e.Name), e.ValuePosition)...)
		}
	}
	for _, f := range []deploy.Field[[]string]{c.Command, c.Args} {
		for i, word := range f.Value {
			name, value, ok := strings.Cut(word, "=")
			if !ok || !strings.HasPrefix(word, "-") {
				name, value = "", word
				if i > 0 && strings.HasPrefix(f.Value[i-1], "-") && !strings.Contains(f.Value[i-1], "=") {
					name = f.Value[i-1]
				}
			}
			from := "an argument"
			if name != "" {
				from = "the flag " + name
			}
			out = append(out, hosts(value, from, names.MatchString(name), f.Position)...)
		}
	}
	return out
}

// hosts reads the hosts of a value: URLs, addresses with a port, and, where the
// setting is one for hosts, bare names. Lists are separated by commas.
func hosts(value, from string, isHost bool, at finding.Position) []dependency {
	if len(value) > 2000 || strings.ContainsAny(value, "${}<>%*\n") {
		return nil
	}
	var out []dependency
	scheme := ""
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		d := dependency{from: from, at: at, scheme: scheme}
		rest := item
		if s, r, ok := strings.Cut(item, "://"); ok {
			u, err := url.Parse(item)
			if err != nil || u.Host == "" {
				if d.host, d.port, d.path = dsn(r); d.host == "" {
					continue
				}
			} else {
				d.host, d.port, d.path = u.Hostname(), u.Port(), strings.Trim(u.Path, "/")
			}
			d.scheme = s
			scheme = s // host1:1,host2:2 of one URL
			out = append(out, d)
			continue
		}
		if h, p, path := dsn(rest); h != "" { // user:password@tcp(host:port)/name
			d.host, d.port, d.path = h, p, path
			out = append(out, d)
			continue
		}
		if !isHost && scheme == "" || strings.ContainsAny(rest, "@ =\"'") {
			continue
		}
		rest, d.path, _ = strings.Cut(rest, "/")
		host, port, hasPort := strings.Cut(rest, ":")
		if n, err := strconv.Atoi(port); hasPort && (err != nil || n < 1 || n > 65535) {
			continue
		}
		if !isHostName(host) {
			continue
		}
		d.host, d.port = host, port
		out = append(out, d)
	}
	return out
}

// dsn reads the address of a MySQL data source name.
func dsn(s string) (host, port, path string) {
	_, after, ok := strings.Cut(s, "@tcp(")
	if !ok {
		return "", "", ""
	}
	address, rest, ok := strings.Cut(after, ")")
	if !ok {
		return "", "", ""
	}
	host, port, _ = strings.Cut(address, ":")
	path, _, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "?")
	if !isHostName(host) {
		return "", "", ""
	}
	return host, port, path
}

// isHostName tells names of hosts and addresses from words and numbers.
func isHostName(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if s == "" || len(s) > 253 || !strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") {
		return false
	}
	return !slices.ContainsFunc(strings.Split(strings.TrimSuffix(s, "."), "."), func(l string) bool { return !label.MatchString(l) })
}

// words are values of settings for hosts that name none.
var words = []string{"localhost", "none", "off", "on", "true", "false", "disabled", "enabled", "auto", "default", "null", "stdout", "stderr", "memory", "self", "production", "development", "staging", "test", "dev", "prod"}
