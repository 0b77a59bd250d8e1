package kubernetes

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// files is a tree by path.
type files map[string]string

func (f files) open(t testing.TB) *tree.Tree {
	t.Helper()
	root := t.TempDir()
	for name, text := range f {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := tree.Open(root, "")
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func (f files) read(t testing.TB) *deploy.Manifests {
	t.Helper()
	return Read(f.open(t))
}

// at is the text that a position spans.
func (f files) at(p finding.Position) string {
	text := f[p.File]
	start, end := offsetOf(text, p.Line, p.Column), len(text)
	if p.EndLine > 0 {
		end = offsetOf(text, p.EndLine, p.EndColumn)
	}
	if start < 0 || end < start {
		return fmt.Sprintf("<no such place: %+v>", p)
	}
	return text[start:end]
}

func offsetOf(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return -1
		}
		at += i + 1
	}
	if at+column-1 > len(text) {
		return -1
	}
	return at + column - 1
}

func names(m *deploy.Manifests) []string {
	list := []string{}
	for _, w := range m.Workloads {
		list = append(list, w.ID())
	}
	return list
}

func reasons(m *deploy.Manifests) []string {
	list := []string{}
	for _, n := range m.NotAnalyzed {
		list = append(list, n.File+": "+n.Reason)
	}
	return list
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

const everything = `# licence
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: web
  namespace: shop
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  volumeClaimTemplates:
  - metadata: {name: data}
  template:
    metadata:
      labels: {app: web, tier: "front"}
    spec:
      terminationGracePeriodSeconds: 45
      hostNetwork: true
      hostPID: true
      hostIPC: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
      resources:
        limits: {memory: 1Gi}
      initContainers:
      - name: migrate
        image: shop/migrate:1
      - name: mesh
        image: shop/mesh:1
        restartPolicy: Always
      containers:
      - image: "shop/web:1.4.2"
        name: 'web'
        command: ["/web", "serve"]
        args:
        - --port=8080
        env:
        - name: LITERAL
          value: "ünï: \"x\""
        - {name: FROM_MAP, valueFrom: {configMapKeyRef: {name: conf, key: k, optional: true}}}
        - name: FROM_SECRET
          valueFrom:
            secretKeyRef:
              name: creds
              key: password
        - name: FROM_FIELD
          valueFrom: {fieldRef: {fieldPath: status.podIP}}
        - name: FROM_RESOURCE
          valueFrom: {resourceFieldRef: {resource: limits.memory}}
        envFrom:
        - configMapRef: {name: all}
        - secretRef: {name: more, optional: true}
        ports:
        - name: http
          containerPort: 8080
          hostPort: 80
        - containerPort: 53
          protocol: UDP
        volumeMounts:
        - mountPath: /data
          name: data
          subPath: web
        - {name: conf, mountPath: /etc/web, readOnly: true}
        readinessProbe:
          httpGet:
            path: /readyz
            port: http
            scheme: HTTPS
        livenessProbe:
          grpc: {port: 9090, service: live}
        startupProbe:
          exec:
            command: [/bin/check]
        lifecycle:
          preStop:
            exec: {command: [sleep, "5"]}
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
          limits:
            memory: 128Mi
        securityContext:
          runAsNonRoot: false
          runAsUser: 0
          readOnlyRootFilesystem: true
          privileged: true
      - name: bare
        image: shop/bare
        livenessProbe:
          tcpSocket: {port: 70}
        resources:
          limits: {}
      volumes:
      - name: conf
        configMap: {name: conf}
      - hostPath:
          path: /var/log
        name: logs
      - name: scratch
      - name: secrets
        csi: {driver: secrets-store.csi.k8s.io}
      - name: share
        nfs: {server: nfs.example.com, path: /share, readOnly: true}
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: NodePort
  selector: {app: web}
  ports:
  - name: http
    port: 80
    targetPort: http
  - port: 9090
`

func TestReadEveryField(t *testing.T) {
	f := files{"deploy/web.yaml": everything}
	m := f.read(t)
	if len(m.Workloads) != 1 || len(m.Services) != 1 || len(m.NotAnalyzed) != 0 {
		t.Fatalf("got %d workloads, %d services, %v", len(m.Workloads), len(m.Services), m.NotAnalyzed)
	}
	equal(t, "counts", m.Read, deploy.Counts{Files: 1, Objects: 2})
	w := m.Workloads[0]
	equal(t, "id", w.ID(), "StatefulSet/web")
	equal(t, "namespace", w.Namespace, "shop")
	equal(t, "dir", w.Dir, "deploy")
	equal(t, "name at", w.Position.String(), "deploy/web.yaml:5:9")
	equal(t, "controlled, to end, schedule", []bool{w.Controlled, w.RunsToEnd, w.Schedule}, []bool{true, false, false})
	equal(t, "labels", w.Labels, map[string]string{"app": "web", "tier": "front"})
	equal(t, "claims", w.Claims, []string{"data"})
	equal(t, "service", w.Services, m.Services)

	// The value of each scalar field is the text at its place.
	web, bare := w.Containers[0], w.Containers[1]
	for _, tt := range []struct {
		what string
		set  bool
		at   finding.Position
		text string
	}{
		{"replicas", w.Replicas.Set && w.Replicas.Value == 3, w.Replicas.Position, "3"},
		{"grace", w.GraceSeconds.Set && w.GraceSeconds.Value == 45, w.GraceSeconds.Position, "45"},
		{"hostNetwork", w.HostNetwork.Set && w.HostNetwork.Value, w.HostNetwork.Position, "true"},
		{"hostPID", w.HostPID.Set && w.HostPID.Value, w.HostPID.Position, "true"},
		{"hostIPC", w.HostIPC.Set && !w.HostIPC.Value, w.HostIPC.Position, "false"},
		{"pod runAsNonRoot", w.RunAsNonRoot.Set && w.RunAsNonRoot.Value, w.RunAsNonRoot.Position, "true"},
		{"pod runAsUser", w.RunAsUser.Set && w.RunAsUser.Value == 1000, w.RunAsUser.Position, "1000"},
		{"pod memory", w.Resources.MemoryLimit.Set && w.Resources.MemoryLimit.Value == "1Gi", w.Resources.MemoryLimit.Position, "1Gi"},
		{"container", web.Name == "web", web.Position, "'web'"},
		{"image", web.Image.Set && web.Image.Value == "shop/web:1.4.2", web.Image.Position, `"shop/web:1.4.2"`},
		{"command", web.Command.Set && len(web.Command.Value) == 2, web.Command.Position, "command"},
		{"args", web.Args.Set && web.Args.Value[0] == "--port=8080", web.Args.Position, "args"},
		{"readiness", web.Readiness.Set, web.Readiness.Position, "readinessProbe"},
		{"readiness handler", web.Readiness.Value.Scheme == "HTTPS", web.Readiness.Value.Position, "httpGet"},
		{"liveness", web.Liveness.Set, web.Liveness.Position, "livenessProbe"},
		{"liveness handler", web.Liveness.Value.Path == "live", web.Liveness.Value.Position, "grpc"},
		{"startup handler", web.Startup.Set, web.Startup.Value.Position, "exec"},
		{"preStop", web.PreStop.Set && web.PreStop.Value, web.PreStop.Position, "preStop"},
		{"resources", true, web.Resources.Position, "resources"},
		{"cpu request", web.Resources.CPURequest.Set && web.Resources.CPURequest.Value == "100m", web.Resources.CPURequest.Position, "100m"},
		{"memory request", web.Resources.MemoryRequest.Set, web.Resources.MemoryRequest.Position, "64Mi"},
		{"memory limit", web.Resources.MemoryLimit.Set, web.Resources.MemoryLimit.Position, "128Mi"},
		{"runAsNonRoot", web.RunAsNonRoot.Set && !web.RunAsNonRoot.Value, web.RunAsNonRoot.Position, "false"},
		{"runAsUser", web.RunAsUser.Set && web.RunAsUser.Value == 0, web.RunAsUser.Position, "0"},
		{"readOnlyRoot", web.ReadOnlyRoot.Set && web.ReadOnlyRoot.Value, web.ReadOnlyRoot.Position, "true"},
		{"privileged", web.Privileged.Set && web.Privileged.Value, web.Privileged.Position, "true"},
		{"tcp handler", bare.Liveness.Value.Port == "70", bare.Liveness.Value.Position, "tcpSocket"},

		// What is not there has the place of what encloses it.
		{"no cpu limit", !web.Resources.CPULimit.Set, web.Resources.CPULimit.Position, "limits"},
		{"no requests", !bare.Resources.CPURequest.Set, bare.Resources.CPURequest.Position, "resources"},
		{"no limit in empty limits", !bare.Resources.CPULimit.Set, bare.Resources.CPULimit.Position, "limits"},
		{"no readiness", !bare.Readiness.Set, bare.Readiness.Position, "bare"},
		{"no command", !bare.Command.Set, bare.Command.Position, "bare"},
		{"no privileged", !bare.Privileged.Set, bare.Privileged.Position, "bare"},

		{"env", true, web.Env[0].Position, "LITERAL"},
		{"env value", web.Env[0].Value == `ünï: "x"`, web.Env[0].ValuePosition, `"ünï: \"x\""`},
		{"env in flow style", true, web.Env[1].Position, "FROM_MAP"},
		{"env ref", true, web.Env[1].ValuePosition, "conf"},
		{"env secret", true, web.Env[2].Ref.Position, "creds"},
		{"env field", true, web.Env[3].ValuePosition, "status.podIP"},
		{"env resource", true, web.Env[4].ValuePosition, "limits.memory"},
		{"envFrom", true, web.EnvFrom[0].Position, "all"},
		{"envFrom secret", web.EnvFrom[1].Optional, web.EnvFrom[1].Position, "more"},
		{"port", true, web.Ports[0].Position, "8080"},
		{"mount", true, web.Mounts[0].Position, "/data"},
		{"mount in flow style", true, web.Mounts[1].Position, "/etc/web"},
		{"claim", true, w.Volumes[0].Position, "data"},
		{"volume", true, w.Volume("conf").Position, "conf"},
		{"volume whose name comes last", true, w.Volume("logs").Position, "logs"},

		{"service", true, m.Services[0].Position, "web"},
		{"service port", true, m.Services[0].Ports[0].Position, "80"},
		{"target", true, m.Services[0].Ports[0].TargetPosition, "http"},
		{"no target", true, m.Services[0].Ports[1].TargetPosition, "9090"},
	} {
		if !tt.set {
			t.Errorf("%s: not read as it stands there", tt.what)
		}
		if got := f.at(tt.at); got != tt.text {
			t.Errorf("%s: %s is %q, want %q", tt.what, tt.at, got, tt.text)
		}
	}

	var env []string
	for _, e := range web.Env {
		env = append(env, fmt.Sprintf("%s=%s %s %s/%s/%s %v", e.Name, e.Value, e.From, e.Ref.Kind, e.Ref.Name, e.Ref.Key, e.Ref.Optional))
	}
	equal(t, "env", env, []string{
		`LITERAL=ünï: "x"  // false`,
		"FROM_MAP= configMap ConfigMap/conf/k true",
		"FROM_SECRET= secret Secret/creds/password false",
		"FROM_FIELD= field //status.podIP false",
		"FROM_RESOURCE= resource //limits.memory false",
	})
	var ports []string
	for _, p := range web.Ports {
		ports = append(ports, fmt.Sprintf("%s %d %s %d", p.Name, p.Number, p.Protocol, p.HostPort))
	}
	equal(t, "ports", ports, []string{"http 8080 TCP 80", " 53 UDP 0"})
	var volumes []string
	for _, v := range w.Volumes {
		volumes = append(volumes, fmt.Sprintf("%s %s %q persistent=%v readonly=%v", v.Name, v.Kind, v.Source, v.Persistent, v.ReadOnly))
	}
	equal(t, "volumes", volumes, []string{
		`data persistentVolumeClaim "data" persistent=true readonly=false`,
		`conf configMap "conf" persistent=false readonly=true`,
		`logs hostPath "/var/log" persistent=false readonly=false`,
		`scratch emptyDir "" persistent=false readonly=false`,
		`secrets csi "secrets-store.csi.k8s.io" persistent=false readonly=false`,
		`share nfs "nfs.example.com:/share" persistent=true readonly=true`,
	})
	var containers []string
	for _, c := range w.Containers {
		containers = append(containers, fmt.Sprintf("%s sidecar=%v", c.Name, c.Sidecar))
	}
	equal(t, "containers", containers, []string{"web sidecar=false", "bare sidecar=false", "mesh sidecar=true"})
	if len(w.Init) != 1 || w.Init[0].Name != "migrate" {
		t.Errorf("init containers: %v", w.Init)
	}
	equal(t, "mount", web.Mounts[0].SubPath, "web")
	equal(t, "service type", m.Services[0].Type, "NodePort")
}

// pod is a small workload.
func pod(name string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name + "\nspec:\n  containers:\n  - name: c\n    image: shop/" + name + ":1\n"
}

func TestDocuments(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
		lines      []int // of the names
	}{
		{"separators", pod("a") + "---\n" + pod("b") + "---   \n" + pod("c") + "--- # comment\n" + pod("d") + "...\n" + pod("e"),
			[]string{"Pod/a", "Pod/b", "Pod/c", "Pod/d", "Pod/e"}, []int{4, 13, 22, 31, 40}},
		{"empty documents", "---\n---\n# only a comment\n---\n" + pod("a") + "---\n", []string{"Pod/a"}, []int{8}},
		{"byte order mark", "\ufeff" + pod("a"), []string{"Pod/a"}, []int{4}},
		{"carriage returns", strings.ReplaceAll(pod("a")+"---\n"+pod("b"), "\n", "\r\n"), []string{"Pod/a", "Pod/b"}, []int{4, 13}},
		{"directive", "%YAML 1.1\n---\n" + pod("a"), []string{"Pod/a"}, []int{6}},
		{"no line break at the end", strings.TrimSuffix(pod("a"), "\n") + "\n---", []string{"Pod/a"}, []int{4}},
		{"dashes that separate nothing", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    x: |\n      ---\n    y: '---x'\nspec:\n  containers: [{name: c, image: i:1}]\n",
			[]string{"Pod/a"}, []int{4}},
		{"one line", "--- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i:1}]}}\n", []string{"Pod/a"}, []int{1}},
		{"list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec: {containers: [{name: c, image: i:1}]}\n- apiVersion: example.com/v1\n  kind: Other\n" +
			"- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {containers: [{name: c, image: i:1}]}}\n",
			[]string{"Pod/a", "Pod/b"}, []int{6, 13}},
		{"list of one kind", "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n  spec: {containers: [{name: c, image: i:1}]}\n", []string{"Pod/a"}, []int{4}},
		{"removed versions", "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {metadata: {labels: {a: a}}, spec: {containers: [{name: c, image: i:1}]}}}\n" +
			"---\napiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: b}\nspec: {schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i:1}]}}}}}\n",
			[]string{"Deployment/a", "CronJob/b"}, []int{3, 8}},
		{"kinds of others", "apiVersion: messaging.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: apps/v9\nkind: Deployment\nmetadata: {name: a}\n", []string{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := files{"x.yaml": tt.text}
			m := f.read(t)
			equal(t, "workloads", names(m), tt.want)
			equal(t, "not analyzed", reasons(m), []string{})
			for i, w := range m.Workloads {
				if w.Position.Line != tt.lines[i] {
					t.Errorf("%s is at line %d, want %d", w.ID(), w.Position.Line, tt.lines[i])
				}
				text := strings.TrimPrefix(tt.text, "\ufeff")
				if got := (files{"x.yaml": text}).at(w.Position); got != w.Name {
					t.Errorf("%s is %q", w.Position, got)
				}
			}
		})
	}
}

func TestJSON(t *testing.T) {
	one := "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\",\n\t\"metadata\": {\"name\": \"a\"},\n\t\"spec\": {\"containers\": [{\"name\": \"c\", \"image\": \"i:1\"}]}\n}"
	f := files{
		"one.json":    one,
		"stream.json": one + " " + strings.ReplaceAll(one, `"a"`, `"b"`) + "\n",
		"list.json":   `{"kind": "List", "apiVersion": "v1", "items": [` + strings.ReplaceAll(one, `"a"`, `"d"`) + `]}`,
		"other.json":  `{"name": "web", "kind": "library", "apiVersion": 3}`,
		"broken.json": `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"`,
		"data.json":   `[{"apiVersion": "v1", "kind": "Pod"}]`,
	}
	m := f.read(t)
	equal(t, "workloads", names(m), []string{"Pod/d", "Pod/a", "Pod/a", "Pod/b"})
	equal(t, "not analyzed", reasons(m), []string{})
	for _, w := range m.Workloads {
		if got := f.at(w.Position); got != `"`+w.Name+`"` {
			t.Errorf("%s is %q", w.Position, got)
		}
		if got := f.at(w.Containers[0].Image.Position); got != `"i:1"` {
			t.Errorf("%s is %q", w.Containers[0].Image.Position, got)
		}
	}
}

func TestScalarEnds(t *testing.T) {
	f := files{"x.yaml": `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: c
    image: !!str &img shop/web:1 # comment
    env:
    - {name: ALIAS, value: *img}
    - name: SINGLE
      value: 'it''s'
    - name: FOLDED
      value: >-
        one
        two

        three
    - name: PLAIN
      value: one
        two   # comment
    - name: BLOCK
      value: |
        a
          b

    - name: LAST
      value: "ä\"€" # wide
`}
	m := f.read(t)
	if len(m.Workloads) != 1 {
		t.Fatalf("%v", m.NotAnalyzed)
	}
	c := m.Workloads[0].Containers[0]
	equal(t, "image", f.at(c.Image.Position), "shop/web:1")
	want := []string{
		"shop/web:1",
		"'it''s'",
		">-\n        one\n        two\n\n        three",
		"one\n        two",
		"|\n        a\n          b",
		`"ä\"€"`,
	}
	for i, e := range c.Env {
		if got := f.at(e.ValuePosition); got != want[i] {
			t.Errorf("%s: %+v is %q, want %q", e.Name, e.ValuePosition, got, want[i])
		}
	}
}

func TestUnusualLineBreaks(t *testing.T) {
	// To YAML 1.1 the separator ends a line, to an editor it does not.
	f := files{"x.yaml": strings.Replace(pod("web"), "metadata:", "metadata:\n  annotations: {x: \"a\u2028b\"}", 1)}
	m := f.read(t)
	if len(m.Workloads) != 1 {
		t.Fatalf("%v", m.NotAnalyzed)
	}
	equal(t, "name", f.at(m.Workloads[0].Position), "web")
	equal(t, "image", f.at(m.Workloads[0].Containers[0].Image.Position), "shop/web:1")
}

func TestAnchorsAndMerges(t *testing.T) {
	f := files{"x.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: &labels {app: web}}
  template:
    metadata:
      labels: *labels
    spec:
      containers:
      - &base
        name: base
        image: shop/base:1
        env: &env
        - {name: A, value: "1"}
        resources:
          requests: {cpu: 1}
      - <<: *base
        name: merged
      - <<: [{image: "shop/first:1"}, *base]
        name: listed
        env: *env
`}
	m := f.read(t)
	if len(m.Workloads) != 1 || len(m.NotAnalyzed) != 0 {
		t.Fatalf("%v", m.NotAnalyzed)
	}
	w := m.Workloads[0]
	equal(t, "labels", w.Labels, map[string]string{"app": "web"})
	var got []string
	for _, c := range w.Containers {
		got = append(got, fmt.Sprintf("%s@%d %s@%d cpu=%s@%d env=%s@%d", c.Name, c.Position.Line, c.Image.Value, c.Image.Position.Line,
			c.Resources.CPURequest.Value, c.Resources.CPURequest.Position.Line, c.Env[0].Name, c.Env[0].Position.Line))
	}
	equal(t, "containers", got, []string{
		"base@12 shop/base:1@13 cpu=1@17 env=A@15",
		"merged@19 shop/base:1@13 cpu=1@17 env=A@15",
		"listed@21 shop/first:1@20 cpu=1@17 env=A@15",
	})
}

func TestBounds(t *testing.T) {
	bomb := "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("    %c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	for _, tt := range []struct{ name, text, want string }{
		{"alias bomb", bomb, "line 1: has aliases that expand to more than 200000 values"},
		{"merge bomb", strings.NewReplacer("[x, x, x, x, x, x, x, x, x, x]", "{x: x}", "    b", "    b", "[*", "{<<: [*", "]\n", "]}\n").Replace(bomb), "line 1: has aliases that expand to more than 200000 values"},
		{"anchor in itself", pod("a") + "    x: &x {y: *x}\n", "line 1: has an anchor that contains itself: &x"},
		{"depth", pod("a") + "    x: " + strings.Repeat("[", 500) + strings.Repeat("]", 500) + "\n", "line 1: is nested deeper than 200"},
		{"size", pod("a") + "    x: " + strings.Repeat("x", maxFileSize) + "\n", "is larger than 8 MiB"},
		{"lists in lists", strings.Repeat("{apiVersion: v1, kind: List, items: [", 6) + "{apiVersion: v1, kind: Pod}" + strings.Repeat("]}", 6), ""},
		{"objects", "{apiVersion: v1, kind: List, items: [" + strings.Repeat("{apiVersion: v1, kind: Service, spec: {}},", maxObjects+1) + "]}\n", "has more than 20000 objects; the rest was not read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := files{"bad.yaml": tt.text, "good.yaml": pod("good")}.read(t)
			want := []string{}
			if tt.want != "" {
				want = append(want, "bad.yaml: "+tt.want)
			}
			if tt.name == "objects" {
				want = append(want, "good.yaml: there are more than 20000 objects; this file and those behind it were not read")
				equal(t, "workloads", names(m), []string{})
			} else {
				equal(t, "workloads", names(m), []string{"Pod/good"})
			}
			equal(t, "not analyzed", reasons(m), want)
		})
	}
}

func TestBrokenAmongGood(t *testing.T) {
	m := files{
		"a.yaml": pod("a") + "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: broken\n bad: indent\n---\n" + pod("c"),
		"types.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: t}\nspec:\n  replicas: two\n---\n" +
			"apiVersion: v1\nkind: Pod\nmetadata:\n  name: notes\n  annotations:\n    ok: x\n    scrape: true\n---\n" +
			"apiVersion: v1\nkind: Pod\nmetadata:\n  name: env\nspec:\n  containers:\n  - name: c\n    env:\n    - {name: A, value: x}\n    - name: B\n      value: 8080\n---\n" +
			"apiVersion: v1\nkind: Pod\nmetadata: {name: y}\nspec: {containers: [{name: c, image: i:1, resources: {limits: {memory: lots}}}]}\n",
		"boolean.yaml":   strings.Replace(pod("x"), "name: x", "name: n", 1),
		"duplicate.yaml": strings.Replace(pod("d"), "    image", "    image: old:1\n    image", 1),
		"utf16.yaml":     "\xff\xfea\x00p\x00i\x00V\x00e\x00r\x00s\x00i\x00o\x00n\x00 \x00k\x00i\x00n\x00d\x00",
		"z.yaml":         pod("z"),
	}.read(t)
	equal(t, "workloads", names(m), []string{"Pod/a", "Pod/c", "Pod/d", "Pod/z"})
	got := reasons(m)
	want := []string{
		"a.yaml: line 14: is not valid YAML",
		"boolean.yaml: line 4: Pod/n: metadata.name is a bool where a string is needed, so Kubernetes refuses the object",
		`duplicate.yaml: line 9: the key "image" is given twice; only one of them counts`,
		"types.yaml: line 5: Deployment/t: spec.replicas is a string where a number is needed, so Kubernetes refuses the object",
		"types.yaml: line 13: Pod/notes: metadata.annotations is a bool where a string is needed, so Kubernetes refuses the object",
		"types.yaml: line 25: Pod/env: spec.containers.env.value is a number where a string is needed, so Kubernetes refuses the object",
		"types.yaml: line 27: Pod/y does not fit its type: quantities must match the regular expression",
		"utf16.yaml: is in UTF-16: save it as UTF-8",
	}
	if len(got) != len(want) {
		t.Fatalf("not analyzed:\n%s", strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("not analyzed:\n got %s\nwant %s", got[i], want[i])
		}
	}
}

func TestNoManifests(t *testing.T) {
	m := files{
		"docker-compose.yml":      "services:\n  web:\n    image: web\n",
		".github/workflows/x.yml": "on: push\njobs: {}\n# kind: Pod, apiVersion: v1\n",
		"openapi.yaml":            "openapi: 3.0.0\ninfo: {title: kind of apiVersion}\n: :\n",
		"package.json":            `{"name": "x", "apiVersion": "kind"}`,
		"values.yaml":             "extraObjects: |\n  apiVersion: v1\n  kind: Pod\n  {{ x }}\nbroken: [\n",
		"kind.yaml":               "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n",
		"crd.yaml":                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n",
		"examples/pod.yaml":       pod("example"),
		"pod.example.yaml":        pod("example"),
		"empty.yaml":              "",
		"list.yaml":               "- apiVersion: v1\n  kind: Pod\n",
		"scalar.yaml":             "apiVersion kind\n",
		"notes.yaml":              "apiVersion: v1\nkind: Pod\n", // no pod: a fragment, below
	}.read(t)
	equal(t, "workloads", names(m), []string{})
	equal(t, "not analyzed", reasons(m), []string{"notes.yaml: line 1: Pod/ has no containers: a patch or a fragment, not a workload"})
	equal(t, "counts", m.Read, deploy.Counts{Files: 3, Objects: 3})
}

func TestTemplates(t *testing.T) {
	m := files{
		"chart/Chart.yaml":                    "apiVersion: v2\nname: x\n",
		"chart/templates/a.yaml":              pod("a"),
		"chart/templates/sub/b.yaml":          "{{ if }}",
		"chart/charts/dep/Chart.yaml":         "apiVersion: v2\nname: dep\n",
		"chart/charts/dep/templates/c.yaml":   pod("c"),
		"examples/c/Chart.yaml":               "apiVersion: v2\nname: x\n",
		"examples/c/templates/c.yaml":         pod("c"),
		"templates/plain.yaml":                pod("plain"),
		"stray.yaml":                          pod("first") + "---\n{{- if .X }}\napiVersion: v1\nkind: Pod\n{{- end }}\n",
		"unquoted.yaml":                       strings.Replace(pod("x"), "name: x", "name: {{ .Name }}", 1),
		"quoted.yaml":                         strings.Replace(pod("x"), "name: x", "name: '{{ .Name }}'", 1),
		"mine.yaml":                           strings.Replace(pod("mine"), "  name: mine", "  name: mine\n  annotations: {tpl: '{{ with secret }}'}", 1),
		"test/e2e/pod.yaml":                   pod("test"),
		"internal/tests/k/kustomization.yaml": "images: [{name: shop/mine, newTag: v9}]\nresources: [../../../mine.yaml]\n",
	}.read(t)
	equal(t, "workloads", names(m), []string{"Pod/mine", "Pod/plain"})
	equal(t, "not analyzed", reasons(m), []string{
		"chart/Chart.yaml: Helm chart: templates are not rendered",
		"quoted.yaml: contains template directives",
		"stray.yaml: contains template directives",
		"test: manifests of tests are left out",
		"unquoted.yaml: contains template directives",
	})
	if r := m.Workloads[0].Containers[0].Replaced; len(r) != 0 {
		t.Errorf("a kustomization of a test replaces an image: %v", r)
	}
}

func TestSeveralTrees(t *testing.T) {
	a := files{"web.yaml": pod("a")}.open(t)
	root := files{"k/web.yaml": pod("b"), "k/kustomization.yaml": "resources: [web.yaml]\nimages: [{name: shop/b, newTag: v2}]\n"}.open(t)
	b, err := tree.Open(root.Root, "../deploy")
	if err != nil {
		t.Fatal(err)
	}
	m := Read(a, b)
	equal(t, "workloads", names(m), []string{"Pod/a", "Pod/b"})
	equal(t, "file", m.Workloads[1].Position.File, "../deploy/k/web.yaml")
	equal(t, "dir", m.Workloads[1].Dir, "../deploy/k")
	if r := m.Workloads[1].Containers[0].Replaced; len(r) != 1 || r[0].Position.File != "../deploy/k/kustomization.yaml" {
		t.Errorf("the kustomization of the other tree is not seen: %v", r)
	}
}

func TestPods(t *testing.T) {
	m := files{"x.yaml": pod("plain") + "---\n" + pod("once") + "  restartPolicy: Never\n---\n" +
		strings.Replace(pod("owned"), "  name: owned", "  name: owned\n  ownerReferences: [{controller: true, name: x}]", 1) + "---\n" +
		"apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\nspec: {template: {spec: {containers: [{name: c, image: i:1}]}}}\n"}.read(t)
	var got []string
	for _, w := range m.Workloads {
		got = append(got, fmt.Sprintf("%s controlled=%v ends=%v", w.ID(), w.Controlled, w.RunsToEnd))
	}
	equal(t, "pods", got, []string{
		"Pod/plain controlled=false ends=false",
		"Pod/once controlled=false ends=true",
		"Pod/owned controlled=true ends=false",
		"Job/migrate- controlled=true ends=true",
	})
}

func TestSameTreeSameAnswer(t *testing.T) {
	f := files{"x.yaml": everything, "y/x.yaml": everything, "z.yaml": "apiVersion: v1\nkind: Pod\nbad: [\n"}
	tr := f.open(t)
	first := Read(tr)
	for range 5 {
		if again := Read(tr); !reflect.DeepEqual(first, again) {
			t.Fatal("two readings of one tree differ")
		}
	}
}
