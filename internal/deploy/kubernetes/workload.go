package kubernetes

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// A parsedWorkload is a workload with what decides whether it is one.
type parsedWorkload struct {
	*deploy.Workload
	// fragment says why it is no whole workload, or is "".
	fragment string
	// selector is false where the kind needs one and there is none.
	selector bool
}

// kinds are the API versions under which each kind that is read into the types
// of the Kubernetes API was or is served; those that are gone decode into the
// current types (Kubernetes documentation, "Deprecated API Migration Guide").
// Other kinds are read from their nodes alone, see readers.
var kinds = map[string][]string{
	"Deployment":            {"apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"},
	"StatefulSet":           {"apps/v1", "apps/v1beta1", "apps/v1beta2", "apps.kruise.io/v1beta1", "apps.kruise.io/v1alpha1"},
	"DaemonSet":             {"apps/v1", "apps/v1beta2", "extensions/v1beta1", "apps.kruise.io/v1beta1", "apps.kruise.io/v1alpha1"},
	"ReplicaSet":            {"apps/v1", "apps/v1beta2", "extensions/v1beta1"},
	"ReplicationController": {"v1"},
	"Job":                   {"batch/v1"},
	"CronJob":               {"batch/v1", "batch/v1beta1", "batch/v2alpha1"},
	"Pod":                   {"v1"},
	"LimitRange":            {"v1"},
	"Service":               {"v1", "serving.knative.dev/v1", "serving.knative.dev/v1beta1", "serving.knative.dev/v1alpha1"},
	"Configuration":         {"serving.knative.dev/v1", "serving.knative.dev/v1beta1", "serving.knative.dev/v1alpha1"},
	// Argo Rollouts documentation, "Rollout Specification".
	"Rollout": {"argoproj.io/v1alpha1"},
	// OpenShift API reference; the version without a group is that of releases
	// before 3.6.
	"DeploymentConfig": {"apps.openshift.io/v1", "v1"},
	// OpenKruise documentation, "CloneSet".
	"CloneSet": {"apps.kruise.io/v1alpha1", "apps.kruise.io/v1beta1"},
	// KEDA documentation, "ScaledJob specification".
	"ScaledJob": {"keda.sh/v1alpha1", "keda.k8s.io/v1alpha1"},
}

// podSpecAt is where each kind has its pod's template, with the metadata and
// the spec of the pod.
var podSpecAt = map[string][]string{
	"CronJob":   {"spec", "jobTemplate", "spec", "template"},
	"ScaledJob": {"spec", "jobTargetRef", "template"},
	"Pod":       nil,
}

func templateAt(kind string) []string {
	if at, ok := podSpecAt[kind]; ok {
		return at
	}
	return []string{"spec", "template"}
}

// decode reads JSON as the API server does: names are case-sensitive.
func decode(raw []byte, into any) error {
	return kjson.UnmarshalCaseSensitivePreserveInts(raw, into)
}

// newWorkload decodes an object of one of the kinds with a pod.
func newWorkload(kind string, raw []byte, c yamldoc.Cursor, dir string) (*parsedWorkload, error) {
	w := &deploy.Workload{Platform: "kubernetes", Kind: kind, Dir: dir, Controlled: true}
	var meta metav1.ObjectMeta
	var template *corev1.PodTemplateSpec
	hasSelector := true

	switch kind {
	case "Deployment":
		var o appsv1.Deployment
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template, hasSelector = o.ObjectMeta, &o.Spec.Template, o.Spec.Selector != nil
		w.Replicas = replicas(c, o.Spec.Replicas)
	case "StatefulSet":
		var o appsv1.StatefulSet
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template, hasSelector = o.ObjectMeta, &o.Spec.Template, o.Spec.Selector != nil
		w.Replicas = replicas(c, o.Spec.Replicas)
		claims := c.Path("spec", "volumeClaimTemplates")
		for i := range o.Spec.VolumeClaimTemplates {
			name := o.Spec.VolumeClaimTemplates[i].Name
			w.Claims = append(w.Claims, name)
			w.ClaimTemplates = append(w.ClaimTemplates, readClaim(claims.Item(i)))
			w.Volumes = append(w.Volumes, deploy.Volume{
				Name: name, Kind: "persistentVolumeClaim", Source: name, Persistent: true,
				Position: claims.Item(i).Path("metadata", "name").At, SourcePosition: claims.Item(i).Path("metadata", "name").At,
			})
		}
	case "DaemonSet":
		var o appsv1.DaemonSet
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template, hasSelector = o.ObjectMeta, &o.Spec.Template, o.Spec.Selector != nil
	case "ReplicaSet":
		var o appsv1.ReplicaSet
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template, hasSelector = o.ObjectMeta, &o.Spec.Template, o.Spec.Selector != nil
		w.Replicas = replicas(c, o.Spec.Replicas)
	case "ReplicationController":
		var o corev1.ReplicationController
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template, hasSelector = o.ObjectMeta, o.Spec.Template, len(o.Spec.Selector) > 0
		w.Replicas = replicas(c, o.Spec.Replicas)
	case "Job":
		var o batchv1.Job
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template = o.ObjectMeta, &o.Spec.Template
		w.RunsToEnd = true
	case "CronJob":
		var o batchv1.CronJob
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template = o.ObjectMeta, &o.Spec.JobTemplate.Spec.Template
		w.RunsToEnd, w.Schedule = true, true
	case "Pod":
		var o corev1.Pod
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template = o.ObjectMeta, &corev1.PodTemplateSpec{ObjectMeta: o.ObjectMeta, Spec: o.Spec}
		w.Controlled = metav1.GetControllerOf(&o) != nil
		w.RunsToEnd = runsToEnd(&o.Spec)
	default:
		var o struct {
			metav1.ObjectMeta `json:"metadata"`
			Spec              struct {
				Template     *corev1.PodTemplateSpec `json:"template"`
				JobTargetRef struct {
					Template *corev1.PodTemplateSpec `json:"template"`
				} `json:"jobTargetRef"`
			} `json:"spec"`
		}
		if err := decode(raw, &o); err != nil {
			return nil, err
		}
		meta, template = o.ObjectMeta, o.Spec.Template
		if kind == "ScaledJob" {
			template, w.RunsToEnd = o.Spec.JobTargetRef.Template, true
		}
		w.Replicas = c.Path("spec", "replicas").Int()
		if !w.Replicas.Set {
			w.Replicas.Value = 1
		}
		// Knative gives a container a probe where it has none, and resources
		// where its settings say so (Knative documentation, "Configuring
		// probes", "Configure resource requests and limits").
		w.Custom = strings.HasPrefix(c.Get("apiVersion").Text(), "serving.knative.dev/")
	}
	if template == nil {
		template = &corev1.PodTemplateSpec{}
	}

	if !w.Replicas.Position.IsValid() {
		w.Replicas = deploy.Field[int]{Value: 1, Position: c.Get("spec").At}
	}
	w.Name, w.Namespace = meta.Name, meta.Namespace
	at := c.Path("metadata", "name")
	if w.Name == "" {
		w.Name = meta.GenerateName
		at = c.Path("metadata", "generateName")
	}
	w.Position = at.At
	w.Labels = template.Labels
	readPod(w, &template.Spec, c.Path(templateAt(kind)...).Get("spec"))
	readController(w, c)

	p := &parsedWorkload{Workload: w, selector: hasSelector}
	switch {
	case len(w.Containers) == 0 && w.TemplateRef.Set:
	case len(w.Containers) == 0:
		p.fragment = "has no containers"
	case !hasImage(w.Containers):
		p.fragment = "has no container with an image"
	}
	return p, nil
}

// runsToEnd tells of a pod that is not started again when it ends.
func runsToEnd(spec *corev1.PodSpec) bool {
	return spec.RestartPolicy == corev1.RestartPolicyNever || spec.RestartPolicy == corev1.RestartPolicyOnFailure
}

func hasImage(containers []*deploy.Container) bool {
	for _, c := range containers {
		if c.Image.Value != "" || len(c.Replaced) > 0 {
			return true
		}
	}
	return false
}

func replicas(c yamldoc.Cursor, n *int32) deploy.Field[int] {
	field := c.Path("spec", "replicas")
	at := field.At
	if n == nil {
		return deploy.Field[int]{Value: 1, Set: field.Unknown(), Unknown: field.Unknown(), Position: at}
	}
	return deploy.Field[int]{Value: int(*n), Set: true, Position: at}
}

// field is an optional value with its place.
func field[T any](v *T, c yamldoc.Cursor) deploy.Field[T] {
	f := deploy.Field[T]{Set: c.Unknown(), Unknown: c.Unknown(), Position: c.At}
	if v != nil {
		f.Value, f.Set = *v, true
	}
	return f
}

// truth is a flag whose absence means false.
func truth(v bool, c yamldoc.Cursor) deploy.Field[bool] {
	return deploy.Field[bool]{Value: v, Set: c.Set(), Unknown: c.Unknown(), Position: c.At}
}
