package kubernetes

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// Bounds of the search for pod templates in an object of a kind that is not
// known.
const (
	maxShapeDepth = 14
	maxShapeNodes = 20_000
	maxShapePods  = 16
)

// notShapes are kinds that hold what looks like a pod's template and runs none,
// or runs it in a way of its own.
var notShapes = map[string]bool{
	"CustomResourceDefinition": true, "PodTemplate": true, "PodPreset": true,
	"SidecarSet": true, "WorkloadSpread": true, "Kustomization": true,
	// Deployments within other objects, which a controller fans out.
	"FederatedDeployment": true, "ManifestWork": true, "ResourceSet": true,
}

// A podAt is a place in an object where a pod's spec was found.
type podAt struct {
	path []string // of the spec; numbers stand for entries of lists
	spec yamldoc.Cursor
}

// podsIn finds the pod specs in an object of a kind that is not known: mappings
// with a list of containers of which each has a name and one an image, below a
// field whose name says that they are a template. Others with containers are
// parts that a controller puts into a pod of its own.
func podsIn(c yamldoc.Cursor) []podAt {
	if !c.IsMap() || notShapes[c.Get("kind").Text()] {
		return nil
	}
	var found []podAt
	nodes := 0
	var walk func(c yamldoc.Cursor, path []string)
	walk = func(c yamldoc.Cursor, path []string) {
		if nodes++; nodes > maxShapeNodes || len(path) > maxShapeDepth || len(found) >= maxShapePods {
			return
		}
		switch {
		case c.IsMap():
			if isPodSpec(c) && saysTemplate(path) {
				found = append(found, podAt{path: append([]string(nil), path...), spec: c})
				return
			}
			for i := 0; i+1 < len(c.Node.Content); i += 2 {
				if v := yamldoc.Resolve(c.Node.Content[i+1]); v == nil || v.Kind == yaml.ScalarNode {
					continue
				}
				key := c.Node.Content[i].Value
				walk(c.Get(key), append(path, key))
			}
		case c.IsList():
			for i, item := range c.Items() {
				walk(item, append(path, strconv.Itoa(i)))
			}
		}
	}
	walk(c.Get("spec"), []string{"spec"})
	return found
}

func isPodSpec(c yamldoc.Cursor) bool {
	list := c.Get("containers").Items()
	image := false
	for _, item := range list {
		if item.Get("name").Text() == "" {
			return false
		}
		image = image || item.Get("image").Text() != ""
	}
	return image
}

// saysTemplate tells of a path to a pod's spec: it ends in podSpec, podTemplate,
// or in the spec of something called a template.
func saysTemplate(path []string) bool {
	last := strings.ToLower(path[len(path)-1])
	if strings.HasSuffix(last, "podspec") || strings.HasSuffix(last, "podtemplate") {
		return true
	}
	return last == "spec" && len(path) > 1 && strings.Contains(strings.ToLower(path[len(path)-2]), "template")
}

// readCustom reads the pods of an object of a kind that is not known.
func (f *parsedFile) readCustom(c yamldoc.Cursor, raw []byte, o deploy.Object) {
	pods := podsIn(c)
	for _, p := range pods {
		part := rawAt(raw, p.path)
		if part == nil {
			continue
		}
		var spec corev1.PodSpec
		if err := decode(part, &spec); err != nil {
			f.broken(c.Doc, fileNote{reason: yamldoc.Say(p.spec.At, c.Doc.File, fmt.Sprintf("%s: %s does not fit a pod's type, and was not read", o.ID(), strings.Join(p.path, ".")))})
			continue
		}
		w := &deploy.Workload{
			Platform: deploy.Kubernetes, Kind: o.Kind, Name: o.Name, Namespace: o.Namespace, Dir: f.dir,
			Position: o.Position, Controlled: true, Custom: true,
		}
		if len(pods) > 1 {
			w.Name += "/" + strings.Join(p.path[1:max(len(p.path)-2, 2)], ".")
		}
		at := c
		for _, key := range p.path[:len(p.path)-1] {
			at = step(at, key)
		}
		w.Labels = at.Path("metadata", "labels").Map()
		// The number of instances is a custom object's own affair; those that
		// name it as Kubernetes does mean the same.
		w.Replicas = deploy.Field[int]{Value: 1, Position: c.Get("spec").At}
		if n := c.Path("spec", "replicas").Int(); n.Set && len(pods) == 1 {
			w.Replicas = n
		}
		w.RunsToEnd = runsToEnd(&spec) || saysJob(o.Kind) || strings.Contains(strings.ToLower(strings.Join(p.path, ".")), "job")
		readPod(w, &spec, p.spec)
		readController(w, c)
		f.workloads = append(f.workloads, &parsedWorkload{Workload: w, selector: true})
	}
}

// saysJob tells by a kind's name that it runs to an end.
func saysJob(kind string) bool {
	for _, word := range []string{"Job", "Task", "Workflow", "Run", "Pipeline", "Backup", "Restore", "Build", "Cron", "Test"} {
		if strings.Contains(kind, word) {
			return true
		}
	}
	return false
}

func step(c yamldoc.Cursor, key string) yamldoc.Cursor {
	if c.IsList() {
		if i, err := strconv.Atoi(key); err == nil {
			return c.Item(i)
		}
	}
	return c.Get(key)
}

// rawAt is the JSON at a path, nil where it has none.
func rawAt(raw json.RawMessage, path []string) json.RawMessage {
	for _, key := range path {
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) == nil {
			raw = object[key]
		} else {
			var list []json.RawMessage
			i, err := strconv.Atoi(key)
			if json.Unmarshal(raw, &list) != nil || err != nil || i >= len(list) {
				return nil
			}
			raw = list[i]
		}
		if raw == nil {
			return nil
		}
	}
	return raw
}

// knativeEndpoint is the name under which a Knative Service is reached (Knative
// documentation, "Private Services").
func knativeEndpoint(w *deploy.Workload, o deploy.Object) *deploy.Endpoint {
	e := &deploy.Endpoint{
		Platform: deploy.Kubernetes, Kind: o.Kind, Name: o.Name, Namespace: o.Namespace, Dir: w.Dir, Type: "ClusterIP",
		Position: o.Position, Implied: true, APIVersion: w.APIVersion, Labels: o.Labels, Annotations: o.Annotations,
	}
	port := deploy.EndpointPort{Name: "http", Number: 80, TargetPort: "8080", Protocol: "TCP", Position: o.Position, TargetPosition: o.Position}
	for _, c := range w.Containers {
		for _, p := range c.Ports {
			port.TargetPort, port.TargetPosition = strconv.Itoa(p.Number), p.Position
		}
	}
	e.Ports = []deploy.EndpointPort{port}
	return e
}

// replacedByTriggers notes the images that an ImageChange trigger of a
// DeploymentConfig, or of its annotation, puts in (OpenShift documentation,
// "Triggering updates on image stream changes").
func replacedByTriggers(w *deploy.Workload, c yamldoc.Cursor) {
	for _, trigger := range c.Path("spec", "triggers").Items() {
		params := trigger.Get("imageChangeParams")
		from := params.Path("from", "name")
		if trigger.Get("type").Text() != "ImageChange" || !from.Set() {
			continue
		}
		for _, name := range params.Get("containerNames").Strings() {
			for _, container := range w.Containers {
				if container.Name == name {
					container.Replaced = append(container.Replaced, deploy.Replacement{Tool: "OpenShift", Position: from.At})
				}
			}
		}
	}
}
