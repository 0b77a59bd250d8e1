package service

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
)

// A Listening is one thing that a service's program listens on in a workload.
type Listening struct {
	Effect *effects.Instance
	// Network is tcp, udp or unix; Host is "" for all interfaces.
	Network, Host string
	// Port is the number, 0 for one that the system chooses. Known is false
	// where neither the workload nor the code tells it.
	Port  int
	Known bool
}

// Listens are what the program listens on as a workload runs it, by its
// arguments and environment; a nil join asks for the program's own defaults. What
// the program may listen on one of several ports, or is not told, is not known.
func (s *Service) Listens(j *WorkloadJoin) []Listening {
	settings := effects.Settings{}
	if j != nil {
		settings = s.Settings(j)
	}
	var out []Listening
	for _, e := range s.Contract.Of(effects.Listen) {
		network := "tcp"
		if v := e.Value("network"); v != nil && v.Kind == effects.Literal && v.Text != "" {
			network = v.Text
		}
		for _, a := range addresses(e, settings, j != nil) {
			a.Effect, a.Network = e, strings.TrimRight(network, "46")
			out = append(out, a)
		}
	}
	return out
}

// addresses are those that one effect may listen on.
func addresses(e *effects.Instance, settings effects.Settings, told bool) []Listening {
	v := e.Address()
	if v == nil {
		return []Listening{{}}
	}
	if told {
		v = v.Under(settings)
	}
	var out []Listening
	for _, a := range v.Alternatives() {
		out = append(out, addressOf(a, e))
	}
	return out
}

// addressOf reads host:port. An empty address of net/http is that of port 80
// (documentation of net/http, Server.Addr).
func addressOf(v *effects.Value, e *effects.Instance) Listening {
	text, ok := v.Default()
	if !ok {
		text, _ = v.Pattern()
	}
	if ok && text == "" {
		if p := e.Value("protocol"); p != nil && p.Text == "http" && !v.Configurable() {
			return Listening{Port: 80, Known: true}
		}
		return Listening{}
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return Listening{}
	}
	host := strings.Trim(text[:i], "[]")
	port, ok := effects.PortNumber(text[i+1:])
	return Listening{Host: host, Port: port, Known: ok}
}

// MayListen tells whether the program may listen on a port in a workload: it
// does, or something that it listens on is not known.
func (s *Service) MayListen(j *WorkloadJoin, port int) bool {
	list := s.Listens(j)
	for _, l := range list {
		if l.Network != "unix" && (!l.Known || l.Port == port) {
			return true
		}
	}
	return len(list) == 0 // what serves was not seen
}

// JoinOf is the join of a workload's container with the service, or nil.
func (s *Service) JoinOf(w *deploy.Workload, c *deploy.Container) *WorkloadJoin {
	for _, j := range s.Workloads {
		if j.Workload == w && j.Container == c {
			return j
		}
	}
	return nil
}
