package kubernetes

import (
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

func readBudget(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	b := &deploy.DisruptionBudget{
		Object: o, Selector: readSelector(spec.Get("selector")),
		MinAvailable: spec.Get("minAvailable").Field(), MaxUnavailable: spec.Get("maxUnavailable").Field(),
		UnhealthyEviction: spec.Get("unhealthyPodEvictionPolicy").Field(),
	}
	m.Budgets = append(m.Budgets, b)
	return &b.Object
}

// readNetworkPolicy reads a NetworkPolicy. Without types it bounds ingress, and
// egress where it has rules for it (Kubernetes API reference,
// NetworkPolicySpec).
func readNetworkPolicy(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	p := &deploy.NetworkPolicy{Object: o, Selector: readSelector(spec.Get("podSelector"))}
	types := spec.Get("policyTypes")
	p.Types = deploy.Field[[]string]{Value: types.Strings(), Set: types.Set(), Position: types.At}
	if !types.Set() {
		p.Types.Value = []string{"Ingress"}
		if spec.Get("egress").Set() {
			p.Types.Value = append(p.Types.Value, "Egress")
		}
	}
	rules := func(key, peers string) []deploy.PolicyRule {
		var list []deploy.PolicyRule
		for _, item := range spec.Get(key).Items() {
			var r deploy.PolicyRule
			for _, peer := range item.Get(peers).Items() {
				r.Peers = append(r.Peers, deploy.Peer{
					Pods: readSelector(peer.Get("podSelector")), Namespaces: readSelector(peer.Get("namespaceSelector")),
					Block: peer.Path("ipBlock", "cidr").Field(),
				})
			}
			for _, port := range item.Get("ports").Items() {
				r.Ports = append(r.Ports, port.Get("port").Field())
			}
			list = append(list, r)
		}
		return list
	}
	p.Ingress, p.Egress = rules("ingress", "from"), rules("egress", "to")
	m.Policies = append(m.Policies, p)
	return &p.Object
}

// readOpaquePolicy reads a policy of Calico, whose selectors are expressions of
// its own (Calico documentation, "Network policy").
func readOpaquePolicy(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	selector := c.Path("spec", "selector")
	p := &deploy.NetworkPolicy{Object: o, Opaque: true, Selector: deploy.Selector{Set: selector.Set(), Position: selector.At}}
	m.Policies = append(m.Policies, p)
	return &p.Object
}

// readCiliumPolicy reads which pods a CiliumNetworkPolicy selects (Cilium
// documentation, "Rule basics").
func readCiliumPolicy(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	p := &deploy.NetworkPolicy{Object: o, Opaque: true, Selector: readSelector(c.Path("spec", "endpointSelector"))}
	m.Policies = append(m.Policies, p)
	return &p.Object
}
