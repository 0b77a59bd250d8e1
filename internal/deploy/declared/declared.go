// Package declared says for which platforms the manifests of Kubernetes and Compose
// are written: a cluster of any make, OpenShift, a cluster of a cloud, Kata
// containers, Cloud Run, a swarm or a single Docker host. Their readers do not need
// to know; it shows in kinds, annotations, node selectors and runtime classes of
// what they have read.
package declared

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
)

// Add adds the platforms that the manifests declare to their list. Each is added
// once for a workload, and once for an object without one, whatever the number of
// variants that it was rendered for.
func Add(m *deploy.Manifests) {
	d := &declarer{m: m, seen: map[key]bool{}, handlers: map[string][]*deploy.RuntimeClass{}, accounts: map[string][]*deploy.ServiceAccount{}, stacks: map[string]bool{}}
	for _, c := range m.RuntimeClasses {
		d.handlers[c.Name] = append(d.handlers[c.Name], c)
	}
	for _, a := range m.ServiceAccounts {
		d.accounts[a.Name] = append(d.accounts[a.Name], a)
	}
	for _, w := range m.Workloads {
		if w.Platform == deploy.Compose && w.Swarm.Set {
			d.stacks[w.Position.File] = true
		}
	}
	for _, w := range m.Workloads {
		switch w.Platform {
		case deploy.Kubernetes:
			d.pods(w)
		case deploy.Compose:
			d.composed(w)
		}
	}
	for _, o := range m.Objects {
		if o.Platform == deploy.Kubernetes {
			d.object(o)
		}
	}
}

type declarer struct {
	m        *deploy.Manifests
	seen     map[key]bool
	handlers map[string][]*deploy.RuntimeClass
	accounts map[string][]*deploy.ServiceAccount
	stacks   map[string]bool // the compose files that are for a swarm
}

type key struct {
	id       deploy.PlatformID
	workload *deploy.Workload
	at       finding.Position
}

// The formats that platforms are declared in here.
const (
	manifest = "Kubernetes manifest"
	compose  = "Compose"
)

func (d *declarer) add(id deploy.PlatformID, o deploy.Object, format string, w *deploy.Workload, evidence finding.Position) {
	k := key{id, w, evidence}
	if d.seen[k] {
		return
	}
	d.seen[k] = true
	d.m.Platforms = append(d.m.Platforms, &deploy.Platform{ID: id, Object: o, Format: format, Workload: w, Evidence: evidence})
}

// composed declares the platforms of a compose service. Only a swarm heeds some of
// its fields; a service of a developer's machine declares nothing.
func (d *declarer) composed(w *deploy.Workload) {
	if w.ForDevelopment() {
		return
	}
	o := w.Object()
	if w.Swarm.Set || d.stacks[w.Position.File] {
		d.add(deploy.OnSwarm, o, compose, w, w.Position)
	} else {
		d.add(deploy.OnDocker, o, compose, w, w.Position)
	}
	for _, s := range w.Settings {
		if s.Name == "runtime" && isKata(s.Value) {
			d.add(deploy.OnKata, o, compose, w, s.Position)
		}
	}
}

// isKata tells by the name of a runtime or handler: kata, kata-qemu, kata-runtime,
// io.containerd.kata.v2 (Kata Containers documentation, "kata-deploy", "Run Kata
// Containers with Docker").
func isKata(name string) bool {
	return name == "kata" || strings.HasPrefix(name, "kata-") || strings.HasPrefix(name, "io.containerd.kata")
}

// pods declares the platforms of a workload of Kubernetes.
func (d *declarer) pods(w *deploy.Workload) {
	o := w.Object()
	if onCloudRun(&o) {
		d.add(deploy.OnCloudRun, o, manifest, w, w.Position)
		return // its API is Knative's, and its cluster nobody's
	}
	d.add(deploy.OnKubernetes, o, manifest, w, w.Position)
	if isOpenShift(&o) {
		d.add(deploy.OnOpenShift, o, manifest, w, w.Position)
	}
	for name := range w.Annotations {
		if strings.HasPrefix(name, "image.openshift.io/") {
			d.add(deploy.OnOpenShift, o, manifest, w, w.Position)
		}
	}
	if class := w.RuntimeClass; class.Known() && class.Value != "" {
		kata := isKata(class.Value)
		for _, c := range d.handlers[class.Value] {
			if together(&o, &c.Object) && c.Handler.Known() {
				kata = isKata(c.Handler.Value)
			}
		}
		if kata {
			d.add(deploy.OnKata, o, manifest, w, class.Position)
		}
	}
	for _, s := range w.Placement.NodeSelector {
		d.node(w, o, s.Name, []string{s.Value}, s.Position)
	}
	for _, term := range w.Placement.NodeAffinity {
		for _, r := range term {
			if r.Operator == "In" || r.Operator == "Exists" {
				d.node(w, o, r.Key, r.Values, r.Position)
			}
		}
	}
	for _, t := range w.Placement.Tolerations {
		d.node(w, o, t.Key, []string{t.Value}, t.Position)
	}
	if w.Labels["azure.workload.identity/use"] == "true" {
		d.add(deploy.OnAKS, o, manifest, w, w.Position)
	}
	if account := w.ServiceAccount; account.Known() {
		for _, a := range d.accounts[account.Value] {
			if !together(&o, &a.Object) || a.Namespace != "" && w.Namespace != "" && a.Namespace != w.Namespace {
				continue
			}
			if id := byAnnotations(&a.Object); id != "" {
				d.add(id, o, manifest, w, a.Position)
			}
		}
	}
	for _, e := range w.Services {
		if id := byEndpoint(e); id != "" {
			d.add(id, o, manifest, w, e.Position)
		}
	}
}

func together(a, b *deploy.Object) bool {
	x, y := a.Scope(), b.Scope()
	return x.Together(y)
}

// onCloudRun tells a service of Cloud Run from one of Knative, which has the same
// API (Cloud Run documentation, "Cloud Run YAML Reference").
func onCloudRun(o *deploy.Object) bool {
	if strings.HasPrefix(o.APIVersion, "run.googleapis.com/") {
		return true
	}
	if !strings.HasPrefix(o.APIVersion, "serving.knative.dev/") {
		return false
	}
	if _, ok := o.Labels["cloud.googleapis.com/location"]; ok {
		return true
	}
	for name := range o.Annotations {
		if strings.HasPrefix(name, "run.googleapis.com/") {
			return true
		}
	}
	return false
}

// autopilot are the compute classes that GKE runs in Autopilot mode (GKE
// documentation, "Autopilot compute classes", as of 2026-11).
var autopilot = map[string]bool{"Accelerator": true, "Balanced": true, "Performance": true, "Scale-Out": true, "autopilot": true, "autopilot-spot": true, "autopilot-arm": true}

// node reads a label, or a taint, of the nodes that a workload asks for.
func (d *declarer) node(w *deploy.Workload, o deploy.Object, name string, values []string, at finding.Position) {
	switch {
	case name == "cloud.google.com/compute-class":
		for _, v := range values {
			if autopilot[v] {
				d.add(deploy.OnGKEAutopilot, o, manifest, w, at)
				return
			}
		}
		d.add(deploy.OnGKE, o, manifest, w, at)
	case strings.HasPrefix(name, "cloud.google.com/"):
		d.add(deploy.OnGKE, o, manifest, w, at)
	case strings.HasPrefix(name, "kubernetes.azure.com/"):
		d.add(deploy.OnAKS, o, manifest, w, at)
	case strings.HasPrefix(name, "node.openshift.io/"):
		d.add(deploy.OnOpenShift, o, manifest, w, at)
	}
}

// object declares the platform of an object that is no workload and belongs to none
// that was read.
func (d *declarer) object(o *deploy.Object) {
	switch {
	case isOpenShift(o) && o.Kind != "DeploymentConfig":
		d.add(deploy.OnOpenShift, *o, manifest, nil, o.Position)
	case o.Kind == "KataConfig" && strings.HasPrefix(o.APIVersion, "kataconfiguration.openshift.io/"):
		d.add(deploy.OnKata, *o, manifest, nil, o.Position)
	case o.Kind == "VirtualMachine" && strings.HasPrefix(o.APIVersion, "vmoperator.vmware.com/"):
		// VM Operator documentation, "VirtualMachine": a machine of vSphere, asked for
		// through a cluster.
		d.add(deploy.OnVSphere, *o, manifest, nil, o.Position)
	case strings.HasPrefix(o.APIVersion, "auto.gke.io/"):
		d.add(deploy.OnGKEAutopilot, *o, manifest, nil, o.Position)
	case ofGKE(o):
		d.add(deploy.OnGKE, *o, manifest, nil, o.Position)
	case strings.HasPrefix(o.Kind, "Ingress"):
		if id := byAnnotations(o); id != "" {
			d.add(id, *o, manifest, nil, o.Position)
		}
	}
}

// openShift are the kinds that only OpenShift has, with the API group of each. Old
// manifests have them in v1 (OpenShift documentation, "API reference").
var openShift = map[string]string{
	"BuildConfig": "build.openshift.io", "Build": "build.openshift.io",
	"DeploymentConfig": "apps.openshift.io",
	"ImageStream":      "image.openshift.io", "ImageStreamTag": "image.openshift.io",
	"Route":                      "route.openshift.io",
	"SecurityContextConstraints": "security.openshift.io",
	"Template":                   "template.openshift.io",
}

func isOpenShift(o *deploy.Object) bool {
	group, ok := openShift[o.Kind]
	return ok && (o.APIVersion == "v1" || strings.HasPrefix(o.APIVersion, group+"/"))
}

// ofGKE tells of the custom resources that GKE brings (GKE documentation, "Ingress
// configuration on Google Cloud", "Google-managed SSL certificates").
func ofGKE(o *deploy.Object) bool {
	switch o.Kind {
	case "BackendConfig":
		return strings.HasPrefix(o.APIVersion, "cloud.google.com/")
	case "ManagedCertificate", "FrontendConfig", "GCPBackendPolicy", "GCPGatewayPolicy", "HealthCheckPolicy":
		return strings.HasPrefix(o.APIVersion, "networking.gke.io/")
	case "ComputeClass":
		return strings.HasPrefix(o.APIVersion, "cloud.google.com/")
	}
	return false
}

// byAnnotations is the platform whose controllers an object's annotations speak to,
// or "" (GKE documentation, "Workload Identity Federation for GKE", "Ingress
// configuration"; AKS documentation, "Workload identity overview"; Application
// Gateway documentation, "Annotations for AGIC").
func byAnnotations(o *deploy.Object) deploy.PlatformID {
	gke, aks := false, false
	for name, value := range o.Annotations {
		switch {
		case name == "iam.gke.io/gcp-service-account", strings.HasPrefix(name, "networking.gke.io/"):
			gke = true
		case name == "kubernetes.io/ingress.global-static-ip-name", name == "kubernetes.io/ingress.class" && (value == "gce" || value == "gce-internal"):
			gke = true
		case name == "azure.workload.identity/client-id", strings.HasPrefix(name, "appgw.ingress.kubernetes.io/"):
			aks = true
		case name == "kubernetes.io/ingress.class" && (value == "azure/application-gateway" || strings.HasPrefix(value, "webapprouting.kubernetes.azure.com")):
			aks = true
		}
	}
	switch {
	case gke && !aks:
		return deploy.OnGKE
	case aks && !gke:
		return deploy.OnAKS
	}
	return ""
}

// byEndpoint is the platform that a Service's annotations speak to, or "". A Service
// that has them for several clouds is for any of them.
func byEndpoint(e *deploy.Endpoint) deploy.PlatformID {
	gke, aks, other := false, false, false
	for name := range e.Annotations {
		switch {
		case name == "cloud.google.com/neg", name == "cloud.google.com/backend-config", name == "cloud.google.com/load-balancer-type", strings.HasPrefix(name, "networking.gke.io/"):
			gke = true
		case strings.HasPrefix(name, "service.beta.kubernetes.io/azure-"):
			aks = true
		case strings.HasPrefix(name, "service.beta.kubernetes.io/"):
			other = true
		}
	}
	switch {
	case gke && !aks && !other:
		return deploy.OnGKE
	case aks && !gke && !other:
		return deploy.OnAKS
	}
	return ""
}
