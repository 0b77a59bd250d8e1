package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
	"github.com/cnready/cnready/internal/tree/treetest"
)

const shop = `
-- compose.yaml --
name: shop
x-common: &common
  restart: unless-stopped
  init: true
services:
  web:
    <<: *common
    image: shop/web:${TAG}
    build: {context: ./cmd/web, dockerfile: prod.Dockerfile, target: final, args: {VERSION: "1"}}
    command: serve --port "80 80"
    entrypoint: ["/web"]
    environment:
      LOG_LEVEL: info
      TOKEN:
      MODE: ${MODE:-fast}
      SECRET: ${SECRET}
    env_file: [web.env, {path: missing.env, required: false}]
    ports:
      - "8080:80"
      - "${METRICS}:9090"
      - target: 443
        published: "8443"
        protocol: tcp
        mode: host
    expose: ["9000"]
    volumes:
      - data:/var/lib/web
      - ./conf:/etc/web:ro
      - type: tmpfs
        target: /tmp
      - /cache
    tmpfs: /run
    secrets: [password]
    configs: [{source: app, target: /etc/app.yaml}]
    depends_on:
      db: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
    healthcheck:
      test: ["CMD", "/web", "health"]
      interval: 10s
      timeout: 3s
      retries: 5
    stop_grace_period: 1m30s
    stop_signal: SIGINT
    container_name: web-1
    user: "1000:2000"
    read_only: true
    cap_add: [NET_ADMIN]
    security_opt: ["no-new-privileges:true"]
    extra_hosts: ["db.local:10.0.0.5"]
    networks:
      back: {aliases: [shop], ipv4_address: 10.5.0.5}
    deploy:
      replicas: 2
      update_config: {parallelism: 1, order: start-first}
      placement: {constraints: [node.role==worker]}
      resources:
        limits: {memory: 128M}
        reservations: {cpus: "0.25"}
  db:
    image: postgres:17
    profiles: [full]
    pid: host
    network_mode: host
    privileged: true
  migrate:
    image: shop/migrate:1
volumes:
  data: {}
networks:
  back: {}
secrets:
  password: {file: ./password.txt}
configs:
  app: {file: ./app.yaml}
-- compose.override.yaml --
services:
  web:
    read_only: false
    environment:
      LOG_LEVEL: debug
    ports: ["8081:81"]
-- docker-compose.prod.yml --
services:
  web:
    image: shop/web:prod
-- docker-compose.alone.yml --
services:
  only:
    image: only:1
-- deploy.sh --
docker compose -f compose.yaml \
  -f docker-compose.prod.yml up -d
-- web.env --
# what the web server reads
export FROM_FILE=1
LOG_LEVEL=trace
-- .env --
TAG=1.4.2
`

// at is the text that a position spans in a folder of files.
func at(t *testing.T, tr *tree.Tree, p finding.Position) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(tr.Root, filepath.FromSlash(p.File)))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	if p.Line < 1 || p.Line > len(lines) {
		return fmt.Sprintf("<no such place: %v>", p)
	}
	line := lines[p.Line-1]
	end := len(line)
	if p.EndLine == p.Line {
		end = p.EndColumn - 1
	}
	return line[p.Column-1 : end]
}

func TestRead(t *testing.T) {
	tr := treetest.Open(t, shop)
	m := Read(tr)
	if len(m.NotAnalyzed) != 0 {
		t.Fatal(m.NotAnalyzed)
	}
	var got []string
	for _, w := range m.Workloads {
		got = append(got, w.Variant+":"+w.Name)
	}
	if want := "[:web :db :migrate prod:web prod:db prod:migrate alone:only]"; fmt.Sprint(got) != want {
		t.Fatalf("workloads %v, want %v", got, want)
	}
	if m.Read != (deploy.Counts{Files: 4, Objects: 7}) {
		t.Errorf("counts %+v", m.Read)
	}
	w, db, migrate, prod := m.Workloads[0], m.Workloads[1], m.Workloads[2], m.Workloads[3]
	c := w.Containers[0]
	env := map[string]deploy.Env{}
	for _, e := range c.Env {
		env[e.Name] = e
	}
	mounts := map[string]deploy.Mount{}
	for _, mount := range c.Mounts {
		mounts[mount.Path] = mount
	}
	volume := func(mount string) *deploy.Volume { return w.Volume(mounts[mount].Volume) }
	port := func(number int) deploy.Port {
		for _, p := range c.Ports {
			if p.Number == number {
				return p
			}
		}
		t.Errorf("no port %d in %+v", number, c.Ports)
		return deploy.Port{}
	}
	for _, tt := range []struct {
		what string
		ok   bool
		at   finding.Position
		text string
	}{
		{"name", w.ID() == "service/web" && w.Platform == deploy.Compose, w.Position, "web"},
		{"image", c.Image.Known() && c.Image.Value == "shop/web:1.4.2", c.Image.Position, "shop/web:${TAG}"},
		{"image of prod", prod.Containers[0].Image.Value == "shop/web:prod" && prod.Containers[0].Image.Position.File == "docker-compose.prod.yml", prod.Containers[0].Image.Position, "shop/web:prod"},
		{"restart by a merge key", w.RestartPolicy.Value == "unless-stopped", w.RestartPolicy.Position, "unless-stopped"},
		{"init", c.InitProcess.Value, c.InitProcess.Position, "true"},
		{"no restart", !db.RestartPolicy.Set, db.RestartPolicy.Position, "db"},
		{"entrypoint", fmt.Sprint(c.Command.Value) == "[/web]", c.Command.Position, "entrypoint"},
		{"command", len(c.Args.Value) == 3 && c.Args.Value[2] == "80 80", c.Args.Position, `serve --port "80 80"`},
		{"overridden env", env["LOG_LEVEL"].Value == "debug" && env["LOG_LEVEL"].Position.File == "compose.override.yaml", env["LOG_LEVEL"].ValuePosition, "debug"},
		{"env of the shell", env["TOKEN"].From == "unknown", env["TOKEN"].Position, "TOKEN"},
		{"env with a default", env["MODE"].From == "" && env["MODE"].Value == "fast", env["MODE"].ValuePosition, "${MODE:-fast}"},
		{"env without a value", env["SECRET"].From == "unknown" && env["SECRET"].Value == "${SECRET}", env["SECRET"].Position, "SECRET"},
		{"env of a file", env["FROM_FILE"].Value == "1" && env["FROM_FILE"].Ref.Name == "web.env", env["FROM_FILE"].Position, "FROM_FILE"},
		{"env file", env["FROM_FILE"].Ref.Kind == "EnvFile", env["FROM_FILE"].Ref.Position, "web.env"},
		{"missing env file", len(c.EnvFrom) == 1 && c.EnvFrom[0].Optional, c.EnvFrom[0].Position, "missing.env"},
		{"port", port(80).HostPort == 8080 && port(80).Protocol == "TCP", port(80).Position, `"8080:80"`},
		{"port with an unknown host port", port(9090).HostPort == 0 && port(9090).Published == "${METRICS}", port(9090).Position, `"${METRICS}:9090"`},
		{"long port", port(443).HostPort == 8443 && port(443).Mode == "host", port(443).Position, "443"},
		{"port of the override", port(81).HostPort == 8081 && port(81).Position.File == "compose.override.yaml", port(81).Position, `"8081:81"`},
		{"expose", port(9000).Internal, port(9000).Position, `"9000"`},
		{"named volume", volume("/var/lib/web").Persistent && volume("/var/lib/web").Kind == "volume", mounts["/var/lib/web"].Position, "data:/var/lib/web"},
		{"bind", volume("/etc/web").Kind == "hostPath" && volume("/etc/web").Source == "conf" && mounts["/etc/web"].ReadOnly, mounts["/etc/web"].Position, "./conf:/etc/web:ro"},
		{"tmpfs volume", volume("/tmp").Kind == "emptyDir" && volume("/tmp").Medium.Value == "Memory", mounts["/tmp"].Position, "/tmp"},
		{"anonymous volume", volume("/cache").Kind == "emptyDir", mounts["/cache"].Position, "/cache"},
		{"tmpfs", volume("/run").Kind == "emptyDir", mounts["/run"].Position, "/run"},
		{"secret", volume("/run/secrets/password").Refs[0].Kind == "Secret", mounts["/run/secrets/password"].Position, "password"},
		{"config", volume("/etc/app.yaml").Refs[0].Name == "app", mounts["/etc/app.yaml"].Position, "app"},
		{"dependency", w.DependsOn[0].Name == "db" && w.DependsOn[0].Condition == "service_healthy", w.DependsOn[0].Position, "db"},
		{"awaited", migrate.RunsToEnd && !db.RunsToEnd && !w.RunsToEnd, migrate.Position, "migrate"},
		{"health", c.Health.Set && fmt.Sprint(c.Health.Value.Command) == "[/web health]", c.Health.Value.Position, "test"},
		{"interval", c.Health.Value.Period.Value == 10, c.Health.Value.Period.Position, "10s"},
		{"retries", c.Health.Value.FailureThreshold.Value == 5, c.Health.Value.FailureThreshold.Position, "5"},
		{"grace", w.GraceSeconds.Value == 90, w.GraceSeconds.Position, "1m30s"},
		{"default grace", !db.GraceSeconds.Set && db.GraceSeconds.Value == 10, db.GraceSeconds.Position, "db"},
		{"signal", true, c.StopSignal.Position, "SIGINT"},
		{"fixed name", true, w.FixedName.Position, "web-1"},
		{"fixed address", true, w.FixedAddresses[0].Position, "10.5.0.5"},
		{"user", c.RunAsUser.Value == 1000 && c.Security.RunAsGroup.Value == 2000, c.Security.User.Position, `"1000:2000"`},
		{"read only by the override", c.ReadOnlyRoot.Known() && !c.ReadOnlyRoot.Value, c.ReadOnlyRoot.Position, "false"},
		{"added", true, c.Security.Added[0].Position, "NET_ADMIN"},
		{"escalation", c.Security.AllowEscalation.Set && !c.Security.AllowEscalation.Value, c.Security.AllowEscalation.Position, `"no-new-privileges:true"`},
		{"extra host", w.HostAliases[0].IP.Value == "10.0.0.5", w.HostAliases[0].Position, `"db.local:10.0.0.5"`},
		{"replicas", w.Replicas.Value == 2, w.Replicas.Position, "2"},
		{"update", w.Update.Strategy.Value == "start-first" && w.Update.Parallelism.Value == 1, w.Update.Strategy.Position, "start-first"},
		{"constraint", w.Swarm.Set && !db.Swarm.Set, w.Placement.Constraints[0].Position, "node.role==worker"},
		{"memory", c.Resources.MemoryLimit.Value == "128M", c.Resources.MemoryLimit.Position, "128M"},
		{"cpu", true, c.Resources.CPURequest.Position, `"0.25"`},
		{"build", c.Build.Context.Value == "cmd/web" && c.Build.Dockerfile.Value == "cmd/web/prod.Dockerfile" && c.Build.Target.Value == "final", c.Build.Dockerfile.Position, "prod.Dockerfile"},
		{"build argument", c.Build.Args[0].Value == "1", c.Build.Args[0].Position, "VERSION"},
		{"host network", db.HostNetwork.Value && db.HostPID.Value && !db.HostIPC.Set, db.HostNetwork.Position, "host"},
		{"privileged", db.Containers[0].Privileged.Value, db.Containers[0].Privileged.Position, "true"},
		{"endpoint alias", len(w.Services) == 1 && w.Services[0].Implied && w.Services[0].Aliases[0].Value == "shop", w.Services[0].Position, "web"},
	} {
		if !tt.ok {
			t.Errorf("%s: not read as it stands there", tt.what)
		}
		if got := at(t, tr, tt.at); got != tt.text && !strings.HasPrefix(got, tt.text+":") {
			t.Errorf("%s: %s is %q, want %q", tt.what, tt.at, got, tt.text)
		}
	}
	if fmt.Sprint(db.Profiles) != "[full]" {
		t.Errorf("profiles %v", db.Profiles)
	}
}

func TestExtendsAndInclude(t *testing.T) {
	tr := treetest.Open(t, `
-- compose.yaml --
include:
  - more/compose.yaml
  - https://example.com/shop.git#main:compose.yaml
services:
  web:
    extends: {file: common/base.yaml, service: base}
    environment: [EXTRA=1]
  worker:
    extends: web
    command: [work]
  lost:
    image: lost:1
    extends: {file: ../outside.yaml, service: base}
-- common/base.yaml --
services:
  base:
    image: shop/base:1
    environment:
      SHARED: "yes"
-- more/compose.yaml --
services:
  cache:
    image: redis:${CACHE:-8}
`)
	m := Read(tr)
	var got []string
	for _, w := range m.Workloads {
		got = append(got, fmt.Sprintf("%s %s@%s", w.Name, w.Containers[0].Image.Value, w.Containers[0].Image.Position.File))
	}
	want := "[web shop/base:1@common/base.yaml worker shop/base:1@common/base.yaml lost lost:1@compose.yaml cache redis:8@more/compose.yaml]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v\nwant %v", got, want)
	}
	var notes []string
	for _, n := range m.NotAnalyzed {
		notes = append(notes, n.File+": "+n.Reason)
	}
	for _, part := range []string{"example.com/shop.git#main:compose.yaml\" is remote, and was not read", `service lost extends "../outside.yaml", which is not in the tree`} {
		if !strings.Contains(strings.Join(notes, "\n"), part) {
			t.Errorf("no note says %q: %v", part, notes)
		}
	}
}

func TestBroken(t *testing.T) {
	tr := treetest.Open(t, `
-- a/compose.yaml --
services:
  web: {image: "shop/web:1", replicas: 3, ports: ["x:y:z:1"]}
  db: {image: "postgres:17"}
-- b/compose.yaml --
services:
  web: {image: "a
-- c/docker-compose.yml --
web:
  image: old:1
-- d/compose.yaml --
services: &a
  web: *a
-- e/compose.yaml --
services:
  web: {image: "${IMAGE}", ports: ["${PORT}"], read_only: "${RO}", deploy: {replicas: "${N}"}}
-- f/compose.yaml --
kind: Something
-- test/compose.yaml --
services: {web: {image: a}}
`)
	m := Read(tr)
	got := map[string]string{}
	for _, w := range m.Workloads {
		got[w.Dir+"/"+w.Name] = w.Containers[0].Image.Value
		if w.Dir != "e" {
			continue
		}
		c := w.Containers[0]
		if !c.Image.Unknown || !c.ReadOnlyRoot.Unknown || !w.Replicas.Unknown || len(c.Ports) != 1 || !c.Ports[0].Unknown {
			t.Errorf("what variables fill in: image %+v, read_only %+v, replicas %+v, ports %+v", c.Image, c.ReadOnlyRoot, w.Replicas, c.Ports)
		}
	}
	if want := map[string]string{"a/web": "shop/web:1", "a/db": "postgres:17", "e/web": "${IMAGE}"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	noted := map[string]bool{}
	for _, n := range m.NotAnalyzed {
		noted[n.File] = true
		if strings.Contains(n.Reason, tr.Root) {
			t.Errorf("a reason names this machine's paths: %s", n.Reason)
		}
	}
	for _, file := range []string{"a/compose.yaml", "b/compose.yaml", "c/docker-compose.yml", "d/compose.yaml", "test"} {
		if !noted[file] {
			t.Errorf("%s is not noted: %v", file, m.NotAnalyzed)
		}
	}
}

func TestBounds(t *testing.T) {
	bomb := "x-a: &a [z,z,z,z,z,z,z,z,z]\n"
	for i := range 8 {
		bomb += fmt.Sprintf("x-%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", 'b'+i, 'b'+i, 'a'+i, 'a'+i, 'a'+i, 'a'+i, 'a'+i, 'a'+i, 'a'+i, 'a'+i, 'a'+i)
	}
	many := "services:\n"
	for i := range maxServices + 100 {
		many += fmt.Sprintf("  s%d: {image: a}\n", i)
	}
	for name, text := range map[string]string{
		"bomb":  bomb + "services: {web: {image: a}}\n",
		"deep":  "services: {web: {image: a}}\nx-deep: " + strings.Repeat("[", 500) + strings.Repeat("]", 500) + "\n",
		"large": "services: {web: {image: a}}\n#" + strings.Repeat("x", maxFileSize),
	} {
		m := Read(treetest.Open(t, "-- compose.yaml --\n"+text))
		if len(m.Workloads) != 0 || len(m.NotAnalyzed) != 1 {
			t.Errorf("%s: %d workloads, %v", name, len(m.Workloads), m.NotAnalyzed)
		}
	}
	if m := Read(treetest.Open(t, "-- compose.yaml --\n"+many)); len(m.Workloads) > maxServices || len(m.NotAnalyzed) == 0 {
		t.Errorf("%d services of many were read, %v", len(m.Workloads), m.NotAnalyzed)
	}
}

func TestMerges(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"docker compose -f docker-compose.yml -f docker-compose.prod.yml up", "[docker-compose.yml docker-compose.prod.yml]"},
		{"\tdocker-compose --file=deploy/a.yml --file=deploy/b.yml up", "deploy[a.yml b.yml]"},
		{"COMPOSE_FILE=compose.yaml:compose.ci.yaml", "[compose.yaml compose.ci.yaml]"},
		{"docker stack deploy -c docker-compose.yml -c swarm.yml shop", "[docker-compose.yml swarm.yml]"},
		{"docker compose -f docker-compose.yml up", ""},
		{"kubectl apply -f a.yml -f b.yml", ""},
		{"docker compose -f $A.yml -f b.yml up", ""},
	} {
		got := ""
		for _, m := range mergesOf(tt.line, ".") {
			got += m.dir + fmt.Sprint(m.names)
		}
		if got != tt.want {
			t.Errorf("%q: %s, want %s", tt.line, got, tt.want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	var archive strings.Builder
	for i := range 20 {
		text := strings.SplitN(shop, "-- compose.override.yaml --", 2)[0]
		archive.WriteString(strings.Replace(text, "-- compose.yaml --", fmt.Sprintf("-- s%d/compose.yaml --", i), 1))
	}
	tr := treetest.Open(b, archive.String())
	b.ReportAllocs()
	for b.Loop() {
		if m := Read(tr); len(m.Workloads) != 60 {
			b.Fatalf("%d workloads, %v", len(m.Workloads), m.NotAnalyzed)
		}
	}
}

// FuzzRead reads anything without a panic, and gives only places in the files.
func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.SplitN(strings.SplitN(shop, "-- compose.yaml --\n", 2)[1], "-- compose.override", 2)[0]))
	f.Add([]byte("services: {a: {extends: a, image: x}, b: {extends: {file: compose.yaml, service: a}}}\ninclude: [compose.yaml, {path: [x]}]\n"))
	f.Add([]byte("services:\n  a: &a {image: !reset null, ports: [1, {target: x}], volumes: [a, null, {type: 3}]}\n  b: *a\n"))
	f.Add([]byte("services: {a: {environment: {A: null, B: [1]}, env_file: [.env, 3], healthcheck: 7, deploy: 3, build: [x]}}\n"))
	f.Add([]byte("services:\n  web:\n    image: ${A:-${B}}\n    ports: ['${P}:${Q}', '1-5:1-5']\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		root := t.TempDir()
		for _, name := range []string{"compose.yaml", "docker-compose.x.yml", ".env"} {
			if err := os.WriteFile(filepath.Join(root, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		tr, err := tree.Open(root, "")
		if err != nil {
			t.Fatal(err)
		}
		m := Read(tr)
		lines := strings.Count(string(text), "\n") + 1
		for _, w := range m.Workloads {
			c := w.Containers[0]
			for _, p := range []finding.Position{w.Position, c.Image.Position, w.GraceSeconds.Position, c.Health.Position, w.Replicas.Position} {
				if p.Line < 1 || p.Line > lines || p.Column < 1 {
					t.Errorf("%s: %v is no place in a file of %d lines", w.ID(), p, lines)
				}
			}
		}
	})
}
