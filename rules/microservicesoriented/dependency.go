package microservicesoriented

import (
	"regexp"
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

// dependencies are the hosts that the literals of a container's environment and
// arguments name. What something else fills in is left out.
func dependencies(c *deploy.Container) []dependency {
	var out []dependency
	for _, e := range c.Env {
		if e.From == "" {
			out = append(out, hosts(e.Value, "the variable "+e.Name, names.MatchString(e.Name), e.ValuePosition)...)
		}
	}
	for _, list := range []struct {
		deploy.Field[[]string]
		places []finding.Position
	}{{c.Command, c.CommandPositions}, {c.Args, c.ArgPositions}} {
		for i, word := range list.Value {
			at := list.Position
			if len(list.places) == len(list.Value) && list.places[i].IsValid() {
				at = list.places[i]
			}
			name, value, ok := strings.Cut(word, "=")
			if !ok || !strings.HasPrefix(word, "-") {
				name, value = "", word
				if i > 0 && strings.HasPrefix(list.Value[i-1], "-") && !strings.Contains(list.Value[i-1], "=") {
					name = list.Value[i-1]
				}
			}
			from := "an argument"
			if name != "" {
				from = "the flag " + name
			}
			out = append(out, hosts(value, from, names.MatchString(name), at)...)
		}
	}
	return out
}

// hosts reads the hosts of a value, see deploy.Hosts.
func hosts(value, from string, isHost bool, at finding.Position) []dependency {
	var out []dependency
	for _, h := range deploy.Hosts(value, isHost) {
		out = append(out, dependency{from: from, host: h.Name, port: h.Port, scheme: h.Scheme, path: h.Path, at: at})
	}
	return out
}

// words are values of settings for hosts that name none.
var words = []string{"localhost", "none", "off", "on", "true", "false", "disabled", "enabled", "auto", "default", "null", "stdout", "stderr", "memory", "self", "production", "development", "staging", "test", "dev", "prod"}
