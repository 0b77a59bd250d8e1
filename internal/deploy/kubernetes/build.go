package kubernetes

import (
	"path"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// readBuildConfig reads how OpenShift builds an image (its API reference). The
// context is relative to the repository that the build clones, which is this one
// only as far as anybody can tell.
func readBuildConfig(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	strategy := spec.Get("strategy")
	b := &deploy.Build{
		Object: o, Context: spec.Path("source", "contextDir").Field(), Strategy: strategy.Get("type").Field(),
		Image: spec.Path("output", "to", "name").Field(),
	}
	for _, kind := range []string{"docker", "source", "custom", "jenkinsPipeline"} {
		if s := strategy.Get(kind + "Strategy"); s.Set() {
			if !b.Strategy.Set {
				b.Strategy = deploy.Field[string]{Value: kind, Set: true, Position: s.At}
			}
			b.Dockerfile = s.Get("dockerfilePath").Field()
			for _, arg := range s.Get("buildArgs").Items() {
				b.Args = append(b.Args, deploy.Pair{Name: arg.Get("name").Text(), Value: arg.Get("value").Text(), Position: arg.Get("name").At})
			}
			break
		}
	}
	if b.Dockerfile.Set && !b.Dockerfile.Unknown {
		b.Dockerfile.Value = path.Join(b.Context.Value, b.Dockerfile.Value)
	}
	m.Builds = append(m.Builds, b)
	return &b.Object
}
