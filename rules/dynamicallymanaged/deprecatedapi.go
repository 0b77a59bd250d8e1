package dynamicallymanaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// DeprecatedAPI finds objects of API versions that Kubernetes no longer serves.
var DeprecatedAPI = &rule.Rule{
	Rule: finding.Rule{
		Name: "deprecatedapi",
		Doc: `an object is of an API version that Kubernetes no longer serves

A cluster of the named version or later refuses the object: what worked until the
last update of the cluster cannot be applied any more.

Source: Kubernetes documentation, "Deprecated API Migration Guide".

# Fails

	apiVersion: networking.k8s.io/v1beta1
	kind: Ingress

# Holds

	apiVersion: networking.k8s.io/v1
	kind: Ingress

# How to mend it

Write the version that is served, and the fields as it has them.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Manifests,
	Run:   deprecatedAPI,
}

// A removedAPI is an API version that a version of Kubernetes no longer serves.
type removedAPI struct {
	api, kinds string // kinds are separated by commas
	since, now string // now is the version that is served, "" for none
}

// removed is the Deprecated API Migration Guide as of Kubernetes 1.34
// (kubernetes.io/docs/reference/using-api/deprecation-guide, read in November
// 2026): what is no longer served.
var removed = []removedAPI{
	{"extensions/v1beta1", "DaemonSet,Deployment,ReplicaSet", "1.16", "apps/v1"},
	{"extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1"},
	{"extensions/v1beta1", "PodSecurityPolicy", "1.16", ""},
	{"extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"},
	{"apps/v1beta1", "Deployment,StatefulSet", "1.16", "apps/v1"},
	{"apps/v1beta2", "DaemonSet,Deployment,ReplicaSet,StatefulSet", "1.16", "apps/v1"},
	{"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration,ValidatingWebhookConfiguration", "1.22", "admissionregistration.k8s.io/v1"},
	{"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "1.22", "apiextensions.k8s.io/v1"},
	{"apiregistration.k8s.io/v1beta1", "APIService", "1.22", "apiregistration.k8s.io/v1"},
	{"certificates.k8s.io/v1beta1", "CertificateSigningRequest", "1.22", "certificates.k8s.io/v1"},
	{"coordination.k8s.io/v1beta1", "Lease", "1.22", "coordination.k8s.io/v1"},
	{"networking.k8s.io/v1beta1", "Ingress,IngressClass", "1.22", "networking.k8s.io/v1"},
	{"rbac.authorization.k8s.io/v1beta1", "ClusterRole,ClusterRoleBinding,Role,RoleBinding", "1.22", "rbac.authorization.k8s.io/v1"},
	{"scheduling.k8s.io/v1beta1", "PriorityClass", "1.22", "scheduling.k8s.io/v1"},
	{"storage.k8s.io/v1beta1", "CSIDriver,CSINode,StorageClass,VolumeAttachment", "1.22", "storage.k8s.io/v1"},
	{"autoscaling/v2beta1", "HorizontalPodAutoscaler", "1.25", "autoscaling/v2"},
	{"autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26", "autoscaling/v2"},
	{"batch/v1beta1", "CronJob", "1.25", "batch/v1"},
	{"discovery.k8s.io/v1beta1", "EndpointSlice", "1.25", "discovery.k8s.io/v1"},
	{"events.k8s.io/v1beta1", "Event", "1.25", "events.k8s.io/v1"},
	{"node.k8s.io/v1beta1", "RuntimeClass", "1.25", "node.k8s.io/v1"},
	{"policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1"},
	{"policy/v1beta1", "PodSecurityPolicy", "1.25", ""},
	{"flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema,PriorityLevelConfiguration", "1.26", "flowcontrol.apiserver.k8s.io/v1"},
	{"flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema,PriorityLevelConfiguration", "1.29", "flowcontrol.apiserver.k8s.io/v1"},
	{"flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema,PriorityLevelConfiguration", "1.32", "flowcontrol.apiserver.k8s.io/v1"},
	{"storage.k8s.io/v1beta1", "CSIStorageCapacity", "1.27", "storage.k8s.io/v1"},
}

func deprecatedAPI(p *rule.Pass) {
	for _, o := range p.Manifests.Objects {
		if o.Platform != deploy.Kubernetes {
			continue
		}
		for _, r := range removed {
			if o.APIVersion != r.api || !slices.Contains(strings.Split(r.kinds, ","), o.Kind) {
				continue
			}
			mend := "write " + r.now
			if r.now == "" {
				mend = "there is none in its place, remove it"
			}
			at := o.APIPosition
			if !at.IsValid() {
				at = o.Position
			}
			p.Fails(0, rule.Subject(*o, "", "API version"), finding.Finding{
				Position: at,
				Message:  fmt.Sprintf("%s is of %s, which Kubernetes has not served since %s: the cluster refuses it; %s", o.ID(), r.api, r.since, mend),
			})
		}
	}
}
