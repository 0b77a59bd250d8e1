package kubernetes

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// identify reads what all objects have. Its folder is the file's.
func identify(c yamldoc.Cursor) deploy.Object {
	meta := c.Get("metadata")
	name := first(meta.Get("name"), meta.Get("generateName"))
	if !name.Set() {
		name = meta
	}
	o := deploy.Object{
		Platform: deploy.Kubernetes, APIVersion: c.Get("apiVersion").Text(), Kind: c.Get("kind").Text(),
		Name: name.Text(), Namespace: meta.Get("namespace").Text(),
		Position: name.At, APIPosition: c.Get("apiVersion").At,
		Labels: meta.Get("labels").Map(), Annotations: meta.Get("annotations").Map(),
	}
	return o
}

// group is the part of an API version before the slash, "" for the core group.
func group(version string) string {
	name, _, found := strings.Cut(version, "/")
	if !found {
		return ""
	}
	return name
}

// A reader takes in an object of a kind that is read from its nodes.
type reader struct {
	groups []string // those in which the kind is known
	read   func(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object
}

// readers are the kinds that are read from their nodes alone: their types in
// k8s.io/api would tell what the API server refuses, but cost the start of every
// process and, for most of these kinds, another module.
var readers = map[string][]reader{
	"ConfigMap":             {{[]string{""}, readConfigMap}},
	"Secret":                {{[]string{""}, readSecret}},
	"ExternalSecret":        {{[]string{"external-secrets.io", "kubernetes-client.io"}, readExternalSecret}},
	"SealedSecret":          {{[]string{"bitnami.com"}, readSealedSecret}},
	"Certificate":           {{[]string{"cert-manager.io", "certmanager.k8s.io"}, readCertificate}},
	"SecretProviderClass":   {{[]string{"secrets-store.csi.x-k8s.io"}, readSecretProviderClass}},
	"VaultStaticSecret":     {{[]string{"secrets.hashicorp.com"}, readDestination}},
	"VaultDynamicSecret":    {{[]string{"secrets.hashicorp.com"}, readDestination}},
	"VaultPKISecret":        {{[]string{"secrets.hashicorp.com"}, readDestination}},
	"OnePasswordItem":       {{[]string{"onepassword.com"}, readNamesake}},
	"SopsSecret":            {{[]string{"isindir.github.com"}, readSopsSecret}},
	"InfisicalSecret":       {{[]string{"secrets.infisical.com"}, readInfisical}},
	"PersistentVolumeClaim": {{[]string{""}, readClaimObject}},
	"ServiceAccount":        {{[]string{""}, readServiceAccount}},
	"Namespace":             {{[]string{""}, readNamespace}},
	"ResourceQuota":         {{[]string{""}, readQuota}},
	"RuntimeClass":          {{[]string{"node.k8s.io"}, readRuntimeClass}},
	"PriorityClass":         {{[]string{"scheduling.k8s.io"}, readPriorityClass}},

	"HorizontalPodAutoscaler": {{[]string{"autoscaling"}, readHPA}},
	"VerticalPodAutoscaler":   {{[]string{"autoscaling.k8s.io", "poc.autoscaling.k8s.io"}, readVPA}},
	"ScaledObject":            {{[]string{"keda.sh", "keda.k8s.io"}, readScaledObject}},
	"HTTPScaledObject":        {{[]string{"http.keda.sh"}, readHTTPScaledObject}},
	"PodDisruptionBudget":     {{[]string{"policy"}, readBudget}},
	"NetworkPolicy": {
		{[]string{"networking.k8s.io", "extensions"}, readNetworkPolicy},
		{[]string{"crd.projectcalico.org", "projectcalico.org"}, readOpaquePolicy},
	},
	"CiliumNetworkPolicy": {{[]string{"cilium.io"}, readCiliumPolicy}},

	"Ingress":         {{[]string{"networking.k8s.io", "extensions"}, readIngress}},
	"HTTPRoute":       {{[]string{"gateway.networking.k8s.io"}, readGatewayRoute}},
	"GRPCRoute":       {{[]string{"gateway.networking.k8s.io"}, readGatewayRoute}},
	"TCPRoute":        {{[]string{"gateway.networking.k8s.io"}, readGatewayRoute}},
	"UDPRoute":        {{[]string{"gateway.networking.k8s.io"}, readGatewayRoute}},
	"TLSRoute":        {{[]string{"gateway.networking.k8s.io"}, readGatewayRoute}},
	"Route":           {{[]string{"route.openshift.io", ""}, readOpenShiftRoute}},
	"VirtualService":  {{[]string{"networking.istio.io"}, readVirtualService}},
	"DestinationRule": {{[]string{"networking.istio.io"}, readDestinationRule}},
	"IngressRoute":    {{[]string{"traefik.io", "traefik.containo.us"}, readIngressRoute}},
	"IngressRouteTCP": {{[]string{"traefik.io", "traefik.containo.us"}, readIngressRoute}},

	"Role":        {{[]string{"rbac.authorization.k8s.io"}, readRole}},
	"ClusterRole": {{[]string{"rbac.authorization.k8s.io"}, readRole}},
	"Gateway":     {{[]string{"gateway.networking.k8s.io"}, readGateway}},

	"BuildConfig": {{[]string{"build.openshift.io", ""}, readBuildConfig}},
	"ImageStream": {{[]string{"image.openshift.io", ""}, readNothing}},
}

// readerOf is the reader of a kind, or nil.
func readerOf(version, kind string) *reader {
	for i := range readers[kind] {
		if slices.Contains(readers[kind][i].groups, group(version)) {
			return &readers[kind][i]
		}
	}
	return nil
}

func readNothing(_ *deploy.Manifests, _ yamldoc.Cursor, o deploy.Object) *deploy.Object { return &o }
