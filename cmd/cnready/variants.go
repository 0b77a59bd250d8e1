package main

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
)

// inVariant says of results that they were found in a variant. What they are
// about is the same thing in all of them.
func inVariant(results []finding.Result, variant string) {
	if variant == "" {
		return
	}
	for i := range results {
		results[i].Variant = variant
		results[i].Subject = strings.Replace(results[i].Subject, ", "+variant+")", ")", 1)
	}
}

// byVariant is inVariant for results on objects of many variants, which name
// theirs.
func byVariant(results []finding.Result, m *deploy.Manifests) {
	var variants []string
	for _, o := range m.Objects {
		if o.Variant != "" && !slices.Contains(variants, o.Variant) {
			variants = append(variants, o.Variant)
		}
	}
	for i := range results {
		for _, v := range variants {
			if strings.HasSuffix(results[i].Subject, ", "+v+")") {
				inVariant(results[i:i+1], v)
				break
			}
		}
	}
}

// acrossVariants makes one result of those that say the same in several variants,
// and names beside each finding the values that decide what stands there.
func acrossVariants(results []finding.Result, m *deploy.Manifests) []finding.Result {
	results = finding.MergeVariants(results)
	for _, r := range results {
		f := r.Finding
		if f == nil || len(f.Variants) == 0 {
			continue
		}
		for _, d := range m.Deciders {
			for _, v := range f.Variants {
				if by := d.Decides(f.Position, v, f.Message); len(by) > 0 {
					f.Related = append(f.Related, by...)
					break
				}
			}
		}
	}
	return results
}
