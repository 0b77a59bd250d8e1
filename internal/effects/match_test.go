package effects

import "testing"

func TestAnswersTo(t *testing.T) {
	for _, tt := range []struct {
		pattern, path string
		prefix        bool
		want          Answers
	}{
		{"/healthz", "/healthz", false, Answer},
		{"/healthz", "/healthz?full=1", false, Answer},
		{"/health", "/healthz", false, NoAnswer},
		{"/healthz", "/", false, NoAnswer},
		{"/", "/healthz", false, Answer},
		{"/{$}", "/healthz", false, NoAnswer},
		{"/{$}", "/", false, Answer},
		{"/api/", "/api/health", false, Answer},
		{"/api", "/api/health", false, NoAnswer},
		{"/api", "/api/health", true, Answer},
		{"/api/{name}", "/api/health", false, Answer},
		{"/api/{name}/x", "/api/health", false, NoAnswer},
		{"/api/{rest...}", "/api/health/live", false, Answer},
		{"/api/:name", "/api/health", false, Answer},
		{"/static/*file", "/static/a/b", false, Answer},
		{"/{id:[0-9]+}", "/healthz", false, MayAnswer},
		{"*/healthz", "/base/healthz", false, Answer},
		{"/Healthz", "/healthz", false, MayAnswer},
		{"/healthz", "/healthz/", false, MayAnswer},
		{"example.com/healthz", "/healthz", false, Answer},
		{"/$BASE/healthz", "/x/healthz", false, MayAnswer},
	} {
		if got := (Served{Protocol: "http", Path: tt.pattern}).AnswersTo(tt.path, tt.prefix); got != tt.want {
			t.Errorf("%s for %s (below: %t): %d, want %d", tt.pattern, tt.path, tt.prefix, got, tt.want)
		}
	}
}
