package deploy

// A DisruptionBudget bounds how many instances may be evicted at a time.
type DisruptionBudget struct {
	Object
	Selector Selector
	// MinAvailable and MaxUnavailable are numbers or percentages, see
	// ParseAmount.
	MinAvailable   Field[string]
	MaxUnavailable Field[string]
	// UnhealthyEviction is unhealthyPodEvictionPolicy.
	UnhealthyEviction Field[string]
}

// A NetworkPolicy says which traffic the pods that it selects may have.
type NetworkPolicy struct {
	Object
	// Selector chooses pods; an empty one chooses all of the namespace.
	Selector Selector
	// Types are those that the policy bounds, Ingress and Egress, as the API
	// fills them in where they are not given.
	Types   Field[[]string]
	Ingress []PolicyRule
	Egress  []PolicyRule
	// Opaque is true of a policy of a network plugin's own kind, whose rules are
	// not read.
	Opaque bool
}

// A PolicyRule allows traffic. Without peers it allows all of them, without
// ports every port.
type PolicyRule struct {
	Peers []Peer
	Ports []Field[string] // numbers or names
}

// A Peer is whom traffic is allowed with.
type Peer struct {
	Pods       Selector
	Namespaces Selector
	Block      Field[string] // an IP range
}
