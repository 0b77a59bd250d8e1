package cloudinit

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

func TestFiles(t *testing.T) {
	m := read1(t, `-- user-data.yaml --
#cloud-config
packages: [shop]
mounts:
- [/dev/xvdf, /var/lib/shop, ext4, "defaults,nofail", "0", "2"]
- [swap, none, swap, sw, "0", "0"]
write_files:
- path: /etc/systemd/system/shop.service
  content: |
    [Service]
    ExecStart=/usr/bin/shop
    Restart=always
- path: /etc/shop.conf
  content: listen = 8080
runcmd:
- docker run -d --name web -p 80:8080 registry.example.com/web:1.2.0
- [systemctl, start, shop]
`)
	if len(m.Workloads) != 2 {
		t.Fatalf("%d workloads: %+v", len(m.Workloads), m.Workloads)
	}
	unit, web := m.Workloads[0], m.Workloads[1]
	if unit.Name != "shop.service" || unit.Position.Line != 10 || !unit.On(deploy.OnVM) || !unit.Machine() {
		t.Errorf("%+v", unit)
	}
	if c := web.Containers[0]; c.Image.Value != "registry.example.com/web:1.2.0" || c.Image.Position.Line != 15 || !web.On(deploy.OnVM) || !web.On(deploy.OnDocker) {
		t.Errorf("%+v", c)
	}
	var data []deploy.Field[string]
	for _, p := range m.Platforms {
		data = append(data, p.Data...)
	}
	if len(data) != 1 || data[0].Value != "/var/lib/shop" || data[0].Position.Line != 4 {
		t.Errorf("%+v", data)
	}
}

// TestCoreOS has the key of old by which such a machine was told.
func TestCoreOS(t *testing.T) {
	m := read1(t, "-- cloud-config.tpl --\n#cloud-config\ncoreos:\n  units:\n  - name: shop.service\n    content: |\n      [Service]\n      ExecStart=/opt/shop/bin/shop\n")
	if len(m.Workloads) != 1 || !m.Workloads[0].On(deploy.OnCoreOS) || m.Workloads[0].Position.Line != 7 {
		t.Errorf("%+v", m.Workloads)
	}
}

// TestOthers has YAML that is none, and what does not parse.
func TestOthers(t *testing.T) {
	m := read1(t, "-- a.yaml --\n# cloud-config of the shop\nruncmd: [x]\n-- b.yaml --\n#cloud-config\n\truncmd: [\n")
	if len(m.Workloads) != 0 || len(m.NotAnalyzed) != 1 {
		t.Errorf("%+v, %+v", m.Workloads, m.NotAnalyzed)
	}
}
