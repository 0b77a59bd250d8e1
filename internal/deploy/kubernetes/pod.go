package kubernetes

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

func readPod(w *deploy.Workload, spec *corev1.PodSpec, c yamldoc.Cursor) {
	grace := c.Get("terminationGracePeriodSeconds")
	// 30 seconds is the default (Kubernetes API reference, PodSpec).
	w.GraceSeconds = deploy.Field[int]{Value: 30, Position: grace.At}
	if s := spec.TerminationGracePeriodSeconds; s != nil {
		w.GraceSeconds.Value, w.GraceSeconds.Set = int(*s), true
	}
	if grace.Unknown() {
		w.GraceSeconds.Set, w.GraceSeconds.Unknown = true, true
	}
	w.HostNetwork = truth(spec.HostNetwork, c.Get("hostNetwork"))
	w.HostPID = truth(spec.HostPID, c.Get("hostPID"))
	w.HostIPC = truth(spec.HostIPC, c.Get("hostIPC"))
	security := c.Get("securityContext")
	sc := spec.SecurityContext
	if sc == nil {
		sc = &corev1.PodSecurityContext{}
	}
	w.RunAsNonRoot = field(sc.RunAsNonRoot, security.Get("runAsNonRoot"))
	w.RunAsUser = field(sc.RunAsUser, security.Get("runAsUser"))
	w.Resources = readResources(spec.Resources != nil, c.Get("resources"))
	w.Security = readPodSecurity(c)
	w.Placement = readPlacement(c)
	w.RestartPolicy = c.Get("restartPolicy").Field()
	w.ServiceAccount = c.Get("serviceAccountName").Field()
	if old := c.Get("serviceAccount"); !w.ServiceAccount.Set && old.Set() {
		w.ServiceAccount = old.Field()
	}
	w.AutomountToken = c.Get("automountServiceAccountToken").Bool()
	w.PullSecrets = namedRefs("Secret", c.Get("imagePullSecrets"))
	w.RuntimeClass = c.Get("runtimeClassName").Field()
	w.PriorityClass = c.Get("priorityClassName").Field()
	w.ShareProcessNamespace = c.Get("shareProcessNamespace").Bool()
	w.DNSPolicy = c.Get("dnsPolicy").Field()
	w.Hostname = c.Get("hostname").Field()
	for _, item := range c.Get("hostAliases").Items() {
		w.HostAliases = append(w.HostAliases, deploy.HostAlias{
			IP: item.Get("ip").Field(), Names: item.Get("hostnames").Strings(), Position: item.Get("ip").At,
		})
	}

	// A claim template's volume replaces one of the pod with the same name.
	volumes := c.Get("volumes")
	for i := range spec.Volumes {
		v := readVolume(&spec.Volumes[i], volumes.Item(i))
		if !slices.Contains(w.Claims, v.Name) {
			w.Volumes = append(w.Volumes, v)
		}
	}
	initial := c.Get("initContainers")
	var sidecars []*deploy.Container
	for i := range spec.InitContainers {
		o := &spec.InitContainers[i]
		container := readContainer(o, initial.Item(i))
		// Kubernetes documentation, "Sidecar Containers".
		if o.RestartPolicy != nil && *o.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			container.Sidecar = true
			sidecars = append(sidecars, container)
			continue
		}
		w.Init = append(w.Init, container)
	}
	containers := c.Get("containers")
	for i := range spec.Containers {
		w.Containers = append(w.Containers, readContainer(&spec.Containers[i], containers.Item(i)))
	}
	if len(w.Containers) > 0 {
		w.Containers = append(w.Containers, sidecars...)
	}
}

// readPodSecurity reads what a pod says of its containers' rights, beside the
// user that they run as.
func readPodSecurity(c yamldoc.Cursor) deploy.PodSecurity {
	sc := c.Get("securityContext")
	s := deploy.PodSecurity{
		RunAsGroup:          sc.Get("runAsGroup").Int64(),
		FSGroup:             sc.Get("fsGroup").Int64(),
		FSGroupChangePolicy: sc.Get("fsGroupChangePolicy").Field(),
		Seccomp:             profile(sc.Get("seccompProfile")),
		AppArmor:            profile(sc.Get("appArmorProfile")),
		HostUsers:           c.Get("hostUsers").Bool(),
		Position:            sc.At,
	}
	groups := sc.Get("supplementalGroups")
	s.SupplementalGroups = deploy.Field[[]int64]{Set: groups.Set(), Position: groups.At}
	for _, item := range groups.Items() {
		n := item.Int64()
		s.SupplementalGroups.Value = append(s.SupplementalGroups.Value, n.Value)
		s.SupplementalGroups.Unknown = s.SupplementalGroups.Unknown || n.Unknown
	}
	for _, item := range sc.Get("sysctls").Items() {
		s.Sysctls = append(s.Sysctls, deploy.Pair{Name: item.Get("name").Text(), Value: item.Get("value").Text(), Position: item.Get("name").At})
	}
	return s
}

// profile is a seccomp or AppArmor profile: its type, and its file where the
// node has it.
func profile(c yamldoc.Cursor) deploy.Field[string] {
	f := c.Get("type").Field()
	if local := c.Get("localhostProfile"); local.Set() {
		f.Value += "/" + local.Text()
	}
	return f
}

// namedRefs are the entries of a list of mappings with names.
func namedRefs(kind string, list yamldoc.Cursor) []deploy.Ref {
	var refs []deploy.Ref
	for _, item := range list.Items() {
		if name := item.Get("name"); name.Text() != "" {
			refs = append(refs, deploy.Ref{Kind: kind, Name: name.Text(), Position: name.At})
		}
	}
	return refs
}
