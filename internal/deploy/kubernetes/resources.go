package kubernetes

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

func readResources(set bool, c yamldoc.Cursor) deploy.Resources {
	r := deploy.Resources{Position: c.At}
	amount := func(keys ...string) deploy.Field[string] {
		at := c.Path(keys...)
		if !set {
			at = yamldoc.Cursor{Doc: c.Doc, At: c.At}
		}
		return text(at.Text(), at)
	}
	r.CPURequest = amount("requests", "cpu")
	r.MemoryRequest = amount("requests", "memory")
	r.CPULimit = amount("limits", "cpu")
	r.MemoryLimit = amount("limits", "memory")
	r.EphemeralRequest = amount("requests", "ephemeral-storage")
	r.EphemeralLimit = amount("limits", "ephemeral-storage")
	for _, part := range []string{"limits", "requests"} {
		for _, p := range c.Get(part).Pairs() {
			if p.Name != "cpu" && p.Name != "memory" && p.Name != "ephemeral-storage" &&
				!slices.ContainsFunc(r.Other, func(o deploy.Pair) bool { return o.Name == p.Name }) {
				r.Other = append(r.Other, p)
			}
		}
	}
	slices.SortStableFunc(r.Other, func(a, b deploy.Pair) int { return strings.Compare(a.Name, b.Name) })
	return r
}
