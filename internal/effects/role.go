package effects

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// The roles of routes.
const (
	HealthRole    = "health"
	MetricsRole   = "metrics"
	ProfilingRole = "profiling"
)

// A Served is a route as a client sees it.
type Served struct {
	// Protocol is http or grpc.
	Protocol string
	// Method is the HTTP method, "" for all.
	Method string
	// Path is the route's path by default, with * for what is not known; of gRPC
	// it is the service.
	Path string
	// Role is one of the roles, "" for the service's own business.
	Role string
}

// ServedBy is the route of a route effect.
func ServedBy(e *Instance) Served {
	r := Served{Protocol: "http"}
	if p := e.Value("protocol"); p != nil && p.Text == "grpc" {
		r.Protocol = "grpc"
	}
	path := e.Value("path")
	var known bool
	if r.Path, known = path.Default(); !known || r.Path == "" {
		r.Path, _ = path.Pattern() // a part that is not known, or only by configuration
	}
	r.Method, _ = e.Value("method").Default()
	if r.Protocol == "http" {
		if method, rest, ok := strings.Cut(r.Path, " "); ok {
			r.Method, r.Path = method, strings.TrimLeft(rest, " \t") // Go 1.22 patterns: "GET /x"
		}
		r.Method = strings.ToUpper(r.Method)
		if r.Method == "*" || r.Method == "ANY" || r.Method == "ALL" {
			r.Method = ""
		}
		r.Path = httpPath(r.Path, e.API)
	}
	r.Role = roleOf(&r)
	if role := e.Value("role"); role != nil && role.Kind == Literal {
		switch role.Text {
		case HealthRole, MetricsRole, ProfilingRole:
			r.Role = role.Text
		}
	}
	return r
}

// httpPath is a route's path with the slash that routers let people leave out.
// What stands before the first slash of a pattern of net/http is a host.
func httpPath(p, api string) string {
	switch {
	case strings.HasPrefix(p, "/"), strings.HasPrefix(p, "*"), strings.HasPrefix(p, "$"):
		return p
	case strings.HasPrefix(api, "http.") && strings.Contains(p, "/"):
		return p
	}
	return "/" + p
}

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

var versionFolder = lazyregexp.New(`^v[0-9]+$`)

// roleOf is what a route is for by the name that such routes are usually given;
// "" for the service's own business.
func roleOf(r *Served) string {
	if r.Protocol == "grpc" {
		if r.Path == "grpc.health.v1.Health" {
			return HealthRole
		}
		return ""
	}
	// The beginning may be a prefix that is not known.
	path := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(r.Path, "{$}"), "/"), "*")
	if i := strings.IndexByte(path, '/'); i > 0 {
		path = path[i:] // without a host
	}
	if strings.Contains(path, "/debug/pprof") || strings.HasSuffix(path, "/debug/fgprof") {
		return ProfilingRole
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
		return HealthRole
	case last == "metrics", path == "/prometheus", path == "/actuator/prometheus":
		return MetricsRole
	}
	return ""
}
