package kubernetes

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"

	"github.com/cnready/cnready/internal/deploy"
)

// A parsedWorkload is a workload with what decides whether it is one.
type parsedWorkload struct {
	*deploy.Workload
	// fragment says why it is no whole workload, or is "".
	fragment string
	// selector is false where the kind needs one and there is none.
	selector bool
}

// kinds are the API versions under which each kind that is read was or is
// served; those that are gone decode into the current types (Kubernetes
// documentation, "Deprecated API Migration Guide").
var kinds = map[string][]string{
	"Deployment":            {"apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"},
	"StatefulSet":           {"apps/v1", "apps/v1beta1", "apps/v1beta2"},
	"DaemonSet":             {"apps/v1", "apps/v1beta2", "extensions/v1beta1"},
	"ReplicaSet":            {"apps/v1", "apps/v1beta2", "extensions/v1beta1"},
	"ReplicationController": {"v1"},
	"Job":                   {"batch/v1"},
	"CronJob":               {"batch/v1", "batch/v1beta1"},
	"Pod":                   {"v1"},
	"Service":               {"v1"},
	"LimitRange":            {"v1"},
}

// podSpecAt is where each kind has its pod's template, with the metadata and
// the spec of the pod.
var podSpecAt = map[string][]string{
	"Deployment":            {"spec", "template"},
	"StatefulSet":           {"spec", "template"},
	"DaemonSet":             {"spec", "template"},
	"ReplicaSet":            {"spec", "template"},
	"ReplicationController": {"spec", "template"},
	"Job":                   {"spec", "template"},
	"CronJob":               {"spec", "jobTemplate", "spec", "template"},
	"Pod":                   nil,
}

// decode reads JSON as the API server does: names are case-sensitive.
func decode(raw []byte, into any) error {
	return kjson.UnmarshalCaseSensitivePreserveInts(raw, into)
}

// newWorkload decodes an object of one of the kinds with a pod.
func newWorkload(kind string, raw []byte, c cursor, dir string) (*parsedWorkload, error) {
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
		claims := c.path("spec", "volumeClaimTemplates")
		for i := range o.Spec.VolumeClaimTemplates {
			name := o.Spec.VolumeClaimTemplates[i].Name
			w.Claims = append(w.Claims, name)
			w.Volumes = append(w.Volumes, deploy.Volume{
				Name: name, Kind: "persistentVolumeClaim", Source: name, Persistent: true,
				Position: claims.item(i).path("metadata", "name").at,
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
		w.RunsToEnd = o.Spec.RestartPolicy == corev1.RestartPolicyNever ||
			o.Spec.RestartPolicy == corev1.RestartPolicyOnFailure
	}
	if template == nil {
		template = &corev1.PodTemplateSpec{}
	}

	if !w.Replicas.Position.IsValid() {
		w.Replicas = deploy.Field[int]{Value: 1, Position: c.get("spec").at}
	}
	w.Name, w.Namespace = meta.Name, meta.Namespace
	at := c.path("metadata", "name")
	if w.Name == "" {
		w.Name = meta.GenerateName
		at = c.path("metadata", "generateName")
	}
	w.Position = at.at
	w.Labels = template.Labels
	readPod(w, &template.Spec, c.path(append(podSpecAt[kind], "spec")...))

	p := &parsedWorkload{Workload: w, selector: hasSelector}
	switch {
	case len(w.Containers) == 0:
		p.fragment = "has no containers"
	case !hasImage(w.Containers):
		p.fragment = "has no container with an image"
	}
	return p, nil
}

func hasImage(containers []*deploy.Container) bool {
	for _, c := range containers {
		if c.Image.Value != "" {
			return true
		}
	}
	return false
}

func replicas(c cursor, n *int32) deploy.Field[int] {
	at := c.path("spec", "replicas").at
	if n == nil {
		return deploy.Field[int]{Value: 1, Position: at}
	}
	return deploy.Field[int]{Value: int(*n), Set: true, Position: at}
}

// field is an optional value with its place.
func field[T any](v *T, c cursor) deploy.Field[T] {
	f := deploy.Field[T]{Position: c.at}
	if v != nil {
		f.Value, f.Set = *v, true
	}
	return f
}

// truth is a flag whose absence means false.
func truth(v bool, c cursor) deploy.Field[bool] {
	return deploy.Field[bool]{Value: v, Set: c.set(), Position: c.at}
}

func readPod(w *deploy.Workload, spec *corev1.PodSpec, c cursor) {
	grace := c.get("terminationGracePeriodSeconds")
	// 30 seconds is the default (Kubernetes API reference, PodSpec).
	w.GraceSeconds = deploy.Field[int]{Value: 30, Position: grace.at}
	if s := spec.TerminationGracePeriodSeconds; s != nil {
		w.GraceSeconds.Value, w.GraceSeconds.Set = int(*s), true
	}
	w.HostNetwork = truth(spec.HostNetwork, c.get("hostNetwork"))
	w.HostPID = truth(spec.HostPID, c.get("hostPID"))
	w.HostIPC = truth(spec.HostIPC, c.get("hostIPC"))
	security := c.get("securityContext")
	sc := spec.SecurityContext
	if sc == nil {
		sc = &corev1.PodSecurityContext{}
	}
	w.RunAsNonRoot = field(sc.RunAsNonRoot, security.get("runAsNonRoot"))
	w.RunAsUser = field(sc.RunAsUser, security.get("runAsUser"))
	w.Resources = readResources(spec.Resources != nil, c.get("resources"))

	// A claim template's volume replaces one of the pod with the same name.
	volumes := c.get("volumes")
	for i := range spec.Volumes {
		v := readVolume(&spec.Volumes[i], volumes.item(i))
		if !slices.Contains(w.Claims, v.Name) {
			w.Volumes = append(w.Volumes, v)
		}
	}
	initial := c.get("initContainers")
	var sidecars []*deploy.Container
	for i := range spec.InitContainers {
		o := &spec.InitContainers[i]
		container := readContainer(o, initial.item(i))
		// Kubernetes documentation, "Sidecar Containers".
		if o.RestartPolicy != nil && *o.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			container.Sidecar = true
			sidecars = append(sidecars, container)
			continue
		}
		w.Init = append(w.Init, container)
	}
	containers := c.get("containers")
	for i := range spec.Containers {
		w.Containers = append(w.Containers, readContainer(&spec.Containers[i], containers.item(i)))
	}
	if len(w.Containers) > 0 {
		w.Containers = append(w.Containers, sidecars...)
	}
}

func readContainer(o *corev1.Container, c cursor) *deploy.Container {
	// What a container lacks is shown at its name.
	if name := c.get("name"); name.set() {
		c.at = name.at
	}
	security, sc := c.get("securityContext"), o.SecurityContext
	if sc == nil {
		sc = &corev1.SecurityContext{}
	}
	preStop := c.path("lifecycle", "preStop")
	container := &deploy.Container{
		Name:         o.Name,
		Position:     c.at,
		Image:        text(o.Image, c.get("image")),
		Command:      deploy.Field[[]string]{Value: o.Command, Set: c.get("command").set(), Position: c.get("command").at},
		Args:         deploy.Field[[]string]{Value: o.Args, Set: c.get("args").set(), Position: c.get("args").at},
		Readiness:    readProbe(o.ReadinessProbe, c.get("readinessProbe")),
		Liveness:     readProbe(o.LivenessProbe, c.get("livenessProbe")),
		Startup:      readProbe(o.StartupProbe, c.get("startupProbe")),
		Resources:    readResources(true, c.get("resources")),
		RunAsNonRoot: field(sc.RunAsNonRoot, security.get("runAsNonRoot")),
		RunAsUser:    field(sc.RunAsUser, security.get("runAsUser")),
		ReadOnlyRoot: field(sc.ReadOnlyRootFilesystem, security.get("readOnlyRootFilesystem")),
		Privileged:   field(sc.Privileged, security.get("privileged")),
		PreStop:      deploy.Field[bool]{Value: preStop.set(), Set: preStop.set(), Position: preStop.at},
	}
	env := c.get("env")
	for i := range o.Env {
		container.Env = append(container.Env, readEnv(&o.Env[i], env.item(i)))
	}
	from := c.get("envFrom")
	for i := range o.EnvFrom {
		e, at := &o.EnvFrom[i], from.item(i)
		if s := e.ConfigMapRef; s != nil {
			container.EnvFrom = append(container.EnvFrom, ref("ConfigMap", s.Name, "", s.Optional, at.get("configMapRef")))
		}
		if s := e.SecretRef; s != nil {
			container.EnvFrom = append(container.EnvFrom, ref("Secret", s.Name, "", s.Optional, at.get("secretRef")))
		}
	}
	ports := c.get("ports")
	for i := range o.Ports {
		p, at := &o.Ports[i], ports.item(i)
		protocol := string(p.Protocol)
		if protocol == "" {
			protocol = string(corev1.ProtocolTCP)
		}
		container.Ports = append(container.Ports, deploy.Port{
			Name: p.Name, Number: int(p.ContainerPort), Protocol: protocol, HostPort: int(p.HostPort),
			Position: at.get("containerPort").at,
		})
	}
	mounts := c.get("volumeMounts")
	for i := range o.VolumeMounts {
		m, at := &o.VolumeMounts[i], mounts.item(i)
		sub := m.SubPath
		if sub == "" {
			sub = m.SubPathExpr
		}
		container.Mounts = append(container.Mounts, deploy.Mount{
			Volume: m.Name, Path: m.MountPath, SubPath: sub, ReadOnly: m.ReadOnly,
			Position: at.get("mountPath").at,
		})
	}
	return container
}

func text(v string, c cursor) deploy.Field[string] {
	return deploy.Field[string]{Value: v, Set: c.set(), Position: c.at}
}

func readEnv(o *corev1.EnvVar, c cursor) deploy.Env {
	env := deploy.Env{Name: o.Name, Value: o.Value, Position: c.get("name").at}
	env.ValuePosition = c.get("value").at
	from := o.ValueFrom
	if from == nil {
		return env
	}
	at := c.get("valueFrom")
	switch {
	case from.ConfigMapKeyRef != nil:
		s := from.ConfigMapKeyRef
		env.From = "configMap"
		env.Ref = ref("ConfigMap", s.Name, s.Key, s.Optional, at.get("configMapKeyRef"))
	case from.SecretKeyRef != nil:
		s := from.SecretKeyRef
		env.From = "secret"
		env.Ref = ref("Secret", s.Name, s.Key, s.Optional, at.get("secretKeyRef"))
	case from.FieldRef != nil:
		env.From = "field"
		env.Ref = deploy.Ref{Key: from.FieldRef.FieldPath, Position: at.path("fieldRef", "fieldPath").at}
	case from.ResourceFieldRef != nil:
		env.From = "resource"
		env.Ref = deploy.Ref{Key: from.ResourceFieldRef.Resource, Position: at.path("resourceFieldRef", "resource").at}
	case from.FileKeyRef != nil:
		env.From = "file"
		env.Ref = deploy.Ref{Name: from.FileKeyRef.VolumeName, Key: from.FileKeyRef.Key, Position: at.path("fileKeyRef", "key").at}
	default:
		return env
	}
	env.ValuePosition = env.Ref.Position
	return env
}

func ref(kind, name, key string, optional *bool, c cursor) deploy.Ref {
	return deploy.Ref{
		Kind: kind, Name: name, Key: key, Optional: optional != nil && *optional,
		Position: c.get("name").at,
	}
}

func readProbe(o *corev1.Probe, c cursor) deploy.Field[deploy.Probe] {
	f := deploy.Field[deploy.Probe]{Position: c.at}
	if o == nil {
		return f
	}
	f.Set = true
	p := deploy.Probe{Position: c.at}
	switch {
	case o.HTTPGet != nil:
		p = deploy.Probe{
			Kind: "httpGet", Path: o.HTTPGet.Path, Port: o.HTTPGet.Port.String(),
			Scheme: string(o.HTTPGet.Scheme), Position: c.get("httpGet").at,
		}
	case o.GRPC != nil:
		p = deploy.Probe{Kind: "grpc", Port: c.path("grpc", "port").text(), Position: c.get("grpc").at}
		if o.GRPC.Service != nil {
			p.Path = *o.GRPC.Service
		}
	case o.TCPSocket != nil:
		p = deploy.Probe{Kind: "tcpSocket", Port: o.TCPSocket.Port.String(), Position: c.get("tcpSocket").at}
	case o.Exec != nil:
		p = deploy.Probe{Kind: "exec", Command: o.Exec.Command, Position: c.get("exec").at}
	}
	f.Value = p
	return f
}

func readResources(set bool, c cursor) deploy.Resources {
	r := deploy.Resources{Position: c.at}
	amount := func(keys ...string) deploy.Field[string] {
		at := c.path(keys...)
		if !set {
			at = cursor{d: c.d, at: c.at}
		}
		return text(at.text(), at)
	}
	r.CPURequest = amount("requests", "cpu")
	r.MemoryRequest = amount("requests", "memory")
	r.CPULimit = amount("limits", "cpu")
	r.MemoryLimit = amount("limits", "memory")
	return r
}

// persistent are the kinds of volumes that outlive the pod and can follow it to
// another node (Kubernetes documentation, "Volumes"). A hostPath stays on its
// node, and a generic ephemeral volume goes with its pod.
var persistent = map[string]bool{
	"persistentVolumeClaim": true, "csi": true, "nfs": true,
	"awsElasticBlockStore": true, "gcePersistentDisk": true, "azureDisk": true, "azureFile": true,
	"cephfs": true, "rbd": true, "glusterfs": true, "iscsi": true, "fc": true,
	"portworxVolume": true, "storageos": true, "vsphereVolume": true, "flexVolume": true,
	"cinder": true, "scaleIO": true, "quobyte": true, "photonPersistentDisk": true, "flocker": true,
}

// ephemeralDrivers are CSI drivers whose inline volumes hold what they generate
// for the pod (their own documentation). Other inline volumes may be a share or
// a bucket.
var ephemeralDrivers = map[string]bool{
	"secrets-store.csi.k8s.io": true, "secrets-store-gke.csi.k8s.io": true,
	"csi.cert-manager.io": true, "spiffe.csi.cert-manager.io": true, "csi.spiffe.io": true,
	"inline.storage.kubevirt.io": true, "csi-image.warm-metal.tech": true,
}

// readOnlyKinds are the kinds of volumes that no container can write to.
var readOnlyKinds = map[string]bool{
	"configMap": true, "secret": true, "projected": true, "downwardAPI": true, "image": true,
}

func readVolume(o *corev1.Volume, c cursor) deploy.Volume {
	v := deploy.Volume{Name: o.Name, Position: c.at}
	if name := c.get("name"); name.set() {
		v.Position = name.at
	}
	for _, key := range c.keys() {
		if key != "name" && c.get(key).set() {
			v.Kind = key
			break
		}
	}
	switch {
	case v.Kind == "": // an empty source is an emptyDir (API defaults of Volume)
		v.Kind = "emptyDir"
	case o.HostPath != nil:
		v.Source = o.HostPath.Path
	case o.PersistentVolumeClaim != nil:
		v.Source, v.ReadOnly = o.PersistentVolumeClaim.ClaimName, o.PersistentVolumeClaim.ReadOnly
	case o.ConfigMap != nil:
		v.Source = o.ConfigMap.Name
	case o.Secret != nil:
		v.Source = o.Secret.SecretName
	case o.NFS != nil:
		v.Source, v.ReadOnly = o.NFS.Server+":"+o.NFS.Path, o.NFS.ReadOnly
	case o.CSI != nil:
		v.Source, v.ReadOnly = o.CSI.Driver, o.CSI.ReadOnly != nil && *o.CSI.ReadOnly
	case o.AzureFile != nil:
		v.Source, v.ReadOnly = o.AzureFile.ShareName, o.AzureFile.ReadOnly
	case o.AzureDisk != nil:
		v.Source, v.ReadOnly = o.AzureDisk.DiskName, o.AzureDisk.ReadOnly != nil && *o.AzureDisk.ReadOnly
	case o.AWSElasticBlockStore != nil:
		v.Source, v.ReadOnly = o.AWSElasticBlockStore.VolumeID, o.AWSElasticBlockStore.ReadOnly
	case o.GCEPersistentDisk != nil:
		v.Source, v.ReadOnly = o.GCEPersistentDisk.PDName, o.GCEPersistentDisk.ReadOnly
	case o.Image != nil:
		v.Source = o.Image.Reference
	}
	v.Persistent = persistent[v.Kind] && !(o.CSI != nil && ephemeralDrivers[o.CSI.Driver])
	v.ReadOnly = v.ReadOnly || readOnlyKinds[v.Kind]
	return v
}

// newService decodes a Service.
func newService(raw []byte, c cursor, dir string) (*deploy.Endpoint, error) {
	var o corev1.Service
	if err := decode(raw, &o); err != nil {
		return nil, err
	}
	e := &deploy.Endpoint{
		Platform: "kubernetes", Kind: "Service", Name: o.Name, Namespace: o.Namespace, Dir: dir,
		Type: string(o.Spec.Type), Selector: o.Spec.Selector, Position: c.path("metadata", "name").at,
	}
	if e.Type == "" {
		e.Type = string(corev1.ServiceTypeClusterIP)
	}
	ports := c.path("spec", "ports")
	for i := range o.Spec.Ports {
		p, at := &o.Spec.Ports[i], ports.item(i)
		port := at.get("port")
		at.at = port.at
		target := at.get("targetPort")
		e.Ports = append(e.Ports, deploy.EndpointPort{
			Name: p.Name, Number: int(p.Port), TargetPort: target.text(),
			Position: port.at, TargetPosition: target.at,
		})
	}
	return e, nil
}

// A limits is a LimitRange with what it gives to containers.
type limits struct {
	namespace string
	dir       string
	file      string
	resources deploy.Resources
}

// newLimits decodes a LimitRange; it is nil where it gives containers nothing.
// What is not given follows from what is, as in the API's defaults of
// LimitRangeItem: a default limit from max, a default request from the default
// limit, then from min.
func newLimits(raw []byte, c cursor, dir string) (*limits, error) {
	var o corev1.LimitRange
	if err := decode(raw, &o); err != nil {
		return nil, err
	}
	l := &limits{namespace: o.Namespace, dir: dir, file: c.d.file}
	l.resources.Position = c.path("metadata", "name").at
	given := false
	items := c.path("spec", "limits")
	for i := range o.Spec.Limits {
		if o.Spec.Limits[i].Type != corev1.LimitTypeContainer {
			continue
		}
		item := items.item(i)
		first := func(resource string, from ...string) deploy.Field[string] {
			for _, key := range from {
				if at := item.path(key, resource); at.set() {
					given = true
					return text(at.text(), at)
				}
			}
			return deploy.Field[string]{Position: item.at}
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
