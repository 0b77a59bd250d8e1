package deploy

// A ServiceAccount is whom pods act as.
type ServiceAccount struct {
	Object
	Automount   Field[bool]
	PullSecrets []Ref
	Secrets     []Ref
}

// A RuntimeClass names a container runtime of the nodes.
type RuntimeClass struct {
	Object
	Handler Field[string]
}

// A PriorityClass is how important pods are.
type PriorityClass struct {
	Object
	Value         Field[int]
	GlobalDefault Field[bool]
}

// A Namespace is where other objects lie.
type Namespace struct {
	Object
	// Enforce, Audit and Warn are the levels of pod security that its labels set
	// (Kubernetes documentation, "Pod Security Admission").
	Enforce Field[string]
	Audit   Field[string]
	Warn    Field[string]
}

// A Grant is a Role or ClusterRole that lets whoever has it make objects: what
// runs with it may make those that no file has.
type Grant struct {
	Object
	// Creates are the kinds: Secret, ConfigMap, Service, PersistentVolumeClaim,
	// ServiceAccount; * for all.
	Creates []string
}
