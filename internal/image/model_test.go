package image

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/tree/treetest"
)

// model makes the model of the last stage of a tree's Dockerfile, with the tree
// as its build context.
func model(t *testing.T, archive string) *Image {
	t.Helper()
	tr := treetest.Open(t, archive)
	files, not := Read(tr)
	if len(files) == 0 {
		t.Fatalf("no Dockerfile: %v", not)
	}
	s := files[0].Shipped("")
	if s == nil {
		t.Fatalf("no stage: %v", not)
	}
	return Of(s, NewContext(tr, files[0].Dir, files[0].Path))
}

// docker is a tree with a Dockerfile of the given lines and a small service.
func docker(lines ...string) string {
	return "-- Dockerfile --\n" + strings.Join(lines, "\n") + `
-- go.mod --
module example.com/shop

go 1.26
-- cmd/orders/main.go --
package main

func main() {}
-- cmd/mailer/main.go --
package main

func main() {}
-- internal/db/db.go --
package db
-- web/index.html --
hello
-- config.yaml --
a: b
-- secrets/key.pem --
x
-- .dockerignore --
secrets
-- .gitignore --
/dist
`
}

func TestFiles(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string
		path  string
		want  Has
		line  int
	}{
		{"a folder of the context", []string{"FROM scratch", "WORKDIR /app", "COPY . ."}, "/app/web/index.html", Yes, 3},
		{"one that the context lacks", []string{"FROM scratch", "COPY . /app/"}, "/app/web/other.html", No, 0},
		{"one that the ignore file leaves out", []string{"FROM scratch", "COPY . /app/"}, "/app/secrets/key.pem", No, 0},
		{"one that git ignores", []string{"FROM scratch", "COPY . /app/"}, "/app/dist/x.js", Unknown, 2},
		{"a folder's contents, not the folder", []string{"FROM scratch", "COPY web /srv/"}, "/srv/index.html", Yes, 2},
		{"a folder is not copied by name", []string{"FROM scratch", "COPY web /srv/"}, "/srv/web/index.html", No, 0},
		{"a file renamed", []string{"FROM scratch", "COPY config.yaml /etc/shop.yaml"}, "/etc/shop.yaml", Yes, 2},
		{"a file into a folder", []string{"FROM scratch", "COPY config.yaml /etc/"}, "/etc/config.yaml", Yes, 2},
		{"a pattern", []string{"FROM scratch", "COPY *.yaml /etc/"}, "/etc/config.yaml", Yes, 2},
		{"--parents", []string{"FROM scratch", "COPY --parents web/index.html /srv/"}, "/srv/web/index.html", Yes, 2},
		{"--exclude", []string{"FROM scratch", "COPY --exclude=*.html web /srv/"}, "/srv/index.html", No, 0},
		{"a here document", []string{"FROM scratch", "COPY <<EOF /run.sh", "x", "EOF"}, "/run.sh", Yes, 2},
		{"another stage's file", []string{"FROM scratch AS a", "COPY web /w", "FROM scratch", "COPY --from=a /w/index.html /"}, "/index.html", Yes, 4},
		{"another stage's folder", []string{"FROM scratch AS a", "COPY web /w", "FROM scratch", "COPY --from=a /w /srv"}, "/srv/index.html", Yes, 4},
		{"another image's file", []string{"FROM scratch", "COPY --from=alpine:3.22 /etc/ssl/certs/ca-certificates.crt /ca.pem"}, "/ca.pem", Yes, 2},
		{"a file that make builds is there once copied", []string{"FROM golang:1.26 AS a", "RUN make", "FROM scratch", "COPY --from=a /src/bin/x /x.bin"}, "/x.bin", Yes, 4},
		{"what make leaves is not known", []string{"FROM alpine:3.22", "COPY . /src", "RUN cd /src && make install"}, "/opt/x", Unknown, 3},
		{"a user who is not root leaves the system alone", []string{"FROM alpine:3.22", "USER 1000", "RUN /opt/setup"}, "/usr/bin/curl", No, 0},
		{"mkdir", []string{"FROM alpine:3.22", "RUN mkdir -p /data/{in,out}"}, "/data/in", Yes, 2},
		{"touch behind a condition", []string{"FROM alpine:3.22", "RUN if [ -f /x ]; then touch /data; fi"}, "/data", Unknown, 2},
		{"rm", []string{"FROM alpine:3.22", "COPY web /srv", "RUN rm -rf /srv"}, "/srv/index.html", No, 0},
		{"rm with a pattern", []string{"FROM alpine:3.22", "COPY web /srv", "RUN rm -rf /srv/*"}, "/srv/index.html", Unknown, 3},
		{"rm of caches keeps /tmp", []string{"FROM alpine:3.22", "RUN rm -rf /var/cache/apk/* /tmp/*"}, "/tmp", Yes, 0},
		{"cp", []string{"FROM alpine:3.22", "COPY web /srv", "RUN cp -r /srv /www"}, "/www/index.html", Yes, 3},
		{"mv", []string{"FROM alpine:3.22", "COPY web /srv", "RUN mv /srv/index.html /x.html"}, "/x.html", Yes, 3},
		{"what was moved is gone", []string{"FROM alpine:3.22", "COPY web /srv", "RUN mv /srv/index.html /x.html"}, "/srv/index.html", No, 0},
		{"a link", []string{"FROM alpine:3.22", "COPY web /srv", "RUN ln -s /srv /www"}, "/www/index.html", Yes, 2},
		{"wget", []string{"FROM alpine:3.22", "RUN wget -qO /usr/local/bin/x https://example.com/x"}, "/usr/local/bin/x", Yes, 2},
		{"curl", []string{"FROM debian:12", "RUN curl -fsSLo /x https://example.com/x"}, "/x", Yes, 2},
		{"tar unpacks what nobody knows", []string{"FROM alpine:3.22", "RUN wget -O- https://example.com/x.tgz | tar xz -C /opt"}, "/opt/x", Unknown, 2},
		{"and nothing elsewhere", []string{"FROM alpine:3.22", "RUN wget -O- https://example.com/x.tgz | tar xz -C /opt"}, "/srv/x", No, 0},
		{"ADD unpacks", []string{"FROM scratch", "ADD rootfs.tar.gz /"}, "/bin/sh", Unknown, 2},
		{"ADD of a URL", []string{"FROM scratch", "ADD https://example.com/a/b.pem /certs/"}, "/certs/b.pem", Yes, 2},
		{"a mount is gone afterwards", []string{"FROM alpine:3.22", "RUN --mount=type=bind,target=/src ls /src"}, "/src/config.yaml", No, 0},
		{"what is made of it stays", []string{"FROM alpine:3.22", "RUN --mount=type=bind,target=/src cp /src/config.yaml /etc/c.yaml"}, "/etc/c.yaml", Yes, 2},
		{"an unknown destination", []string{"FROM scratch", "ARG D", "COPY web $D"}, "/srv/index.html", Unknown, 3},
		{"an unknown base", []string{"FROM example.com/base", "COPY web /srv"}, "/etc/x", Unknown, 1},
		{"the runtime's own", []string{"FROM scratch"}, "/etc/resolv.conf", Yes, 0},
		{"a stage that builds on another", []string{"FROM alpine:3.22 AS a", "COPY web /srv", "FROM a"}, "/srv/index.html", Yes, 2},
		{"output into a file", []string{"FROM alpine:3.22", "RUN echo hi > /greeting"}, "/greeting", Yes, 2},
		{"a later line of a script", []string{"FROM alpine:3.22", "RUN set -e; \\", "  touch /a && \\", "  touch /b"}, "/b", Yes, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree := docker(tt.lines...)
			if strings.Contains(tree, "rootfs.tar.gz") {
				tree += "-- rootfs.tar.gz --\n"
			}
			f := model(t, tree).File(tt.path)
			if f.Has != tt.want || tt.line != 0 && f.At.Line != tt.line || f.Has != Yes && f.Why == "" {
				t.Errorf("%s: %s at %s: %s; want %s at line %d", tt.path, f.Has, f.At, f.Why, tt.want, tt.line)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	for _, tt := range []struct {
		lines              string
		libc               string
		shell              ShellFamily
		ca, zones, curl    Has
		caLine, zonesLine  int
		programOf          string
		program            Has
		passwd, passwdWant string
	}{
		{lines: "FROM scratch", libc: "none", shell: ShellNone, ca: No, zones: No, curl: No},
		{lines: "FROM gcr.io/distroless/static-debian12:nonroot", libc: "none", shell: ShellNone, ca: Yes, zones: Yes, curl: No},
		{lines: "FROM gcr.io/distroless/base:debug", libc: "glibc", shell: ShellUnknown, ca: Yes, zones: Yes, curl: No, programOf: "/busybox/wget", program: Yes},
		{lines: "FROM alpine:3.22", libc: "musl", shell: ShellBusybox, ca: Yes, zones: No, curl: No, programOf: "wget", program: Yes},
		{lines: "FROM alpine:3.22\nRUN apk add --no-cache tzdata curl", libc: "musl", shell: ShellBusybox, ca: Yes, zones: Yes, zonesLine: 2, curl: Yes, programOf: "bash", program: No},
		{lines: "FROM alpine:3.22\nRUN apk add some-package", libc: "musl", shell: ShellBusybox, ca: Yes, zones: Unknown, zonesLine: 2, curl: Unknown},
		{lines: "FROM debian:12-slim", libc: "glibc", shell: ShellDash, ca: No, zones: Yes, curl: No, programOf: "bash", program: Yes},
		{lines: "FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl", libc: "glibc", shell: ShellDash, ca: Yes, caLine: 2, zones: Yes, curl: Yes},
		{lines: "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl", libc: "glibc", shell: ShellDash, ca: No, zones: Yes, curl: Yes},
		{lines: "FROM ubuntu:24.04", libc: "glibc", shell: ShellDash, ca: No, zones: No, curl: No},
		{lines: "FROM golang:1.26", libc: "glibc", shell: ShellDash, ca: Yes, zones: Yes, curl: Yes, programOf: "gcc", program: Yes},
		{lines: "FROM golang:1.26-alpine", libc: "musl", shell: ShellBusybox, ca: Yes, zones: Yes, curl: No, programOf: "gcc", program: No},
		{lines: "FROM registry.access.redhat.com/ubi9/ubi-minimal", libc: "glibc", shell: ShellBash, ca: Yes, zones: Unknown, curl: Yes, programOf: "git", program: No},
		{lines: "FROM example.com/own", libc: "", shell: ShellUnknown, ca: Unknown, zones: Unknown, curl: Unknown},
		{lines: "FROM golang:1.26 AS b\nFROM scratch\nCOPY --from=b /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY --from=b /usr/local/go/lib/time/zoneinfo.zip /zone.zip\nENV ZONEINFO=/zone.zip", libc: "none", shell: ShellNone, ca: Yes, caLine: 3, zones: Yes, zonesLine: 4, curl: No},
		{lines: "FROM alpine:3.22 AS b\nRUN apk add tzdata\nFROM scratch\nCOPY --from=b /usr/share/zoneinfo /usr/share/zoneinfo", libc: "none", shell: ShellNone, ca: No, zones: Yes, zonesLine: 4, curl: No},
		{lines: "FROM scratch\nCOPY config.yaml /certs/ca.pem\nENV SSL_CERT_FILE=/certs/ca.pem", libc: "none", shell: ShellNone, ca: Yes, caLine: 2, zones: No, curl: No},
		{lines: "FROM alpine:3.22\nRUN apk add --virtual .deps curl && apk del .deps", libc: "musl", shell: ShellBusybox, ca: Yes, zones: No, curl: Unknown},
		{lines: "FROM busybox:1.37-musl", libc: "musl", shell: ShellBusybox, ca: No, zones: No, curl: No, programOf: "wget", program: Yes},
		{lines: "FROM cgr.dev/chainguard/static", libc: "none", shell: ShellNone, ca: Yes, zones: Yes, curl: No},
	} {
		img := model(t, docker(tt.lines))
		libc, _ := img.Libc()
		shell, _ := img.Shell()
		ca, zones, curl := img.CACerts(), img.ZoneInfo(), img.Program("curl")
		if libc != tt.libc || shell != tt.shell || ca.Has != tt.ca || zones.Has != tt.zones || curl.Has != tt.curl {
			t.Errorf("%q: libc %q, shell %q, ca %s (%s), zones %s (%s), curl %s (%s)", tt.lines, libc, shell, ca.Has, ca.Why, zones.Has, zones.Why, curl.Has, curl.Why)
		}
		if tt.caLine != 0 && ca.At.Line != tt.caLine || tt.zonesLine != 0 && zones.At.Line != tt.zonesLine {
			t.Errorf("%q: ca at %s, zones at %s", tt.lines, ca.At, zones.At)
		}
		if tt.programOf != "" {
			if f := img.Program(tt.programOf); f.Has != tt.program {
				t.Errorf("%q: %s is %s: %s", tt.lines, tt.programOf, f.Has, f.Why)
			}
		}
	}
}

func TestUsers(t *testing.T) {
	for _, tt := range []struct {
		lines       string
		name, id    string
		entry, root Has
		numeric     bool
		path        string
		writable    Has
	}{
		{lines: "FROM alpine:3.22", name: "root", id: "0", entry: Yes, root: Yes, path: "/x", writable: Yes},
		{lines: "FROM alpine:3.22\nRUN addgroup -S app && adduser -S -G app app\nUSER app", name: "app", entry: Yes, root: Unknown, path: "/home/app/x", writable: Yes},
		{lines: "FROM alpine:3.22\nRUN adduser -D -H -u 10001 app\nWORKDIR /data\nUSER app", name: "app", id: "10001", entry: Yes, root: No, path: "/data/x", writable: No},
		{lines: "FROM alpine:3.22\nRUN adduser -D -u 10001 app && mkdir /data && chown app:app /data\nUSER 10001", name: "10001", id: "10001", entry: Yes, numeric: true, root: No, path: "/data/x", writable: Yes},
		{lines: "FROM debian:12\nRUN useradd -r -u 999 -d /srv shop\nUSER shop:shop", name: "shop", id: "999", entry: Yes, root: No, path: "/var/lib/shop", writable: No},
		{lines: "FROM scratch\nUSER app", name: "app", entry: No, root: Unknown, path: "/tmp/x", writable: No},
		{lines: "FROM scratch\nUSER 65532:65532", name: "65532", id: "65532", entry: No, numeric: true, root: No, path: "/data", writable: No},
		{lines: "FROM gcr.io/distroless/static:nonroot", name: "65532", id: "65532", entry: Yes, numeric: true, root: No, path: "/home/nonroot/x", writable: Yes},
		{lines: "FROM gcr.io/distroless/static:nonroot\nCOPY --chown=65532:65532 web /data", name: "65532", id: "65532", entry: Yes, numeric: true, root: No, path: "/data/x", writable: Yes},
		{lines: "FROM gcr.io/distroless/static:nonroot\nCOPY web /data", name: "65532", id: "65532", entry: Yes, numeric: true, root: No, path: "/tmp/x", writable: Yes},
		{lines: "FROM alpine:3.22 AS b\nRUN adduser -D -u 5000 shop\nFROM scratch\nCOPY --from=b /etc/passwd /etc/group /etc/\nUSER shop", name: "shop", id: "5000", entry: Yes, root: No, path: "/x", writable: No},
		{lines: "FROM scratch\nCOPY <<EOF /etc/passwd\nshop:x:42:42::/:/none\nEOF\nUSER shop", name: "shop", id: "42", entry: Yes, root: No, path: "/x", writable: No},
		{lines: "FROM alpine:3.22\nRUN echo 'shop:x:43:43::/:/none' >> /etc/passwd\nUSER shop", name: "shop", id: "43", entry: Yes, root: No, path: "/x", writable: No},
		{lines: "FROM alpine:3.22\nRUN id shop || adduser -D -u 44 shop\nUSER shop", name: "shop", id: "44", entry: Yes, root: No, path: "/x", writable: No},
		{lines: "FROM alpine:3.22\nRUN mkdir -p /data && chmod 777 /data\nUSER 1", name: "1", id: "1", entry: Yes, numeric: true, root: No, path: "/data/x", writable: Yes},
		{lines: "FROM alpine:3.22\nRUN mkdir -p /data && chgrp -R 0 /data && chmod -R g=u /data\nUSER 1000:0", name: "1000", id: "1000", entry: No, numeric: true, root: No, path: "/data/x", writable: Yes},
		{lines: "FROM alpine:3.22\nRUN make users\nUSER app", name: "app", entry: Unknown, root: Unknown, path: "/x", writable: Unknown},
		{lines: "FROM example.com/own", name: "", entry: Unknown, root: Unknown, path: "/x", writable: Unknown},
	} {
		img := model(t, docker(tt.lines))
		u := img.User()
		w := img.Writable(tt.path, "")
		if u.Name != tt.name || u.ID != tt.id || u.Entry.Has != tt.entry || u.Root() != tt.root || u.Numeric != tt.numeric || w.Has != tt.writable {
			t.Errorf("%q: %q %q entry %s (%s), root %s, numeric %v, %s writable %s (%s)", tt.lines, u.Name, u.ID, u.Entry.Has, u.Entry.Why, u.Root(), u.Numeric, tt.path, w.Has, w.Why)
		}
	}
}

func TestBinaries(t *testing.T) {
	for _, tt := range []struct {
		lines string
		want  string // each path with its folder, sorted
		cgo   Has
		stat  Has
		libc  string
		goV   string
	}{
		{"FROM golang:1.26-alpine AS b\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/orders ./cmd/orders\nFROM alpine\nCOPY --from=b /out/orders /usr/bin/", "/usr/bin/orders=cmd/orders", No, Yes, "musl", "1.26"},
		{"FROM golang:1.26.3 AS b\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nFROM debian:12\nCOPY --from=b /out /app", "/app/mailer=cmd/mailer /app/orders=cmd/orders", Yes, Unknown, "glibc", "1.26.3"},
		{"FROM golang:1.26 AS b\nWORKDIR /src\nCOPY . .\nENV CGO_ENABLED=0\nRUN go install ./cmd/orders ./cmd/mailer\nFROM scratch\nCOPY --from=b /go/bin/* /bin/", "/bin/mailer=cmd/mailer /bin/orders=cmd/orders", No, Yes, "glibc", "1.26"},
		{"ARG GO=1.25\nFROM golang:${GO}-bookworm AS b\nWORKDIR /src\nCOPY . .\nRUN cd cmd/orders && go build -tags netgo -ldflags '-s -extldflags \"-static\"'\nFROM scratch\nCOPY --from=b /src/cmd/orders/orders /orders", "/orders=cmd/orders", Yes, Yes, "glibc", "1.25"},
		{"FROM golang:1.26 AS b\nWORKDIR /src\nCOPY . .\nRUN for x in orders mailer; do go build -o /out/$x ./cmd/$x; done\nFROM scratch\nCOPY --from=b /out /", "/mailer=cmd/mailer /orders=cmd/orders", Yes, Unknown, "glibc", "1.26"},
		{"FROM golang:1.26 AS b\nWORKDIR /src\nRUN --mount=type=bind,target=. GOOS=linux GOARCH=arm64 go build -o /orders ./cmd/orders\nFROM scratch\nCOPY --from=b /orders /", "/orders=cmd/orders", Unknown, Unknown, "glibc", "1.26"},
		{"FROM golang:1.26-alpine AS b\nRUN apk add --no-cache build-base\nCOPY . /src\nRUN cd /src && go build -o a.out ./cmd/orders && mv a.out /usr/local/bin/orders\nFROM alpine\nCOPY --from=b /usr/local/bin/orders /", "/orders=cmd/orders", Yes, Unknown, "musl", "1.26"},
		{"FROM golang:1.26 AS b\nCOPY go.mod /src/\nCOPY cmd /src/cmd\nWORKDIR /src\nRUN <<EOF\nset -e\nexport CGO_ENABLED=0\ngo build -o bin/orders example.com/shop/cmd/orders\nEOF\nFROM scratch\nCOPY --from=b /src/bin/orders /", "/orders=cmd/orders", No, Yes, "glibc", "1.26"},
	} {
		img := model(t, docker(tt.lines))
		var got []string
		for _, b := range img.Binaries() {
			got = append(got, b.Path+"="+b.Dir)
			if b.Cgo.Has != tt.cgo || b.Static.Has != tt.stat || b.Libc != tt.libc || b.GoVersion != tt.goV || !b.At.IsValid() {
				t.Errorf("%q: %s: cgo %s (%s), static %s, libc %q, go %q, at %s", tt.lines, b.Path, b.Cgo.Has, b.Cgo.Why, b.Static.Has, b.Libc, b.GoVersion, b.At)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q: %s, want %s", tt.lines, s, tt.want)
		}
	}
}

func TestSources(t *testing.T) {
	img := model(t, docker("FROM golang:1.26 AS b", "FROM scratch",
		"COPY go.mod go.sum ./", "COPY secrets/key.pem /", "COPY dist /srv", "COPY bin/shop /", "COPY --from=b /nowhere/x.bin /", "ADD https://example.com/x /x"))
	want := map[string]Has{"go.mod": Yes, "go.sum": No, "secrets/key.pem": No, "dist": Unknown, "bin/shop": Unknown, "/nowhere/x.bin": No, "https://example.com/x": Unknown}
	for _, s := range img.Sources() {
		if w, ok := want[s.Source]; !ok || s.Found.Has != w || s.Found.Why == "" && w != Yes {
			t.Errorf("%s: %s (%s)", s.Source, s.Found.Has, s.Found.Why)
		}
		if s.Ignored != (s.Source == "secrets/key.pem") {
			t.Errorf("%s: ignored %v", s.Source, s.Ignored)
		}
		delete(want, s.Source)
	}
	if len(want) > 0 {
		t.Errorf("not listed: %v", want)
	}
}

func TestIgnoreFileOfTheDockerfile(t *testing.T) {
	img := model(t, docker("FROM scratch", "COPY . /")+"-- Dockerfile.dockerignore --\n**\n!web\n")
	for p, want := range map[string]Has{"/web/index.html": Yes, "/config.yaml": No, "/secrets/key.pem": No} {
		if f := img.File(p); f.Has != want {
			t.Errorf("%s: %s (%s)", p, f.Has, f.Why)
		}
	}
	if img.Context.IgnoreFile != "Dockerfile.dockerignore" {
		t.Errorf("ignore file %q", img.Context.IgnoreFile)
	}
}

func TestNoContext(t *testing.T) {
	f := parse(t, "FROM scratch", "COPY . /app", "COPY conf/x.yaml /etc/")
	img := Of(f.Shipped(""), nil)
	if got := img.File("/app/x"); got.Has != Unknown {
		t.Errorf("/app/x: %s", got.Has)
	}
	if got := img.File("/etc/x.yaml"); got.Has != Yes {
		t.Errorf("/etc/x.yaml: %s (%s)", got.Has, got.Why)
	}
	if got := img.File("/usr/x"); got.Has != No {
		t.Errorf("/usr/x: %s (%s)", got.Has, got.Why)
	}
}

func TestGoVersion(t *testing.T) {
	for ref, want := range map[string]string{
		"golang:1.26": "1.26", "golang:1.26.3-alpine3.22": "1.26.3", "golang:1.27rc1-bookworm": "1.27rc1", "golang:1": "", "golang": "",
		"golang:alpine": "", "golang:1.26@sha256:" + strings.Repeat("a", 64): "1.26", "mirror.gcr.io/library/golang:1.25": "1.25", "alpine:1.26": "", "node:20": "",
	} {
		b := parse(t, "FROM "+ref).Stages[0].Base
		v, floating := b.GoVersion()
		if v != want || floating != (ref == "golang" || ref == "golang:1" || ref == "golang:alpine") {
			t.Errorf("%s: %q %v, want %q", ref, v, floating, want)
		}
	}
	img := model(t, docker("FROM debian:12", "COPY --from=golang:1.24 /usr/local/go /usr/local/go", "ENV PATH=/usr/local/go/bin:$PATH"))
	if v, at := img.GoVersion(); v != "1.24" || at.At.Line != 2 {
		t.Errorf("%q at %s", v, at.At)
	}
	if f := img.Program("go"); f.Has != Yes {
		t.Errorf("go: %s (%s)", f.Has, f.Why)
	}
}

func TestConfiguration(t *testing.T) {
	img := model(t, docker("FROM alpine:3.22 AS a", "LABEL a=1 b=2", "ENV X=1", "ONBUILD RUN id", "FROM a", "LABEL b=3", "ENV X=2 Y=3",
		"EXPOSE 8080 53/udp", "VOLUME /data", "STOPSIGNAL SIGQUIT", "HEALTHCHECK CMD curl -f http://localhost:8080 || exit 1", "ONBUILD COPY . ."))
	if l := img.Labels(); len(l) != 2 || l[1].Value != "3" {
		t.Errorf("labels %+v", l)
	}
	if e := img.Env(); len(e) != 2 || e[0].Value != "2" {
		t.Errorf("env %+v", e)
	}
	if p := img.Exposed(); len(p) != 2 || p[1].Number != 8080 || p[1].Protocol != "tcp" || p[0].Number != 53 || p[0].Protocol != "udp" {
		t.Errorf("ports %+v", p)
	}
	if v := img.Volumes(); len(v) != 1 || v[0] != "/data" {
		t.Errorf("volumes %q", v)
	}
	if s, at, ok := img.StopSignal(); s != "SIGQUIT" || at.Line != 10 || !ok {
		t.Errorf("%s at %s", s, at)
	}
	if h, ok := img.Healthcheck(); !ok || h.Program != "curl" || h.Found.Has != No {
		t.Errorf("health %+v", h)
	}
	if o := img.Onbuild(); len(o) != 1 || o[0].Value != "COPY . ." {
		t.Errorf("onbuild %+v", o)
	}
	if size, _ := img.Size(); size != SizeSmall {
		t.Errorf("size %d", size)
	}
}
