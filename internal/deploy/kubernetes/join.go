package kubernetes

import (
	"maps"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
)

// maxMatches is how many objects are looked at for one workload.
const maxMatches = 500

// join connects workloads with the Services and LimitRanges that concern them.
func join(m *deploy.Manifests, files []*parsedFile, k *kustomize) {
	// Services by namespace and one pair of their selector, so that a workload
	// meets only those that share a label with it.
	index := map[string][]*deploy.Endpoint{}
	ranges := map[string][]*limits{} // by namespace
	for _, f := range files {
		for _, l := range f.limits {
			l.variant = f.variant
			if len(ranges[l.namespace]) < maxMatches {
				ranges[l.namespace] = append(ranges[l.namespace], l)
			}
		}
		for _, s := range f.services {
			if len(s.Selector) == 0 {
				continue
			}
			key := ""
			for name := range s.Selector {
				if key == "" || name < key {
					key = name
				}
			}
			key = indexKey(s.Namespace, key, s.Selector[key])
			index[key] = append(index[key], s)
		}
	}
	for _, w := range m.Workloads {
		w.Services = servicesOf(w, index, k)
		w.Defaults = defaultsOf(w, ranges[w.Namespace], k)
	}
}

func indexKey(namespace, label, value string) string {
	return namespace + "\x00" + label + "\x00" + value
}

// servicesOf are the Services that send traffic to a workload's pods. A tree
// often holds one application several times, in overlays and releases, so only
// those of the nearest folder count; where two of that folder have the same name
// in different files, that of the workload's own file does, and otherwise none.
func servicesOf(w *deploy.Workload, index map[string][]*deploy.Endpoint, k *kustomize) []*deploy.Endpoint {
	nearest := -1
	var found []*deploy.Endpoint
	for _, label := range slices.Sorted(maps.Keys(w.Labels)) {
		for _, s := range index[indexKey(w.Namespace, label, w.Labels[label])] {
			d := deploy.Distance(w.Dir, s.Dir)
			if nearest >= 0 && d > nearest || d == nearest && len(found) >= maxMatches ||
				w.Variant != s.Variant || !selects(s.Selector, w.Labels) || !k.together(w.Position.File, s.Position.File) {
				continue
			}
			if d != nearest {
				nearest, found = d, nil
			}
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b *deploy.Endpoint) int { return a.Position.Compare(b.Position) })

	byName := map[string][]*deploy.Endpoint{}
	for _, s := range found {
		byName[s.Name] = append(byName[s.Name], s)
	}
	return slices.DeleteFunc(found, func(s *deploy.Endpoint) bool {
		same := byName[s.Name]
		if len(same) == 1 {
			return false
		}
		own := slices.IndexFunc(same, func(o *deploy.Endpoint) bool { return o.Position.File == w.Position.File })
		return own < 0 || same[own] != s
	})
}

func selects(selector, labels map[string]string) bool {
	for name, value := range selector {
		if have, ok := labels[name]; !ok || have != value {
			return false
		}
	}
	return true
}

// defaultsOf is what the nearest LimitRange of the workload's namespace gives.
func defaultsOf(w *deploy.Workload, ranges []*limits, k *kustomize) deploy.Resources {
	var best *limits
	for _, l := range ranges {
		// Without a namespace that both name, it takes more to know that they
		// are deployed together.
		above := l.dir == "." || l.dir == w.Dir || strings.HasPrefix(w.Dir, l.dir+"/")
		if w.Variant != l.variant || !k.together(w.Position.File, l.file) || l.namespace == "" && !above && !k.share(w.Position.File, l.file) {
			continue
		}
		if best == nil || deploy.Distance(w.Dir, l.dir) < deploy.Distance(w.Dir, best.dir) {
			best = l
		}
	}
	if best == nil {
		return deploy.Resources{}
	}
	return best.resources
}
