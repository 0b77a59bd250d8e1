package coreos

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func read1(t *testing.T, archive string) *deploy.Manifests {
	t.Helper()
	return source.Read([]*source.Format{Butane, Ignition}, treetest.Open(t, archive))
}

// TestButane has a unit, a container unit and a file system of a Butane file, each at
// its place in it.
func TestButane(t *testing.T) {
	m := read1(t, `-- shop.bu --
variant: fcos
version: 1.5.0
storage:
  filesystems:
  - device: /dev/disk/by-partlabel/var-lib-shop
    path: /var/lib/shop
    format: ext4
    with_mount_unit: true
  files:
  - path: /etc/containers/systemd/web.container
    contents:
      inline: |
        [Container]
        Image=registry.example.com/web:1.2.0
        PublishPort=8080:8080
systemd:
  units:
  - name: shop.service
    enabled: true
    contents: |
      [Service]
      ExecStart=/usr/local/bin/shop --data=/var/lib/shop
      TimeoutStopSec=20
`)
	if len(m.Workloads) != 2 {
		t.Fatalf("%d workloads: %+v", len(m.Workloads), m.Workloads)
	}
	shop, web := m.Workloads[0], m.Workloads[1]
	if shop.Position.Line != 22 || shop.GraceSeconds.Value != 20 || shop.GraceSeconds.Position.Line != 23 || !shop.On(deploy.OnCoreOS) || !shop.Machine() {
		t.Errorf("the unit: %+v", shop)
	}
	if c := web.Containers[0]; c.Image.Value != "registry.example.com/web:1.2.0" || c.Image.Position.Line != 14 || !web.On(deploy.OnCoreOS) {
		t.Errorf("the container unit: %+v", c)
	}
	var data []deploy.Field[string]
	for _, p := range m.Platforms {
		if p.ID == deploy.OnVM {
			t.Errorf("declares %s at %s", p.ID, p.Position)
		}
		data = append(data, p.Data...)
	}
	if len(data) != 1 || data[0].Value != "/var/lib/shop" || data[0].Position.Line != 6 {
		t.Errorf("data: %+v", data)
	}
}

// TestIgnition has the same as JSON, where a file is a data URL.
func TestIgnition(t *testing.T) {
	m := read1(t, `-- shop.ign --
{
  "ignition": {"version": "3.4.0"},
  "storage": {"files": [{"path": "/etc/containers/systemd/web.container", "contents": {"source": "data:,%5BContainer%5D%0AImage%3Dregistry.example.com%2Fweb%3A1.2.0%0A"}}]},
  "systemd": {"units": [{"name": "shop.service", "contents": "[Service]\nExecStart=/usr/bin/shop\nRestart=always\n"}]}
}
`)
	if len(m.Workloads) != 2 || m.Workloads[0].Name != "shop.service" || m.Workloads[0].Position.Line != 4 {
		t.Fatalf("%d workloads: %+v", len(m.Workloads), m.Workloads)
	}
	if c := m.Workloads[1].Containers[0]; c.Image.Value != "registry.example.com/web:1.2.0" || c.Image.Position.Line != 3 {
		t.Errorf("the container unit: %+v", c.Image)
	}
}

// TestOthers has what is neither: nothing is declared, and nothing noted.
func TestOthers(t *testing.T) {
	m := read1(t, "-- a.yaml --\nvariant: blue\nversion: 1\n-- b.json --\n{\"ignition\": true, \"version\": \"1\"}\n-- c.bu --\nvariant: fcos\nversion: 1.5.0\nsystemd: {units: [{name: a.service, contents: \"\"}, {name: {{ unit }}, contents: x}]}\n")
	if len(m.Workloads) != 0 || len(m.Platforms) != 1 {
		t.Errorf("%d workloads, %d platforms", len(m.Workloads), len(m.Platforms))
	}
}
