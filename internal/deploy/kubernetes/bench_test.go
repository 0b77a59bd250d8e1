package kubernetes

import (
	"fmt"
	"strings"
	"testing"
)

// small is a manifest of common size.
const small = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
    spec:
      containers:
      - name: web
        image: registry.example.com/shop/web:1.4.2
        args: ["--port=8080"]
        env:
        - name: LOG_LEVEL
          value: info
        ports:
        - name: http
          containerPort: 8080
        readinessProbe:
          httpGet:
            path: /readyz
            port: http
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app.kubernetes.io/name: web
  ports:
  - port: 80
    targetPort: http
`

func BenchmarkRead(b *testing.B) {
	for _, bm := range []struct{ name, text, workload string }{
		{"small", small, "name: web"},
		{"large", everything, "name: web"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			const n = 1200
			f := files{}
			for i := range n {
				f[fmt.Sprintf("k/%d/app%d.yaml", i%20, i)] = strings.ReplaceAll(bm.text, bm.workload, fmt.Sprintf("name: app%d", i))
			}
			tr := f.open(b)
			b.ReportAllocs()
			for b.Loop() {
				if m := Read(tr); len(m.Workloads) != n || len(m.Services) != n || len(m.NotAnalyzed) != 0 {
					b.Fatalf("%d workloads, %d services, %v", len(m.Workloads), len(m.Services), m.NotAnalyzed[:min(len(m.NotAnalyzed), 3)])
				}
			}
		})
	}
}
