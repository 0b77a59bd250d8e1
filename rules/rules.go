// Package rules lists the rules on images, workloads and services. They stand in
// a folder for each property, one small file each.
package rules

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/rules/containerpackaged"
	"github.com/cnready/cnready/rules/dynamicallymanaged"
	"github.com/cnready/cnready/rules/microservicesoriented"
)

// All are the rules of every property, sorted by name.
var All = sorted(containerpackaged.Rules, dynamicallymanaged.Rules, microservicesoriented.Rules)

func sorted(lists ...[]*rule.Rule) []*rule.Rule {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b *rule.Rule) int { return strings.Compare(a.Name, b.Name) })
	return all
}
