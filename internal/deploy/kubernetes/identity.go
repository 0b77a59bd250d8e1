package kubernetes

import (
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

func readServiceAccount(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	a := &deploy.ServiceAccount{
		Object: o, Automount: c.Get("automountServiceAccountToken").Bool(),
		PullSecrets: namedRefs("Secret", c.Get("imagePullSecrets")), Secrets: namedRefs("Secret", c.Get("secrets")),
	}
	m.ServiceAccounts = append(m.ServiceAccounts, a)
	return &a.Object
}

// readNamespace reads a Namespace with its levels of pod security (Kubernetes
// documentation, "Pod Security Admission").
func readNamespace(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	labels := c.Path("metadata", "labels")
	n := &deploy.Namespace{
		Object:  o,
		Enforce: labels.Get("pod-security.kubernetes.io/enforce").Field(),
		Audit:   labels.Get("pod-security.kubernetes.io/audit").Field(),
		Warn:    labels.Get("pod-security.kubernetes.io/warn").Field(),
	}
	m.Namespaces = append(m.Namespaces, n)
	return &n.Object
}

func readQuota(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	q := &deploy.Quota{Object: o, Hard: c.Path("spec", "hard").Pairs()}
	m.Quotas = append(m.Quotas, q)
	return &q.Object
}

func readRuntimeClass(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	r := &deploy.RuntimeClass{Object: o, Handler: first(c.Get("handler"), c.Path("spec", "runtimeHandler")).Field()}
	m.RuntimeClasses = append(m.RuntimeClasses, r)
	return &r.Object
}

func readPriorityClass(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	p := &deploy.PriorityClass{Object: o, Value: c.Get("value").Int(), GlobalDefault: c.Get("globalDefault").Bool()}
	m.PriorityClasses = append(m.PriorityClasses, p)
	return &p.Object
}
