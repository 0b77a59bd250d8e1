// Package eksctl reads cluster configurations of eksctl: they declare a cluster of
// Kubernetes, and Fargate where they have profiles for it.
//
// Source: eksctl documentation, "Config file schema", "EKS Fargate support".
package eksctl

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
)

const format = "eksctl"

// Clusters is the format: an object ClusterConfig of eksctl.io.
var Clusters = &source.Format{Name: format, Match: source.YAMLName, Read: read}

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("eksctl.io/", "ClusterConfig") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, false) { // what does not parse the reader of manifests notes
		top := d.Top
		if top.Get("kind").Text != "ClusterConfig" || !strings.HasPrefix(top.Get("apiVersion").Text, "eksctl.io/") {
			continue
		}
		found = true
		name := top.Get("metadata", "name")
		kind := top.Get("kind").Text
		f.Declare(out, deploy.OnKubernetes, format, kind, name.Known(), name.At).Evidence = top.Get("kind").At
		for i, profile := range top.Get("fargateProfiles").Blocks() {
			if i >= source.MaxObjects {
				f.Note(out, profile.At.Line, "there are too many Fargate profiles; this one and those behind it were not read")
				break
			}
			own := profile.Get("name")
			f.Declare(out, deploy.OnFargate, format, "fargateProfile", own.Known(), own.At).Evidence = top.Key("fargateProfiles")
		}
	}
	return found
}
