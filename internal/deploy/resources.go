package deploy

import "github.com/cnready/cnready/internal/finding"

// Resources are a container's requests and limits, as written.
type Resources struct {
	Position         finding.Position // of the resources field, else of the container
	CPURequest       Field[string]
	MemoryRequest    Field[string]
	CPULimit         Field[string]
	MemoryLimit      Field[string]
	EphemeralRequest Field[string]
	EphemeralLimit   Field[string]
	// PIDs is how many processes a container may have.
	PIDs Field[string]
	// Other are requests and limits of other resources, such as devices, sorted
	// by name.
	Other []Pair
}

// A LimitRange gives requests and limits to containers without their own.
type LimitRange struct {
	Object
	// Container are the defaults, as the API fills them in.
	Container Resources
}

// A Quota bounds what a namespace may use.
type Quota struct {
	Object
	Hard []Pair
}
