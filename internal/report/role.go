package report

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// The roles of routes.
const (
	roleHealth    = "health"
	roleMetrics   = "metrics"
	roleProfiling = "profiling"
)

// The names of routes that answer whether a service lives or is ready
// (Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes"
// and "Kubernetes API health endpoints"; Prometheus documentation, "Management
// API"; Spring Boot reference, "Kubernetes Probes"). The second list has words
// that are names of other things too, so that they count only at the top or
// below one of healthFolders.
var (
	healthNames   = []string{"health", "health-check", "health_check", "healthcheck", "healthz", "liveness", "livez", "readiness", "readyz", "startupz"}
	likelyHealth  = []string{"alive", "healthy", "live", "ping", "ready", "startup"}
	healthFolders = []string{"", "-", "actuator", "api", "health", "healthz", "internal", "k8s", "probe", "probes", "system"}
)

var versionFolder = regexp.MustCompile(`^v[0-9]+$`)

// roleOf is what a route is for by the name that such routes are usually given;
// "" for the service's own business.
func roleOf(r *Route) string {
	if r.Protocol == "grpc" {
		if r.Path == "grpc.health.v1.Health" {
			return roleHealth
		}
		return ""
	}
	// The beginning may be a prefix that is not known.
	path := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(r.Path, "{$}"), "/"), "*")
	if i := strings.IndexByte(path, '/'); i > 0 {
		path = path[i:] // without a host
	}
	if strings.Contains(path, "/debug/pprof") || strings.HasSuffix(path, "/debug/fgprof") {
		return roleProfiling
	}
	// Who asks a service how it is, only reads, and asks about the whole of it.
	if r.Method != "" && r.Method != http.MethodGet && r.Method != http.MethodHead || strings.ContainsAny(path, "{:*") {
		return ""
	}
	folders, last := path[:strings.LastIndexByte(path, '/')+1], path[strings.LastIndexByte(path, '/')+1:]
	last = strings.TrimLeft(last, "_")
	folder := func() string {
		for _, f := range slices.Backward(strings.Split(strings.Trim(folders, "/"), "/")) {
			if !versionFolder.MatchString(f) {
				return strings.TrimLeft(f, "_")
			}
		}
		return ""
	}
	switch {
	case slices.Contains(healthNames, last), slices.Contains(likelyHealth, last) && slices.Contains(healthFolders, folder()):
		return roleHealth
	case last == "metrics", path == "/prometheus", path == "/actuator/prometheus":
		return roleMetrics
	}
	return ""
}
