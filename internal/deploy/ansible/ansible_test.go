package ansible

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

// TestPlaybook has a play with a container, a volume and a file, and names that Jinja
// fills in.
func TestPlaybook(t *testing.T) {
	m := read1(t, `-- deploy/site.yml --
- name: The shop
  hosts: shops
  become: true
  tasks:
  - name: Data
    ansible.posix.mount:
      path: /var/lib/shop
      src: /dev/vdb
      fstype: ext4
      state: mounted
  - name: Start it
    community.docker.docker_container:
      name: shop
      image: "registry.example.com/shop:{{ version }}"
      published_ports: ["80:8080"]
      restart_policy: unless-stopped
      env:
        LOG_LEVEL: info
      volumes:
      - /var/lib/shop:/data:rw
  - name: Remove the old one
    docker_container: {name: old, image: x, state: absent}
`)
	if len(m.Workloads) != 1 {
		t.Fatalf("%d workloads", len(m.Workloads))
	}
	w := m.Workloads[0]
	c := w.Containers[0]
	if w.Name != "shop" || w.Position.Line != 13 || !w.On(deploy.OnAnsible) || w.RestartPolicy.Value != "unless-stopped" || !c.Image.Unknown || c.Image.Position.Line != 14 {
		t.Errorf("%+v", w)
	}
	if p := c.Ports[0]; p.Number != 8080 || p.HostPort != 80 || p.Position.Line != 15 {
		t.Errorf("%+v", p)
	}
	if c.Env[0].Name != "LOG_LEVEL" || c.Env[0].Value != "info" || c.Mounts[0].Path != "/data" || w.Volume("/var/lib/shop").Kind != "hostPath" {
		t.Errorf("%+v %+v", c.Env, c.Mounts)
	}
	if p := m.Platforms[0]; p.ID != deploy.OnAnsible || p.Name != "The shop" || p.Position.Line != 2 {
		t.Errorf("%+v", p)
	} else if len(p.Data) != 1 || p.Data[0].Value != "/var/lib/shop" || p.Data[0].Position.Line != 7 {
		t.Errorf("%+v", p.Data)
	}
}

// TestRole has the tasks of a role.
func TestRole(t *testing.T) {
	m := read1(t, "-- roles/shop/tasks/main.yml --\n- name: Unit\n  ansible.builtin.template:\n    src: shop.service.j2\n    dest: /etc/systemd/system/shop.service\n  notify: restart\n- block:\n  - mount: {path: /srv, src: /dev/vdc, fstype: xfs, state: mounted}\n")
	if len(m.Platforms) != 1 || m.Platforms[0].Name != "shop" || m.Platforms[0].Position.Line != 1 || len(m.Platforms[0].Data) != 1 {
		t.Errorf("%+v", m.Platforms)
	}
}

// TestOthers has YAML lists that are none, and a workflow.
func TestOthers(t *testing.T) {
	m := read1(t, "-- a.yml --\n- hosts: a\n- {name: b, tasks: x}\n-- tasks/list.yml --\n- title: wash up\n- title: cook\n-- b.yml --\nhosts: [a]\ntasks: [b]\nroles: []\n")
	if len(m.Platforms) != 0 || len(m.NotAnalyzed) != 0 {
		t.Errorf("%+v %+v", m.Platforms, m.NotAnalyzed)
	}
}

// TestUnit has a unit that stands in a task: its places are those in the task file.
func TestUnit(t *testing.T) {
	m := read1(t, `-- roles/shop/tasks/main.yml --
- name: Unit
  ansible.builtin.copy:
    dest: /etc/systemd/system/shop.service
    content: |
      [Service]
      ExecStart=/usr/local/bin/shop --listen :{{ shop_port }}
      Restart=always
- name: Not a unit
  copy:
    dest: /etc/shop.conf
    content: "a=b"
`)
	if len(m.Workloads) != 1 {
		t.Fatalf("workloads %v", m.Workloads)
	}
	w := m.Workloads[0]
	if !w.On(deploy.OnAnsible) || w.Name != "shop.service" || w.Position.String() != "roles/shop/tasks/main.yml:6:17" || w.RestartPolicy.Position.String() != "roles/shop/tasks/main.yml:7:15" {
		t.Errorf("workload %s at %v, restart at %v, on %v", w.Name, w.Position, w.RestartPolicy.Position, w.Platforms)
	}
	if args := w.Containers[0].Args.Value; len(args) != 2 || args[1] != ":$({{ shop_port }})" {
		t.Errorf("args %q", args)
	}
}
