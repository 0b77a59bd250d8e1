package marathon

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func read1(t *testing.T, archive string) *deploy.Manifests {
	t.Helper()
	return source.Read([]*source.Format{Files}, treetest.Open(t, archive))
}

// TestApp has each field at its place.
func TestApp(t *testing.T) {
	m := read1(t, `-- marathon.json --
{
  "id": "/shop/web",
  "cpus": 0.5,
  "mem": 128,
  "instances": 3,
  "taskKillGracePeriodSeconds": 20,
  "args": ["--log=json"],
  "env": {"LOG_LEVEL": "info", "TOKEN": {"secret": "token"}},
  "container": {
    "type": "DOCKER",
    "docker": {"image": "registry.example.com/web:1.2.0", "privileged": true},
    "portMappings": [{"containerPort": 8080, "hostPort": 0, "name": "http"}],
    "volumes": [{"containerPath": "/data", "hostPath": "/srv/web", "mode": "RW"}]
  },
  "networks": [{"mode": "container/bridge"}],
  "healthChecks": [{"protocol": "MESOS_HTTP", "path": "/healthz", "portIndex": 0, "timeoutSeconds": 5}]
}
`)
	if len(m.Workloads) != 1 {
		t.Fatalf("%d workloads", len(m.Workloads))
	}
	w := m.Workloads[0]
	c := w.Containers[0]
	if w.Name != "shop/web" || w.Position.Line != 2 || w.Replicas.Value != 3 || w.GraceSeconds.Value != 20 || w.GraceSeconds.Position.Line != 6 || !w.On(deploy.OnMarathon) {
		t.Errorf("%+v", w)
	}
	if c.Image.Value != "registry.example.com/web:1.2.0" || c.Image.Position.Line != 11 || !c.Privileged.Value || len(c.Args.Value) != 1 || c.Resources.MemoryLimit.Value != "128Mi" {
		t.Errorf("%+v", c)
	}
	if len(c.Env) != 2 || c.Env[0].Value != "info" || c.Env[1].From != "secret" {
		t.Errorf("%+v", c.Env)
	}
	if p := c.Ports[0]; p.Number != 8080 || p.Position.Line != 12 || p.Name != "http" {
		t.Errorf("%+v", p)
	}
	if p := c.Liveness.Value; p.Path != "/healthz" || p.Port != "8080" || p.Timeout.Value != 5 || p.PathPosition.Line != 16 {
		t.Errorf("%+v", p)
	}
	if v := w.Volume(c.Mounts[0].Volume); v.Kind != "hostPath" || v.Source != "/srv/web" || c.Mounts[0].Path != "/data" {
		t.Errorf("%+v", v)
	}
}

// TestGroup has apps of groups, a pod, and an app in host mode whose ports Marathon
// chooses.
func TestGroup(t *testing.T) {
	m := read1(t, `-- group.json --
{
  "id": "/shop",
  "apps": [{"id": "web", "cmd": "./web --port $PORT0", "cpus": 0.1, "mem": 32, "portDefinitions": [{"port": 10001}]}],
  "groups": [{"id": "back", "apps": [{"id": "/elsewhere/db", "cpus": 1, "mem": 64, "args": []}]}],
  "pods": [{"id": "side", "scaling": {"kind": "fixed", "instances": 2}, "containers": [{"name": "a", "image": {"kind": "DOCKER", "id": "a:1"}, "resources": {"cpus": 0.1, "mem": 32}, "endpoints": [{"name": "http", "containerPort": 80}]}]}]
}
`)
	var names []string
	for _, w := range m.Workloads {
		names = append(names, w.Kind+" "+w.Name)
	}
	if len(names) != 3 || names[0] != "app shop/web" || names[1] != "app elsewhere/db" || names[2] != "pod shop/side" {
		t.Fatalf("%q", names)
	}
	if p := m.Workloads[0].Containers[0].Ports[0]; !p.Unknown {
		t.Errorf("a port of host mode: %+v", p)
	}
	if c := m.Workloads[2].Containers[0]; m.Workloads[2].Replicas.Value != 2 || c.Image.Value != "a:1" || c.Ports[0].Number != 80 {
		t.Errorf("%+v", c)
	}
}

// TestOthers has JSON files that are none.
func TestOthers(t *testing.T) {
	m := read1(t, "-- app.json --\n{\"id\": \"/a\", \"name\": \"shop\", \"env\": {}}\n-- b.json --\n[{\"id\": 1, \"apps\": [{\"id\": \"a\"}]}, {\"cpus\": 1}]\n-- c.json --\n{\"id\": \"/c\", \"cpus\": 1, \n")
	if len(m.Workloads) != 0 || len(m.Platforms) != 0 {
		t.Errorf("%+v", m.Workloads)
	}
}
