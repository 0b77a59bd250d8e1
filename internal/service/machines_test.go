package service_test

import (
	"testing"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func unit(name, start string) string {
	return file(name, "[Service]\nExecStart="+start)
}

// TestUnits joins units of machines to the mains whose programs they start.
func TestUnits(t *testing.T) {
	shop := mod("github.com/acme/shop")
	for _, tt := range []struct{ name, archive, want string }{
		{"by the program's name", shop + server(".") + unit("packaging/shop.service", "/usr/bin/shop serve"),
			`service shop in .
  run by unit/shop.service in packaging/shop.service: it starts /usr/bin/shop, the name of the program
`},
		{"the module's only main that serves", shop + server("cmd/server") + cli("cmd/shopctl") + unit("init/web.service", "/opt/shop/shop"),
			`service shop in cmd/server
  run by unit/web.service in init/web.service: it starts /opt/shop/shop, the name of the program
main shopctl in cmd/shopctl: it neither listens nor is run by a workload
`},
		{"the folder is filled in, and a wrapper stands before", shop + cli("cmd/worker") + unit("a.service.in", "/usr/bin/env A=b @bindir@/worker") + unit("b.service", "@/usr/bin/worker w --queue=%i"),
			`service worker in cmd/worker
  run by unit/a.service in a.service.in: it starts $(@bindir@)/worker, the name of the program
  run by unit/b.service in b.service: it starts /usr/bin/worker, the name of the program
`},
		{"a timer's unit does not make a service", shop + cli("cmd/report") + unit("report.service", "/usr/bin/report") + file("report.timer", "[Timer]\nOnCalendar=daily"),
			`main report in cmd/report: it does not listen, and only jobs run it
unowned unit/report.service in report.service
`},
		{"others' programs, and names that are not known", shop + server(".") + unit("a.service", "/usr/bin/redis-server") + unit("b.service", "/usr/bin/{{ name }}") + unit("c.service", "/bin/sh -c shop"),
			`service shop in .
unowned unit/a.service in a.service
unowned unit/b.service in b.service
unowned unit/c.service in c.service
`},
		{"the nearer of two", shop + server("eu/web") + server("us/web") + unit("eu/web/web.service", "/usr/bin/web") + unit("web.service", "/usr/bin/web"),
			`service web in eu/web
  run by unit/web.service in eu/web/web.service: it starts /usr/bin/web, the name of the program
service web in us/web
unowned unit/web.service in web.service
`},
		{"beside the image", shop + server(".") + file("Dockerfile", twoStages("go build -o /x .", "/x")) + unit("shop.service", "/usr/bin/shop"),
			`service shop in .
  image Dockerfile: the image starts /app, which its go build makes from this folder
  run by unit/shop.service in shop.service: it starts /usr/bin/shop, the name of the program
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(ruletest.Join(treetest.Open(t, tt.archive))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestClearWritesOnMachines holds that a volume of its own keeps what a machine
// writes, and a folder of its own disk does not; and that a unit beside a workload
// with a claim changes nothing.
func TestClearWritesOnMachines(t *testing.T) {
	program := mod("github.com/acme/data") + server(".") + unit("data.service", "/usr/bin/data\nStateDirectory=data")
	claimed := object("a.yaml", "Deployment", "a", "acme/data", ", volumeMounts: [{name: data, mountPath: /data}]}], volumes: [{name: data, persistentVolumeClaim: {claimName: c}}], tolerations: [{key: x")
	for _, tt := range []struct{ name, files, path, want string }{
		{"a mounted volume", file("data.mount", "[Mount]\nWhat=/dev/vdb\nWhere=/var/lib/data\nType=ext4"), "/var/lib/data/x", "the machine mounts a volume of its own at /var/lib/data"},
		{"a task that mounts it", file("roles/a/tasks/main.yml", "- name: data\n  mount: {path: /var/lib/data, src: /dev/vdb, fstype: ext4, state: mounted}"), "/var/lib/data/x", "the machine mounts a volume of its own at /var/lib/data"},
		{"the machine's disk", "", "/var/lib/data/x", ""},
		{"a volume elsewhere", file("data.mount", "[Mount]\nWhat=/dev/vdb\nWhere=/var/lib/database"), "/var/lib/data/x", ""},
		{"a claim, and a unit beside it", claimed, "/data/x", "Deployment/a mounts the persistentVolumeClaim data at /data"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := ruletest.Join(treetest.Open(t, program+tt.files)).Services[0]
			s.Contract = &effects.Contract{Effects: []effects.Instance{write(effects.Write, here, lit(tt.path))}}
			results := []finding.Result{{Verdict: finding.Fails, Finding: &finding.Finding{Position: here}}}
			service.ClearWrites(s, results)
			got := ""
			if by := results[0].Finding.ClearedBy; by != nil {
				got = by.Message
			}
			if got != tt.want {
				t.Errorf("cleared by %q, want %q", got, tt.want)
			}
		})
	}
}
