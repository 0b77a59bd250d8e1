package kubernetes

import (
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// targetOf reads a scaleTargetRef or targetRef.
func targetOf(c yamldoc.Cursor, kind string) (deploy.Ref, deploy.Field[string]) {
	name := c.Get("name")
	r := deploy.Ref{Kind: kind, Name: name.Text(), Position: name.At}
	if k := c.Get("kind"); k.Text() != "" {
		r.Kind = k.Text()
	}
	return r, c.Get("apiVersion").Field()
}

// readHPA reads a HorizontalPodAutoscaler of any version. One replica is the
// least where none is given (Kubernetes API reference,
// HorizontalPodAutoscalerSpec).
func readHPA(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	a := &deploy.Autoscaler{Object: o, Min: orDefault(spec.Get("minReplicas").Int(), 1), Max: spec.Get("maxReplicas").Int()}
	a.Target, a.TargetAPI = targetOf(spec.Get("scaleTargetRef"), "")
	if cpu := spec.Get("targetCPUUtilizationPercentage"); cpu.Set() { // version 1
		a.Metrics = append(a.Metrics, deploy.Metric{Type: "Resource", Name: "cpu", Utilization: cpu.Int(), Target: deploy.Field[string]{Value: "Utilization", Set: true, Position: cpu.At}})
	}
	for _, item := range spec.Get("metrics").Items() {
		metric := deploy.Metric{Type: item.Get("type").Text()}
		for _, key := range []string{"resource", "containerResource", "pods", "object", "external"} {
			source := item.Get(key)
			if !source.Set() {
				continue
			}
			name := first(source.Path("metric", "name"), source.Get("metricName"), source.Get("name"))
			metric.Name, metric.Container = name.Text(), source.Get("container").Text()
			metric.Utilization = first(source.Path("target", "averageUtilization"), source.Get("targetAverageUtilization")).Int()
			metric.Target = source.Path("target", "type").Field()
			if !metric.Target.Set {
				metric.Target.Position = name.At
			}
			break
		}
		a.Metrics = append(a.Metrics, metric)
	}
	m.Autoscalers = append(m.Autoscalers, a)
	return &a.Object
}

// readVPA reads a VerticalPodAutoscaler (its API reference).
func readVPA(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	a := &deploy.Autoscaler{Object: o, Mode: spec.Path("updatePolicy", "updateMode").Field()}
	a.Target, a.TargetAPI = targetOf(spec.Get("targetRef"), "")
	m.Autoscalers = append(m.Autoscalers, a)
	return &a.Object
}

// readScaledObject reads a ScaledObject: none at least and 100 at most where the
// numbers are not given, and a Deployment where no kind is (KEDA documentation,
// "ScaledObject specification").
func readScaledObject(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	a := &deploy.Autoscaler{
		Object: o, Min: orDefault(spec.Get("minReplicaCount").Int(), 0), Max: orDefault(spec.Get("maxReplicaCount").Int(), 100),
		Metrics: triggers(spec),
	}
	target := spec.Get("scaleTargetRef")
	a.Target, a.TargetAPI = targetOf(target, "Deployment")
	if old := target.Get("deploymentName"); a.Target.Name == "" && old.Set() { // version 1
		a.Target.Name, a.Target.Position = old.Text(), old.At
	}
	m.Autoscalers = append(m.Autoscalers, a)
	return &a.Object
}

// readScaledJob is what a ScaledJob says of its own number.
func readScaledJob(c yamldoc.Cursor, o deploy.Object) *deploy.Autoscaler {
	spec := c.Get("spec")
	return &deploy.Autoscaler{
		Object: o, Min: orDefault(spec.Get("minReplicaCount").Int(), 0), Max: orDefault(spec.Get("maxReplicaCount").Int(), 100),
		Metrics: triggers(spec), Target: deploy.Ref{Kind: o.Kind, Name: o.Name, Position: o.Position},
	}
}

func triggers(spec yamldoc.Cursor) []deploy.Metric {
	var list []deploy.Metric
	for _, item := range spec.Get("triggers").Items() {
		kind := item.Get("type")
		metric := deploy.Metric{Type: kind.Text(), Name: kind.Text()}
		metric.Target = first(item.Get("metricType"), item.Path("metadata", "type")).Field()
		if !metric.Target.Set {
			metric.Target.Position = kind.At
		}
		if metric.Target.Value == "Utilization" {
			metric.Utilization = item.Path("metadata", "value").Int()
		}
		list = append(list, metric)
	}
	return list
}

// readHTTPScaledObject reads the one of KEDA's HTTP add-on (its specification).
func readHTTPScaledObject(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	a := &deploy.Autoscaler{
		Object: o, Min: orDefault(spec.Path("replicas", "min").Int(), 0), Max: orDefault(spec.Path("replicas", "max").Int(), 100),
	}
	target := spec.Get("scaleTargetRef")
	a.Target, a.TargetAPI = targetOf(target, "Deployment")
	if old := target.Get("deployment"); a.Target.Name == "" && old.Set() {
		a.Target.Name, a.Target.Position = old.Text(), old.At
	}
	m.Autoscalers = append(m.Autoscalers, a)
	return &a.Object
}

// readRevisionScale is the autoscaler that Knative gives a Service (Knative
// documentation, "Configuring scale bounds"): none at least, and 0, which means
// no bound, at most, where the annotations say nothing.
func readRevisionScale(c yamldoc.Cursor, o deploy.Object) *deploy.Autoscaler {
	annotations := c.Path("spec", "template", "metadata", "annotations")
	bound := func(names ...string) deploy.Field[int] {
		var list []yamldoc.Cursor
		for _, name := range names {
			list = append(list, annotations.Get("autoscaling.knative.dev/"+name))
		}
		return first(list...).Int()
	}
	return &deploy.Autoscaler{
		Object: o, Min: bound("min-scale", "minScale"), Max: bound("max-scale", "maxScale"),
		Target: deploy.Ref{Kind: o.Kind, Name: o.Name, Position: o.Position},
	}
}
