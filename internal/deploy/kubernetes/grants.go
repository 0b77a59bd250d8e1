package kubernetes

import (
	"slices"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// grantable are the resources that rules on references ask for, with their kinds.
var grantable = map[string]string{
	"secrets": "Secret", "configmaps": "ConfigMap", "services": "Service",
	"persistentvolumeclaims": "PersistentVolumeClaim", "serviceaccounts": "ServiceAccount", "*": "*",
}

// readRole reads which objects a role may make (Kubernetes documentation, "Using
// RBAC Authorization"). One that names what it may make is told nothing: names do
// not bound the making of objects.
func readRole(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	g := &deploy.Grant{Object: o}
	for _, rule := range c.Get("rules").Items() {
		verbs := rule.Get("verbs").Strings()
		if !slices.Contains(verbs, "create") && !slices.Contains(verbs, "*") {
			continue
		}
		groups := rule.Get("apiGroups").Strings()
		if !slices.Contains(groups, "") && !slices.Contains(groups, "*") {
			continue
		}
		for _, resource := range rule.Get("resources").Strings() {
			if kind := grantable[resource]; kind != "" && !slices.Contains(g.Creates, kind) {
				g.Creates = append(g.Creates, kind)
			}
		}
	}
	if len(g.Creates) > 0 {
		m.Grants = append(m.Grants, g)
	}
	return &g.Object
}

// servingCertificate is the Secret that OpenShift makes for a Service that asks
// for it (OpenShift documentation, "Add a service certificate").
func servingCertificate(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) {
	annotations := c.Path("metadata", "annotations")
	for _, name := range []string{"service.beta.openshift.io/serving-cert-secret-name", "service.alpha.openshift.io/serving-cert-secret-name"} {
		if at := annotations.Get(name); at.Text() != "" {
			made(m, o, at, []deploy.ConfigKey{
				{Name: "tls.crt", Position: at.At, ValuePosition: at.At}, {Name: "tls.key", Position: at.At, ValuePosition: at.At},
			}, true)
		}
	}
}

// issued are the Secrets that cert-manager makes for an Ingress or a Gateway that
// asks for certificates (cert-manager documentation, "Annotated Ingress resource",
// "Annotated Gateway resource").
func issued(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object, names []yamldoc.Cursor) {
	annotations := c.Path("metadata", "annotations")
	for _, name := range []string{"cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "certmanager.k8s.io/issuer", "certmanager.k8s.io/cluster-issuer", "kubernetes.io/tls-acme"} {
		if !annotations.Get(name).Set() {
			continue
		}
		for _, at := range names {
			if at.Text() != "" {
				made(m, o, at, nil, false)
			}
		}
		return
	}
}

// readGateway reads the certificates of a Gateway (Gateway API reference).
func readGateway(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	var names []yamldoc.Cursor
	for _, listener := range c.Path("spec", "listeners").Items() {
		for _, ref := range listener.Path("tls", "certificateRefs").Items() {
			names = append(names, ref.Get("name"))
		}
	}
	issued(m, c, o, names)
	return &o
}
