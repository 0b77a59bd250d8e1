package kubernetes

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// A limits is a LimitRange with what it gives to containers.
type limits struct {
	namespace string
	dir       string
	file      string
	variant   string
	resources deploy.Resources
}

// newLimits decodes a LimitRange; it is nil where it gives containers nothing.
// What is not given follows from what is, as in the API's defaults of
// LimitRangeItem: a default limit from max, a default request from the default
// limit, then from min.
func newLimits(raw []byte, c yamldoc.Cursor, dir string) (*limits, error) {
	var o corev1.LimitRange
	if err := decode(raw, &o); err != nil {
		return nil, err
	}
	l := &limits{namespace: o.Namespace, dir: dir, file: c.Doc.File}
	l.resources.Position = c.Path("metadata", "name").At
	given := false
	items := c.Path("spec", "limits")
	for i := range o.Spec.Limits {
		if o.Spec.Limits[i].Type != corev1.LimitTypeContainer {
			continue
		}
		item := items.Item(i)
		first := func(resource string, from ...string) deploy.Field[string] {
			for _, key := range from {
				if at := item.Path(key, resource); at.Set() {
					given = true
					return text(at.Text(), at)
				}
			}
			return deploy.Field[string]{Position: item.At}
		}
		set := func(f *deploy.Field[string], v deploy.Field[string]) {
			if !f.Set {
				*f = v
			}
		}
		set(&l.resources.CPULimit, first("cpu", "default", "max"))
		set(&l.resources.MemoryLimit, first("memory", "default", "max"))
		set(&l.resources.CPURequest, first("cpu", "defaultRequest", "default", "max", "min"))
		set(&l.resources.MemoryRequest, first("memory", "defaultRequest", "default", "max", "min"))
	}
	if !given {
		return nil, nil
	}
	return l, nil
}
