package deploy_test

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/compose"
	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/tree/treetest"
)

const shop = `
-- base/kustomization.yaml --
resources: [web.yaml]
configMapGenerator:
- name: generated
  literals: [MODE=fast]
-- base/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: shop/web:1}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {LOG: info}
-- eu/kustomization.yaml --
resources: [../base, extra.yaml]
-- eu/extra.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: region}
data: {REGION: eu}
-- us/kustomization.yaml --
resources: [../base, extra.yaml]
-- us/extra.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: region}
data: {REGION: us}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: only-us}
-- plain/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: shop/api:1}]}
---
apiVersion: v1
kind: Secret
metadata: {name: known, namespace: shop}
stringData: {password: hunter2}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: api}, ports: [{port: 80}]}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: fetcher, namespace: shop}
spec:
  target: {name: fetched}
  data: [{secretKey: token, remoteRef: {key: x}}]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: cert, namespace: shop}
spec: {secretName: web-tls}
---
apiVersion: db.example.com/v1
kind: Database
metadata: {name: orders-db, namespace: shop}
-- README.md --
Before: kubectl -n shop create secret generic by-hand \
  --from-literal=a=b
`

func TestIndex(t *testing.T) {
	m := kubernetes.Read(treetest.Open(t, shop))
	if len(m.NotAnalyzed) != 0 {
		t.Fatal(m.NotAnalyzed)
	}
	x := deploy.NewIndex(m)
	scopes := map[string]deploy.Scope{}
	for _, w := range m.Workloads {
		scopes[w.Name] = w.Scope()
	}
	for _, tt := range []struct {
		in, kind, name string
		want           deploy.Answer
		at             string // of what was found
		reason         string
	}{
		{"web", "ConfigMap", "settings", deploy.Found, "base/web.yaml:12", ""},
		{"web", "ConfigMap", "generated", deploy.Found, "base/kustomization.yaml:3", ""},
		{"web", "ConfigMap", "region", deploy.Found, "eu/extra.yaml:3", ""},
		{"web", "ConfigMap", "mistyped", deploy.Absent, "", ""},
		{"web", "ConfigMap", "$(NAME)", deploy.CannotTell, "", "filled in"},
		{"web", "Secret", "anything", deploy.CannotTell, "", "no Secret is defined beside it"},
		{"web", "ServiceAccount", "default", deploy.Found, "", ""},
		{"api", "ConfigMap", "settings", deploy.Found, "base/web.yaml:12", ""},
		{"api", "Secret", "known", deploy.Found, "plain/all.yaml:12", ""},
		{"api", "Secret", "fetched", deploy.Found, "plain/all.yaml:24", ""},
		{"api", "Secret", "fetcher", deploy.Absent, "", ""},
		{"api", "Secret", "web-tls", deploy.Found, "plain/all.yaml:30", ""},
		{"api", "Secret", "by-hand", deploy.CannotTell, "", "README.md:1"},
		{"api", "Secret", "orders-db-credentials", deploy.CannotTell, "", "Database/orders-db"},
		{"api", "Secret", "mistyped", deploy.Absent, "", ""},
	} {
		l := x.Find(tt.kind, tt.name, scopes[tt.in])
		at := ""
		if len(l.Objects) > 0 {
			at = l.Objects[0].Position.Short()
		}
		if l.Answer != tt.want || at != tt.at || !strings.Contains(l.Reason, tt.reason) {
			t.Errorf("%s %s from %s: %v at %q because %q, want %v at %q", tt.kind, tt.name, tt.in, l.Answer, at, l.Reason, tt.want, tt.at)
		}
		if (l.Answer == deploy.Absent) != (len(l.Siblings) > 0) {
			t.Errorf("%s %s: %d siblings with answer %v", tt.kind, tt.name, len(l.Siblings), l.Answer)
		}
	}

	if k, l := x.Key(deploy.Ref{Kind: "Secret", Name: "known", Key: "password"}, scopes["api"]); l.Answer != deploy.Found || k.Value != "" {
		t.Errorf("a secret's key: %+v, %v; its value is not to be kept", k, l.Answer)
	}
	if _, l := x.Key(deploy.Ref{Kind: "Secret", Name: "known", Key: "user"}, scopes["api"]); l.Answer != deploy.Absent {
		t.Errorf("a key that a secret lacks: %v", l.Answer)
	}
	if _, l := x.Key(deploy.Ref{Kind: "ConfigMap", Name: "region", Key: "CITY"}, scopes["web"]); l.Answer != deploy.Absent {
		t.Errorf("a key that no overlay's map has: %v", l.Answer)
	}
	for name, want := range map[string]deploy.Answer{
		"api": deploy.Found, "api.shop": deploy.Found, "api.shop.svc.cluster.local": deploy.Found, "ap": deploy.Absent,
		"api.elsewhere": deploy.CannotTell, "example.com": deploy.CannotTell, "kubernetes": deploy.Found,
	} {
		if _, l := x.Service(name, scopes["api"]); l.Answer != want {
			t.Errorf("service %s: %v because %q, want %v", name, l.Answer, l.Reason, want)
		}
	}
}

func TestIndexVariants(t *testing.T) {
	web := func(region string) []byte {
		return []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: web:1}]}\n" +
			"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: region-" + region + "}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n")
	}
	m := kubernetes.ReadTexts(
		kubernetes.Text{File: "chart/Chart.yaml", Dir: "chart", Variant: "eu", Data: web("eu")},
		kubernetes.Text{File: "chart/Chart.yaml", Dir: "chart", Variant: "us", Data: web("us")})
	x := deploy.NewIndex(m)
	if len(m.Workloads) != 2 {
		t.Fatalf("%d workloads, want 2: %v", len(m.Workloads), m.NotAnalyzed)
	}
	for _, w := range m.Workloads {
		if len(w.Services) != 1 || w.Services[0].Variant != w.Variant {
			t.Errorf("variant %s has the Services %v", w.Variant, w.Services)
		}
		if l := x.Find("ConfigMap", "region-"+w.Variant, w.Scope()); l.Answer != deploy.Found || l.Objects[0].Variant != w.Variant {
			t.Errorf("the map of variant %s: %+v", w.Variant, l)
		}
	}
	if l := x.Find("ConfigMap", "region-us", m.Workloads[0].Scope()); l.Answer != deploy.CannotTell {
		t.Errorf("another variant's map: %v", l.Answer)
	}
}

func TestIndexCompose(t *testing.T) {
	m := compose.Read(treetest.Open(t, `
-- compose.yaml --
services:
  web: {image: web:1, networks: {back: {aliases: [shop]}}}
  db: {image: postgres:17}
networks: {back: {}}
-- other/compose.yaml --
services:
  cache: {image: redis:8}
`))
	x := deploy.NewIndex(m)
	in := m.Workloads[0].Scope()
	for name, want := range map[string]deploy.Answer{"db": deploy.Found, "shop": deploy.Found, "cache": deploy.CannotTell, "bd": deploy.Absent} {
		if _, l := x.Service(name, in); l.Answer != want {
			t.Errorf("service %s: %v because %q, want %v", name, l.Answer, l.Reason, want)
		}
	}
}

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]struct {
		n           int
		percent, ok bool
	}{"1": {1, false, true}, "50%": {50, true, true}, "": {}, "-1": {n: -1}, "a%": {percent: true}} {
		n, percent, ok := deploy.ParseAmount(text)
		if n != want.n || percent != want.percent || ok != want.ok {
			t.Errorf("%q: %d %v %v", text, n, percent, ok)
		}
	}
}

func TestSelector(t *testing.T) {
	labels := map[string]string{"app": "web", "tier": "front"}
	for _, tt := range []struct {
		s           deploy.Selector
		matches, ok bool
	}{
		{deploy.Selector{}, true, true},
		{deploy.Selector{Labels: map[string]string{"app": "web"}}, true, true},
		{deploy.Selector{Labels: map[string]string{"app": "api"}}, false, true},
		{deploy.Selector{Expressions: []deploy.Requirement{{Key: "tier", Operator: "In", Values: []string{"front"}}, {Key: "x", Operator: "DoesNotExist"}}}, true, true},
		{deploy.Selector{Expressions: []deploy.Requirement{{Key: "tier", Operator: "NotIn", Values: []string{"front"}}}}, false, true},
		{deploy.Selector{Expressions: []deploy.Requirement{{Key: "x", Operator: "Exists"}}}, false, true},
		{deploy.Selector{Expressions: []deploy.Requirement{{Key: "x", Operator: "Near"}}}, false, false},
	} {
		if matches, ok := tt.s.Matches(labels); matches != tt.matches || ok != tt.ok {
			t.Errorf("%+v: %v %v", tt.s, matches, ok)
		}
	}
}
