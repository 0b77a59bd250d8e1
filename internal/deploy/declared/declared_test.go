package declared_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy/manifests"
	"github.com/cnready/cnready/internal/tree/treetest"
)

const pod = `apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: shop}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers: [{name: a, image: "shop/a:1"}]
`

func named(name, more string) string { return strings.ReplaceAll(pod, "NAME", name) + more }

// TestAdd reads one tree for each way in which a platform is declared.
func TestAdd(t *testing.T) {
	for _, test := range []struct {
		name, archive string
		want          []string // platform, what declares it, where it says so
	}{
		{"any cluster", "-- a.yaml --\n" + named("a", ""), []string{"kubernetes Deployment/a a.yaml:3"}},
		{"each rendering of a chart",
			"-- c/Chart.yaml --\nname: c\n-- c/values.yaml --\nx: 1\n-- c/values-prod.yaml --\nx: 2\n-- c/templates/a.yaml --\n" + named("a", ""),
			[]string{"kubernetes Deployment/a c/templates/a.yaml:3", "kubernetes Deployment/a c/templates/a.yaml:3"}},
		{"openshift", "-- a.yaml --\n" + strings.NewReplacer("apps/v1", "apps.openshift.io/v1", "Deployment", "DeploymentConfig", "{matchLabels: {app: NAME}}", "{app: NAME}", "NAME", "a").Replace(pod) +
			"---\napiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: a}\nspec: {to: {kind: Service, name: a}}\n",
			[]string{"kubernetes DeploymentConfig/a a.yaml:3", "openshift DeploymentConfig/a a.yaml:3", "openshift Route/a a.yaml:13"}},
		{"autopilot", "-- a.yaml --\n" + named("a", "      nodeSelector:\n        cloud.google.com/compute-class: Balanced\n"),
			[]string{"gke-autopilot Deployment/a a.yaml:11", "kubernetes Deployment/a a.yaml:3"}},
		{"gke by its nodes", "-- a.yaml --\n" + named("a", "      tolerations: [{key: cloud.google.com/gke-spot, operator: Exists}]\n"),
			[]string{"gke Deployment/a a.yaml:10", "kubernetes Deployment/a a.yaml:3"}},
		{"not where nodes are shunned", "-- a.yaml --\n" + named("a", `      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.azure.com/cluster, operator: DoesNotExist}]}]
`),
			[]string{"kubernetes Deployment/a a.yaml:3"}},
		{"gke by the service account", "-- a.yaml --\n" + named("a", "      serviceAccountName: a\n") +
			"---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: shop, annotations: {iam.gke.io/gcp-service-account: a@b.iam.gserviceaccount.com}}\n",
			[]string{"gke Deployment/a a.yaml:14", "kubernetes Deployment/a a.yaml:3"}},
		{"aks by the service", "-- a.yaml --\n" + named("a", "") +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop, annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: \"true\"}}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n",
			[]string{"aks Deployment/a a.yaml:13", "kubernetes Deployment/a a.yaml:3"}},
		{"a service for any cloud", "-- a.yaml --\n" + named("a", "") +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop, annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: \"true\", cloud.google.com/load-balancer-type: Internal}}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n",
			[]string{"kubernetes Deployment/a a.yaml:3"}},
		{"kata by its class", "-- a.yaml --\n" + named("a", "      runtimeClassName: sandboxed\n") +
			"---\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: sandboxed}\nhandler: kata-qemu\n",
			[]string{"kata Deployment/a a.yaml:10", "kubernetes Deployment/a a.yaml:3"}},
		{"another sandbox", "-- a.yaml --\n" + named("a", "      runtimeClassName: kata\n") +
			"---\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: kata}\nhandler: runsc\n",
			[]string{"kubernetes Deployment/a a.yaml:3"}},
		{"cloud run", "-- a.yaml --\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: a\n  annotations: {run.googleapis.com/ingress: all}\nspec:\n  template:\n    spec:\n      containers: [{image: gcr.io/shop/a:1}]\n",
			[]string{"cloud-run Service/a a.yaml:4"}},
		{"knative", "-- a.yaml --\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers: [{image: gcr.io/shop/a:1}]\n",
			[]string{"kubernetes Service/a a.yaml:4"}},
		{"gke by its kinds", "-- a.yaml --\napiVersion: networking.gke.io/v1\nkind: ManagedCertificate\nmetadata: {name: a}\nspec: {domains: [a.example.com]}\n",
			[]string{"gke ManagedCertificate/a a.yaml:3"}},
		{"a machine of vSphere", "-- a.yaml --\napiVersion: vmoperator.vmware.com/v1alpha3\nkind: VirtualMachine\nmetadata: {name: a}\nspec: {className: best-effort-small, imageName: ubuntu}\n",
			[]string{"vsphere VirtualMachine/a a.yaml:3"}},
		{"a host", "-- compose.yaml --\nservices:\n  a: {image: \"shop/a:1\"}\n", []string{"docker service/a compose.yaml:2"}},
		{"a swarm, with all services of the file", "-- stack.yml --\nservices:\n  a:\n    image: shop/a:1\n    deploy: {update_config: {parallelism: 1}}\n  b: {image: \"shop/b:1\"}\n-- compose.yaml --\nservices:\n  c: {image: \"shop/c:1\", runtime: kata-runtime}\n",
			[]string{"docker service/c compose.yaml:2", "kata service/c compose.yaml:2", "swarm service/a stack.yml:2", "swarm service/b stack.yml:5"}},
		{"not a developer's machine", "-- docker-compose.dev.yml --\nservices:\n  a: {image: \"shop/a:1\"}\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range manifests.Read(nil, treetest.Open(t, test.archive)).Platforms {
				got = append(got, fmt.Sprintf("%s %s %s", p.ID, p.Object.ID(), p.Evidence.Short()))
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("platforms (-want +got):\n%s", diff)
			}
		})
	}
}
