package dynamicallymanaged

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/yamlfix"
)

// The last elements of paths that answer for each probe, the best first (Kubernetes
// documentation, "Kubernetes API health endpoints", and what Go services call
// them). A route that may ask a database is none for liveness.
var (
	readinessNames = []string{"readyz", "ready", "readiness", "healthz", "health", "healthcheck", "health-check", "_healthz", "_health"}
	livenessNames  = []string{"livez", "live", "liveness", "alive"}
)

// probeFix adds a probe on a route of the program that is known to be served, by a
// server of which the port is known.
func probeFix(p *rule.Pass, c *deploy.Container, field string, names []string) []finding.Fix {
	if p.Service == nil || p.Container != c || p.Workload.Platform != deploy.Kubernetes || !p.Contract.Whole {
		return nil
	}
	join := p.Service.JoinOf(p.Workload, c)
	if join == nil || httpServers(p, join) != 1 {
		return nil
	}
	port := ""
	for _, l := range p.Service.Listens(join) {
		if !l.Known || l.Port == 0 || l.Network != "tcp" || l.Host == "127.0.0.1" || l.Host == "localhost" {
			return nil
		}
		port = strconv.Itoa(l.Port)
		for _, cp := range c.Ports {
			if cp.Number == l.Port && cp.Name != "" {
				port = cp.Name
			}
		}
		// Which scheme it speaks is only known of a server without certificates.
		if strings.Contains(l.Effect.API, "TLS") {
			return nil
		}
	}
	best, route := len(names), ""
	for _, e := range p.Contract.Of(effects.Route) {
		s := effects.ServedBy(e)
		if s.Protocol != "http" || s.Method != "" && s.Method != http.MethodGet || e.Reach == effects.OnRequest || strings.ContainsAny(s.Path, "*{}$ ") || !strings.HasPrefix(s.Path, "/") {
			continue
		}
		if v := e.Value("path"); v == nil || v.Configurable() {
			continue
		}
		if i := slices.Index(names, path.Base(s.Path)); i >= 0 && (i < best || i == best && s.Path < route) {
			best, route = i, s.Path
		}
	}
	if port == "" || route == "" {
		return nil
	}
	if strings.Contains(strings.Join(tlsOf(p), " "), "TLS") {
		return nil
	}
	probe := yamlfix.Field{Name: field, Fields: []yamlfix.Field{{Name: "httpGet", Fields: []yamlfix.Field{
		{Name: "path", Scalar: route}, {Name: "port", Scalar: port},
	}}}}
	return rule.Mends("probe "+route+", which the program serves on port "+port, p.YAML.Add(c.Position, 0, probe))
}

// tlsOf are the calls by which the program serves with certificates.
func tlsOf(p *rule.Pass) []string {
	var list []string
	for _, e := range p.Contract.Of(effects.Serve) {
		if strings.Contains(e.API, "TLS") {
			list = append(list, e.API)
		}
	}
	return list
}
