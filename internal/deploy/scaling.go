package deploy

import (
	"strconv"
	"strings"
)

// An Autoscaler changes how many instances a workload has, or what they request:
// a HorizontalPodAutoscaler, a VerticalPodAutoscaler, a KEDA ScaledObject or
// ScaledJob.
type Autoscaler struct {
	Object
	// Target is the workload; of a ScaledJob it is itself.
	Target Ref
	// TargetAPI is the target's API version.
	TargetAPI Field[string]
	Min       Field[int]
	Max       Field[int]
	Metrics   []Metric
	// Mode is a VerticalPodAutoscaler's update mode.
	Mode Field[string]
}

// Horizontal is true of one that changes the number of instances.
func (a *Autoscaler) Horizontal() bool { return a.Kind != "VerticalPodAutoscaler" }

// A Metric is what an autoscaler goes by.
type Metric struct {
	// Type is Resource, ContainerResource, Pods, Object or External, or the type
	// of a KEDA trigger.
	Type string
	// Name is the resource's or the metric's.
	Name      string
	Container string
	// Utilization is set where the target is a percentage of what is requested.
	Utilization Field[int]
	Target      Field[string] // type
}

// ParseAmount reads a number or a percentage, as budgets and update settings
// have them. ok is false for anything else.
func ParseAmount(s string) (n int, percent, ok bool) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	n, err := strconv.Atoi(digits)
	return n, percent, err == nil && n >= 0
}
