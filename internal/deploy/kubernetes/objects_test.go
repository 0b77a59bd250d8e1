package kubernetes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cnready/cnready/internal/finding"
)

// everyKind has one object of each kind that is read from its nodes.
const everyKind = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web-target}
  minReplicas: 2
  maxReplicas: 9
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: queue}
spec:
  scaleTargetRef: {name: worker}
  maxReplicaCount: 4
  triggers:
  - type: rabbitmq
    metadata: {queueName: orders}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  minAvailable: 50%
  selector: {matchLabels: {app: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {}
  ingress:
  - from: [{podSelector: {matchLabels: {app: front}}}, {ipBlock: {cidr: 10.0.0.0/8}}]
    ports: [{port: 8080}]
  egress: []
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  tls: [{secretName: web-cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - path: /api
        backend: {service: {name: api, port: {number: 8080}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  parentRefs: [{name: edge}]
  hostnames: [shop.example.org]
  rules:
  - matches: [{path: {type: PathPrefix, value: /cart}}]
    backendRefs: [{name: cart, port: 7070, weight: 3}]
---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: web}
spec:
  host: shop.example.net
  to: {kind: Service, name: front}
  port: {targetPort: http}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web}
spec:
  hosts: [shop]
  http:
  - route: [{destination: {host: shop.shop.svc.cluster.local, port: {number: 9080}}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  LOG_LEVEL: debug
  app.yaml: |
    a: b
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: fast
  resources: {requests: {storage: 10Gi}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
automountServiceAccountToken: false
imagePullSecrets: [{name: registry}]
---
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: restricted}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: sandboxed}
handler: kata-qemu
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota}
spec: {hard: {limits.memory: 4Gi}}
---
apiVersion: monitoring.example.com/v1
kind: Rule
metadata:
  name: seen # by a glance
  namespace: shop
`

func TestReadObjects(t *testing.T) {
	f := files{"k/all.yaml": everyKind}
	m := f.read(t)
	if len(m.NotAnalyzed) != 0 {
		t.Fatal(m.NotAnalyzed)
	}
	equal(t, "objects", []int{m.Read.Objects, len(m.Objects)}, []int{16, 16})
	hpa, keda := m.Autoscalers[0], m.Autoscalers[1]
	ingress, http, route, mesh := m.Routes[0], m.Routes[1], m.Routes[2], m.Routes[3]
	policy := m.Policies[0]
	for _, tt := range []struct {
		what string
		ok   bool
		at   finding.Position
		text string
	}{
		{"hpa", hpa.ID() == "HorizontalPodAutoscaler/web" && hpa.Namespace == "shop" && hpa.Dir == "k", hpa.Position, "web"},
		{"hpa version", hpa.APIVersion == "autoscaling/v2", hpa.APIPosition, "autoscaling/v2"},
		{"hpa target", hpa.Target.Kind == "Deployment", hpa.Target.Position, "web-target"},
		{"hpa min", hpa.Min.Value == 2, hpa.Min.Position, "2"},
		{"hpa max", hpa.Max.Value == 9, hpa.Max.Position, "9"},
		{"hpa metric", hpa.Metrics[0].Name == "cpu" && hpa.Metrics[0].Utilization.Value == 70, hpa.Metrics[0].Utilization.Position, "70"},
		{"keda target", keda.Target.Kind == "Deployment", keda.Target.Position, "worker"},
		{"keda min", !keda.Min.Set && keda.Min.Value == 0, keda.Max.Position, "4"},
		{"keda trigger", keda.Metrics[0].Type == "rabbitmq", keda.Metrics[0].Target.Position, "rabbitmq"},
		{"budget", m.Budgets[0].Selector.Labels["app"] == "web", m.Budgets[0].MinAvailable.Position, "50%"},
		{"policy types", !policy.Types.Set && strings.Join(policy.Types.Value, " ") == "Ingress Egress", policy.Position, "web"},
		{"policy peers", policy.Selector.Set && policy.Selector.Empty() && len(policy.Ingress[0].Peers) == 2, policy.Ingress[0].Peers[1].Block.Position, "10.0.0.0/8"},
		{"policy port", true, policy.Ingress[0].Ports[0].Position, "8080"},
		{"class", true, ingress.Class.Position, "nginx"},
		{"tls", ingress.TLSSet.Value, ingress.TLS[0].Position, "web-cert"},
		{"host", true, ingress.Hosts[0].Position, "shop.example.com"},
		{"backend", ingress.Backends[0].Name == "api", ingress.Backends[0].Position, "api"},
		{"backend port", ingress.Backends[0].Port == "8080", ingress.Backends[0].PortPosition, "8080"},
		{"backend path", true, ingress.Backends[0].Path.Position, "/api"},
		{"gateway", http.Parents[0].Kind == "Gateway", http.Parents[0].Position, "edge"},
		{"gateway backend", http.Backends[0].Weight.Value == 3, http.Backends[0].Position, "cart"},
		{"gateway path", true, http.Backends[0].Path.Position, "/cart"},
		{"route", route.Backends[0].Port == "http" && !route.TLSSet.Value, route.Backends[0].Position, "front"},
		{"mesh", mesh.Backends[0].Host == "shop.shop.svc.cluster.local" && mesh.Backends[0].Port == "9080", mesh.Hosts[0].Position, "shop"},
		{"map key", m.Configs[0].Complete && len(m.Configs[0].Keys) == 2, m.Configs[0].Keys[0].Position, "LOG_LEVEL"},
		{"map value", m.Configs[0].Keys[1].Value == "a: b\n", m.Configs[0].Keys[0].ValuePosition, "debug"},
		{"claim", m.Claims[0].AccessModes[0].Value == "ReadWriteOnce" && m.Claims[0].StorageClass.Value == "fast", m.Claims[0].Size.Position, "10Gi"},
		{"account", !m.ServiceAccounts[0].Automount.Value, m.ServiceAccounts[0].PullSecrets[0].Position, "registry"},
		{"namespace", true, m.Namespaces[0].Enforce.Position, "restricted"},
		{"runtime", true, m.RuntimeClasses[0].Handler.Position, "kata-qemu"},
		{"priority", m.PriorityClasses[0].Value.Value == 1000, m.PriorityClasses[0].Value.Position, "1000"},
		{"quota", m.Quotas[0].Hard[0].Name == "limits.memory", m.Quotas[0].Hard[0].Position, "4Gi"},
		{"unread kind", m.Objects[15].Kind == "Rule" && m.Objects[15].Name == "seen" && m.Objects[15].Namespace == "shop", m.Objects[15].Position, "seen"},
	} {
		if !tt.ok {
			t.Errorf("%s: not read as it stands there", tt.what)
		}
		if got := f.at(tt.at); got != tt.text {
			t.Errorf("%s: %s is %q, want %q", tt.what, tt.at, got, tt.text)
		}
	}
}

func TestReadPodFields(t *testing.T) {
	f := files{"web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {note: x}}
spec:
  minReadySeconds: 5
  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 25%, maxSurge: 1}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: shopper
      automountServiceAccountToken: false
      runtimeClassName: sandboxed
      priorityClassName: high
      nodeName: node-7
      nodeSelector: {disktype: ssd}
      dnsPolicy: None
      shareProcessNamespace: true
      hostAliases: [{ip: 10.1.2.3, hostnames: [db]}]
      imagePullSecrets: [{name: registry}]
      restartPolicy: Always
      tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}
      securityContext:
        fsGroup: 2000
        supplementalGroups: [3000, 3001]
        seccompProfile: {type: RuntimeDefault}
        sysctls: [{name: net.core.somaxconn, value: "1024"}]
      containers:
      - name: web
        image: shop/web:1
        imagePullPolicy: Always
        workingDir: /srv
        tty: true
        readinessProbe:
          httpGet: {path: /ready, port: 8080, host: 127.0.0.1}
          initialDelaySeconds: 3
          timeoutSeconds: 7
        lifecycle:
          preStop: {exec: {command: [sh, -c, "sleep 15; nginx -s quit"]}}
          postStart: {sleep: {seconds: 2}}
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: {add: [NET_ADMIN], drop: [ALL]}
          runAsGroup: 10
        resources:
          requests: {ephemeral-storage: 1Gi}
          limits: {nvidia.com/gpu: 1}
        volumeMounts: [{name: all, mountPath: /etc/all, subPathExpr: $(POD)}]
      volumes:
      - name: all
        projected: {sources: [{configMap: {name: one}}, {secret: {name: two, optional: true}}]}
      - name: fast
        emptyDir: {medium: Memory, sizeLimit: 64Mi}
      - name: claim
        persistentVolumeClaim: {claimName: data}
`}
	m := f.read(t)
	if len(m.Workloads) != 1 || len(m.NotAnalyzed) != 0 {
		t.Fatalf("%d workloads, %v", len(m.Workloads), m.NotAnalyzed)
	}
	w := m.Workloads[0]
	c := w.Containers[0]
	anti := w.Placement.PodAntiAffinity.Required[0]
	for _, tt := range []struct {
		what string
		ok   bool
		at   finding.Position
		text string
	}{
		{"api", w.APIVersion.Value == "apps/v1", w.APIVersion.Position, "apps/v1"},
		{"strategy", w.Update.Strategy.Value == "RollingUpdate", w.Update.Position, "strategy"},
		{"maxUnavailable", true, w.Update.MaxUnavailable.Position, "25%"},
		{"maxSurge", w.Update.MaxSurge.Value == "1", w.Update.MaxSurge.Position, "1"},
		{"minReady", w.Update.MinReady.Value == 5, w.Update.MinReady.Position, "5"},
		{"selector", w.Selector.Labels["app"] == "web", w.Selector.Position, "selector"},
		{"account", w.ServiceAccount.Set, w.ServiceAccount.Position, "shopper"},
		{"token", w.AutomountToken.Known() && !w.AutomountToken.Value, w.AutomountToken.Position, "false"},
		{"runtime", true, w.RuntimeClass.Position, "sandboxed"},
		{"priority", true, w.PriorityClass.Position, "high"},
		{"node", true, w.Placement.NodeName.Position, "node-7"},
		{"node selector", w.Placement.NodeSelector[0].Name == "disktype", w.Placement.NodeSelector[0].Position, "ssd"},
		{"dns", true, w.DNSPolicy.Position, "None"},
		{"share", w.ShareProcessNamespace.Value, w.ShareProcessNamespace.Position, "true"},
		{"alias", w.HostAliases[0].Names[0] == "db", w.HostAliases[0].Position, "10.1.2.3"},
		{"pull secret", true, w.PullSecrets[0].Position, "registry"},
		{"restart", true, w.RestartPolicy.Position, "Always"},
		{"toleration", w.Placement.Tolerations[0].Key == "gpu" && w.Placement.Tolerations[0].Effect == "NoSchedule", w.Placement.Tolerations[0].Position, "{key: gpu"},
		{"spread", w.Placement.Spread[0].MaxSkew.Value == 1, w.Placement.Spread[0].WhenUnsatisfiable.Position, "DoNotSchedule"},
		{"anti-affinity", anti.Selector.Labels["app"] == "web", anti.Topology.Position, "kubernetes.io/hostname"},
		{"fsGroup", w.Security.FSGroup.Value == 2000, w.Security.FSGroup.Position, "2000"},
		{"groups", len(w.Security.SupplementalGroups.Value) == 2, w.Security.SupplementalGroups.Position, "supplementalGroups"},
		{"seccomp", true, w.Security.Seccomp.Position, "RuntimeDefault"},
		{"sysctl", w.Security.Sysctls[0].Value == "1024", w.Security.Sysctls[0].Position, "net.core.somaxconn"},
		{"pull", true, c.PullPolicy.Position, "Always"},
		{"dir", true, c.WorkingDir.Position, "/srv"},
		{"tty", c.TTY.Value, c.TTY.Position, "true"},
		{"probe path", true, c.Readiness.Value.PathPosition, "/ready"},
		{"probe port", c.Readiness.Value.Host == "127.0.0.1", c.Readiness.Value.PortPosition, "8080"},
		{"delay", c.Readiness.Value.InitialDelay.Value == 3, c.Readiness.Value.InitialDelay.Position, "3"},
		{"timeout", c.Readiness.Value.Timeout.Value == 7, c.Readiness.Value.Timeout.Position, "7"},
		{"period", !c.Readiness.Value.Period.Set && c.Readiness.Value.Period.Value == 10, c.Readiness.Value.Period.Position, "readinessProbe"},
		{"preStop", c.PreStopHook.Value.Sleep == 15*time.Second, c.PreStopHook.Value.Position, "exec"},
		{"postStart", c.PostStartHook.Value.Sleep == 2*time.Second, c.PostStartHook.Value.Position, "sleep"},
		{"escalation", c.Security.AllowEscalation.Known() && !c.Security.AllowEscalation.Value, c.Security.AllowEscalation.Position, "false"},
		{"added", true, c.Security.Added[0].Position, "NET_ADMIN"},
		{"dropped", true, c.Security.Dropped[0].Position, "ALL"},
		{"group", c.Security.RunAsGroup.Value == 10, c.Security.RunAsGroup.Position, "10"},
		{"ephemeral", true, c.Resources.EphemeralRequest.Position, "1Gi"},
		{"device", c.Resources.Other[0].Name == "nvidia.com/gpu", c.Resources.Other[0].Position, "1"},
		{"subPathExpr", c.Mounts[0].SubPathExpr, c.Mounts[0].SubPathPosition, "$(POD)"},
		{"projected map", w.Volumes[0].Refs[0].Kind == "ConfigMap", w.Volumes[0].Refs[0].Position, "one"},
		{"projected secret", w.Volumes[0].Refs[1].Optional, w.Volumes[0].Refs[1].Position, "two"},
		{"medium", true, w.Volumes[1].Medium.Position, "Memory"},
		{"size", true, w.Volumes[1].Size.Position, "64Mi"},
		{"claim", w.Volumes[2].Refs[0].Kind == "PersistentVolumeClaim", w.Volumes[2].SourcePosition, "data"},
	} {
		if !tt.ok {
			t.Errorf("%s: not read as it stands there", tt.what)
		}
		if got := f.at(tt.at); got != tt.text && !strings.HasPrefix(got, tt.text) {
			t.Errorf("%s: %s is %q, want %q", tt.what, tt.at, got, tt.text)
		}
	}
}

func TestReadOtherWorkloads(t *testing.T) {
	const spec = "\n    metadata: {labels: {app: a}}\n    spec: {containers: [{name: a, image: a:1, ports: [{containerPort: 9000}]}]}\n"
	m := files{
		"rollout.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec:\n  replicas: 4\n  strategy: {canary: {maxSurge: 1}}\n  selector: {matchLabels: {app: a}}\n  template:" + spec,
		"by-ref.yaml":  "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: b}\nspec:\n  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: a}\n",
		"knative.yaml": "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: fn}\nspec:\n  template:\n    metadata: {annotations: {autoscaling.knative.dev/min-scale: \"1\"}}\n    spec: {containers: [{image: a:1, ports: [{containerPort: 9000}]}]}\n",
		"clone.yaml":   "apiVersion: apps.kruise.io/v1alpha1\nkind: CloneSet\nmetadata: {name: c}\nspec:\n  selector: {matchLabels: {app: a}}\n  updateStrategy: {maxUnavailable: 20%}\n  template:" + spec,
		"custom.yaml":  "apiVersion: example.com/v1\nkind: Broker\nmetadata: {name: d}\nspec:\n  replicas: 3\n  podTemplate:" + spec,
		"job.yaml":     "apiVersion: keda.sh/v1alpha1\nkind: ScaledJob\nmetadata: {name: e}\nspec:\n  maxReplicaCount: 5\n  jobTargetRef:\n    template: {spec: {restartPolicy: Never, containers: [{name: a, image: a:1}]}}\n",
		"part.yaml":    "apiVersion: example.com/v1\nkind: Monitor\nmetadata: {name: f}\nspec:\n  containers: [{name: a, image: a:1}]\n  podTemplate: {spec: {containers: [{name: a, resources: {}}]}}\n",
		"crd.yaml":     "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: g}\nspec: {versions: [{schema: {podTemplate: {spec: {containers: [{name: a, image: b}]}}}}]}\n",
	}.read(t)
	var got []string
	for _, w := range m.Workloads {
		got = append(got, fmt.Sprintf("%s replicas=%d end=%v custom=%v %s %s", w.ID(), w.Replicas.Value, w.RunsToEnd, w.Custom, w.Update.Strategy.Value, w.TemplateRef.Value.Name))
	}
	equal(t, "workloads", got, []string{
		"Rollout/b replicas=1 end=false custom=false  a",
		"CloneSet/c replicas=1 end=false custom=false  ",
		"Broker/d replicas=3 end=false custom=true  ",
		"ScaledJob/e replicas=1 end=true custom=false  ",
		"Service/fn replicas=1 end=false custom=true  ",
		"Rollout/a replicas=4 end=false custom=false canary ",
	})
	equal(t, "not analyzed", reasons(m), []string{})
	if len(m.Services) != 1 || !m.Services[0].Implied || m.Services[0].Ports[0].TargetPort != "9000" {
		t.Errorf("the endpoint of the Knative Service: %+v", m.Services)
	}
	equal(t, "autoscalers", len(m.Autoscalers), 2)
}

func TestTemplate(t *testing.T) {
	f := files{"t.yaml": `apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: shop}
parameters:
- {name: NAME, value: web}
- {name: TAG, required: true}
- {name: COUNT, value: "3"}
- {name: PORT}
objects:
- apiVersion: apps.openshift.io/v1
  kind: DeploymentConfig
  metadata: {name: "${NAME}"}
  spec:
    replicas: ${{COUNT}}
    selector: {app: "${NAME}"}
    triggers:
    - {type: ImageChange, imageChangeParams: {containerNames: [web], from: {kind: ImageStreamTag, name: "web:latest"}}}
    template:
      metadata: {labels: {app: "${NAME}"}}
      spec:
        terminationGracePeriodSeconds: ${{PORT}}
        containers:
        - name: web
          image: "shop/web:${TAG}"
          env: [{name: MODE, value: "${NAME}-x"}, {name: WHO, value: "${TAG}"}]
          ports: [{containerPort: "${{PORT}}"}]
- apiVersion: v1
  kind: DeploymentConfig
  metadata: {name: imageless}
  spec:
    triggers:
    - {type: ImageChange, imageChangeParams: {containerNames: [web], from: {kind: ImageStreamTag, name: "web:latest"}}}
    selector: {app: x}
    template: {metadata: {labels: {app: x}}, spec: {containers: [{name: web, image: ""}]}}
- apiVersion: v1
  kind: Service
  metadata: {name: "${NAME}"}
  spec: {selector: {app: "${NAME}"}, ports: [{port: 80}]}
- apiVersion: build.openshift.io/v1
  kind: BuildConfig
  metadata: {name: web}
  spec:
    source: {contextDir: src}
    strategy: {dockerStrategy: {dockerfilePath: Dockerfile.prod}}
    output: {to: {kind: ImageStreamTag, name: "web:latest"}}
`}
	m := f.read(t)
	if len(m.Workloads) != 2 || len(m.NotAnalyzed) != 0 {
		t.Fatalf("%d workloads, %v", len(m.Workloads), m.NotAnalyzed)
	}
	w := m.Workloads[0]
	c := w.Containers[0]
	equal(t, "id", w.ID(), "DeploymentConfig/web")
	equal(t, "replicas", []any{w.Replicas.Value, w.Replicas.Known()}, []any{3, true})
	equal(t, "grace", []any{w.GraceSeconds.Set, w.GraceSeconds.Unknown}, []any{true, true})
	equal(t, "image", []any{c.Image.Value, c.Image.Unknown}, []any{"shop/web:${TAG}", true})
	equal(t, "env", []string{c.Env[0].Value + c.Env[0].From, c.Env[1].From}, []string{"web-x", "unknown"})
	equal(t, "port", []any{c.Ports[0].Number, c.Ports[0].Unknown}, []any{0, true})
	equal(t, "trigger", c.Replaced[0].Tool, "OpenShift")
	equal(t, "image at", f.at(c.Image.Position)[:15], `"shop/web:${TAG`)
	equal(t, "services", len(w.Services), 1)
	equal(t, "build", m.Builds[0].Dockerfile.Value, "src/Dockerfile.prod")
}

func TestRemoved(t *testing.T) {
	for _, tt := range []struct{ version, kind, in, use string }{
		{"extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"},
		{"extensions/v1beta1", "Deployment", "1.16", "apps/v1"},
		{"policy/v1beta1", "PodSecurityPolicy", "1.25", ""},
		{"autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26", "autoscaling/v2"},
		{"apps/v1", "Deployment", "", ""},
		{"v1", "Service", "", ""},
	} {
		r, ok := Removed(tt.version, tt.kind)
		if ok != (tt.in != "") || r.In != tt.in || r.Use != tt.use {
			t.Errorf("%s %s: %+v %v", tt.version, tt.kind, r, ok)
		}
	}
	lines := 0
	for line := range strings.Lines(removedText) {
		if strings.TrimSpace(line) != "" && line[0] != '#' {
			if lines++; len(strings.Fields(line)) != 4 {
				t.Errorf("a line of removed.txt has not four columns: %q", line)
			}
		}
	}
	if lines < 25 {
		t.Errorf("removed.txt has %d lines", lines)
	}
}

func TestSleepOf(t *testing.T) {
	for _, tt := range []struct {
		command []string
		want    time.Duration
	}{
		{[]string{"sleep", "5"}, 5 * time.Second},
		{[]string{"/bin/sleep", "1m"}, time.Minute},
		{[]string{"sh", "-c", "sleep 3 && sleep 4"}, 7 * time.Second},
		{[]string{"sh", "-c", "if true; then sleep 3; fi"}, 0},
		{[]string{"sh", "-c", "sleep $T"}, 0},
		{[]string{"nginx", "-s", "quit"}, 0},
		{nil, 0},
	} {
		if got := SleepOf(tt.command); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.command, got, tt.want)
		}
	}
}
