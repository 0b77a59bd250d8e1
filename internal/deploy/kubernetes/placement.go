package kubernetes

import (
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// readPlacement reads where the pods of a pod's spec may run.
func readPlacement(c yamldoc.Cursor) deploy.Placement {
	p := deploy.Placement{NodeName: c.Get("nodeName").Field(), NodeSelector: c.Get("nodeSelector").Pairs()}
	affinity := c.Get("affinity")
	node := affinity.Get("nodeAffinity")
	for _, term := range node.Path("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Items() {
		all := requirements(term.Get("matchExpressions"))
		all = append(all, requirements(term.Get("matchFields"))...)
		p.NodeAffinity = append(p.NodeAffinity, all)
	}
	preferred := node.Get("preferredDuringSchedulingIgnoredDuringExecution")
	p.PreferredNodes = deploy.Field[bool]{Value: len(preferred.Items()) > 0, Set: preferred.Set(), Position: preferred.At}
	p.PodAffinity = readAffinity(affinity.Get("podAffinity"))
	p.PodAntiAffinity = readAffinity(affinity.Get("podAntiAffinity"))
	for _, item := range c.Get("topologySpreadConstraints").Items() {
		p.Spread = append(p.Spread, deploy.Spread{
			Topology:          item.Get("topologyKey").Field(),
			WhenUnsatisfiable: item.Get("whenUnsatisfiable").Field(),
			MaxSkew:           item.Get("maxSkew").Int(),
			Selector:          readSelector(item.Get("labelSelector")),
		})
	}
	for _, item := range c.Get("tolerations").Items() {
		p.Tolerations = append(p.Tolerations, deploy.Toleration{
			Key: item.Get("key").Text(), Operator: item.Get("operator").Text(), Value: item.Get("value").Text(),
			Effect: item.Get("effect").Text(), Position: item.At,
		})
	}
	return p
}

func readAffinity(c yamldoc.Cursor) deploy.Affinity {
	a := deploy.Affinity{Position: c.At}
	for _, term := range c.Get("requiredDuringSchedulingIgnoredDuringExecution").Items() {
		a.Required = append(a.Required, podTerm(term))
	}
	for _, item := range c.Get("preferredDuringSchedulingIgnoredDuringExecution").Items() {
		a.Preferred = append(a.Preferred, podTerm(item.Get("podAffinityTerm")))
	}
	return a
}

func podTerm(c yamldoc.Cursor) deploy.PodTerm {
	return deploy.PodTerm{Topology: c.Get("topologyKey").Field(), Selector: readSelector(c.Get("labelSelector"))}
}

// readSelector reads a LabelSelector.
func readSelector(c yamldoc.Cursor) deploy.Selector {
	return deploy.Selector{
		Set: c.Set(), Labels: c.Get("matchLabels").Map(), Expressions: requirements(c.Get("matchExpressions")), Position: c.At,
	}
}

// mapSelector reads the older selectors that are labels alone.
func mapSelector(c yamldoc.Cursor) deploy.Selector {
	return deploy.Selector{Set: c.Set(), Labels: c.Map(), Position: c.At}
}

func requirements(c yamldoc.Cursor) []deploy.Requirement {
	var list []deploy.Requirement
	for _, item := range c.Items() {
		list = append(list, deploy.Requirement{
			Key: item.Get("key").Text(), Operator: item.Get("operator").Text(), Values: item.Get("values").Strings(),
			Position: item.Get("key").At,
		})
	}
	return list
}
