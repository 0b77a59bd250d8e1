// Package manifests reads everything that a tree says of its deployment, whatever
// the platform: Kubernetes manifests as they stand, charts and kustomizations
// rendered, compose files, and the files of other platforms.
package manifests

import (
	"sync"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/compose"
	"github.com/cnready/cnready/internal/deploy/declared"
	"github.com/cnready/cnready/internal/deploy/helm"
	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/deploy/kustomize"
	"github.com/cnready/cnready/internal/deploy/platforms"
	"github.com/cnready/cnready/internal/deploy/scripts"
	"github.com/cnready/cnready/internal/tree"
)

// Read reads the trees, the checked directory first. values are what the
// configuration says of its charts. What could not be read is in the result's
// NotAnalyzed.
func Read(values []helm.Values, trees ...*tree.Tree) *deploy.Manifests {
	var charts *helm.Result
	var overlays *kustomize.Result
	var composed, others *deploy.Manifests
	var wait sync.WaitGroup
	wait.Go(func() { charts = helm.Read(values, trees...) })
	wait.Go(func() { overlays = kustomize.Read(trees...) })
	wait.Go(func() { composed = compose.Read(trees...) })
	wait.Go(func() { others = platforms.Read(trees...) })
	wait.Wait()
	m := kubernetes.ReadRendered(kubernetes.Rendered{
		Texts: append(charts.Texts, overlays.Texts...), Charts: true, Built: overlays.Built,
	}, trees...)
	m.NotAnalyzed = append(m.NotAnalyzed, charts.NotAnalyzed...)
	m.NotAnalyzed = append(m.NotAnalyzed, overlays.NotAnalyzed...)
	m.Deciders = append(m.Deciders, charts)
	m.Add(composed)
	m.Add(others)
	declared.Add(m)
	scripts.Declare(m, trees...)
	return m
}
