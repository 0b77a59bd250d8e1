package kubernetes

import (
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// readController reads what a workload's own spec says, beside its pods: how it
// is updated, what it selects, when it ends.
func readController(w *deploy.Workload, c yamldoc.Cursor) {
	o := identify(c)
	w.APIVersion = c.Get("apiVersion").Field()
	w.ObjectLabels, w.Annotations = o.Labels, o.Annotations
	spec := c.Get("spec")
	switch w.Kind {
	case "ReplicationController", "DeploymentConfig":
		w.Selector = mapSelector(spec.Get("selector"))
	case "Pod":
	default:
		w.Selector = readSelector(spec.Get("selector"))
	}
	w.ServiceName = deploy.Field[string]{Position: spec.At}
	if w.Kind == "StatefulSet" {
		w.ServiceName = spec.Get("serviceName").Field()
	}
	if ref := spec.Path("workloadRef"); w.Kind == "Rollout" && ref.Get("name").Set() {
		w.TemplateRef = deploy.Field[deploy.Ref]{
			Value: deploy.Ref{Kind: ref.Get("kind").Text(), Name: ref.Get("name").Text(), Position: ref.Get("name").At},
			Set:   true, Position: ref.At,
		}
	}
	w.Update = readUpdate(w.Kind, spec)
	if w.Kind == "DeploymentConfig" {
		replacedByTriggers(w, c)
	}
	job := spec
	switch w.Kind {
	case "CronJob":
		w.Job.Schedule = spec.Get("schedule").Field()
		w.Job.Concurrency = spec.Get("concurrencyPolicy").Field()
		w.Job.StartingDeadline = spec.Get("startingDeadlineSeconds").Int()
		job = spec.Path("jobTemplate", "spec")
	case "ScaledJob":
		job = spec.Get("jobTargetRef")
	case "Job":
	default:
		return
	}
	w.Job.Suspend = first(spec.Get("suspend"), job.Get("suspend")).Bool()
	w.Job.BackoffLimit = job.Get("backoffLimit").Int()
	w.Job.Deadline = job.Get("activeDeadlineSeconds").Int()
	w.Job.TTL = job.Get("ttlSecondsAfterFinished").Int()
	w.Job.Completions = job.Get("completions").Int()
	w.Job.Parallelism = job.Get("parallelism").Int()
}

// readUpdate reads how a workload's instances are replaced.
func readUpdate(kind string, spec yamldoc.Cursor) deploy.Update {
	strategy := first(spec.Get("strategy"), spec.Get("updateStrategy"))
	u := deploy.Update{
		Strategy: strategy.Get("type").Field(), MinReady: spec.Get("minReadySeconds").Int(),
		Deadline: spec.Get("progressDeadlineSeconds").Int(), PodManagement: spec.Get("podManagementPolicy").Field(),
		Paused: spec.Get("paused").Bool(), Position: strategy.At,
	}
	detail := strategy.Get("rollingUpdate")
	switch kind {
	case "DeploymentConfig": // OpenShift API reference, DeploymentStrategy
		detail = strategy.Get("rollingParams")
	case "CloneSet": // OpenKruise documentation, "CloneSet"
		detail = strategy
	case "Rollout":
		for _, name := range []string{"canary", "blueGreen"} {
			if detail = strategy.Get(name); detail.Set() {
				u.Strategy = deploy.Field[string]{Value: name, Set: true, Position: detail.At}
				break
			}
		}
	}
	u.MaxUnavailable = detail.Get("maxUnavailable").Field()
	u.MaxSurge = detail.Get("maxSurge").Field()
	u.Partition = detail.Get("partition").Int()
	return u
}
