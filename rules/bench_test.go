package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/manifests"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
	"github.com/cnready/cnready/rules"
)

// BenchmarkManifests reads a tree of 1,000 manifest files, 250 workloads with what
// belongs to them, and runs all rules on manifests over it.
func BenchmarkManifests(b *testing.B) {
	dir := b.TempDir()
	const apps = 250
	for i := range apps {
		for name, text := range map[string]string{"deployment": benchDeployment, "service": benchService, "settings": benchSettings, "traffic": benchTraffic} {
			file := filepath.Join(dir, fmt.Sprintf("team%d", i%10), fmt.Sprintf("app%d-%s.yaml", i, name))
			if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "APP", fmt.Sprintf("app%d", i))), 0o600); err != nil {
				b.Fatal(err)
			}
		}
	}
	var m *deploy.Manifests
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			root, err := tree.Open(dir, "")
			if err != nil {
				b.Fatal(err)
			}
			if m = manifests.Read(nil, root); len(m.Workloads) != apps || len(m.NotAnalyzed) > 0 {
				b.Fatalf("%d workloads, %v", len(m.Workloads), m.NotAnalyzed)
			}
		}
	})
	b.Run("judge", func(b *testing.B) {
		if m == nil {
			b.Skip("nothing was read")
		}
		for b.Loop() {
			index := deploy.NewIndex(m)
			answers := 0
			for _, r := range rules.All {
				pass := rule.Pass{Recorder: finding.NewRecorder(&r.Rule), Manifests: m, Index: index}
				switch r.Needs {
				case rule.Manifests:
					r.Run(&pass)
				case rule.Workload:
					for _, w := range m.Workloads {
						p := pass
						p.Workload = w
						r.Run(&p)
					}
				}
				answers += len(pass.Results())
			}
			if answers < 10*apps {
				b.Fatalf("only %d answers", answers)
			}
		}
	})
}

const (
	benchDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: APP
spec:
  selector:
    matchLabels:
      app: APP
  template:
    metadata:
      labels:
        app: APP
    spec:
      serviceAccountName: APP
      containers:
        - name: APP
          image: registry.example.com/shop/APP:1.4.2
          env:
            - name: LOG_LEVEL
              valueFrom:
                configMapKeyRef: {name: APP, key: log-level}
            - name: NEXT_URL
              value: http://APP.shop.svc:80
          envFrom:
            - secretRef: {name: APP}
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe:
            httpGet: {path: /readyz, port: http}
          resources:
            requests: {cpu: 100m, memory: 64Mi}
`
	benchService = `apiVersion: v1
kind: Service
metadata:
  name: APP
spec:
  selector:
    app: APP
  ports:
    - {name: http, port: 80, targetPort: http}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: APP
`
	benchSettings = `apiVersion: v1
kind: ConfigMap
metadata:
  name: APP
data:
  log-level: info
---
apiVersion: v1
kind: Secret
metadata:
  name: APP
stringData:
  KEY: ""
`
	benchTraffic = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: APP
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: APP}
  minReplicas: 2
  maxReplicas: 5
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: APP
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: APP}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: APP
spec:
  rules:
    - http:
        paths:
          - path: /APP
            pathType: Prefix
            backend:
              service: {name: APP, port: {name: http}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: APP
spec:
  podSelector:
    matchLabels: {app: APP}
  policyTypes: [Ingress]
`
)
