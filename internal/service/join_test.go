package service_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// server and cli make the Go file of a main that listens and of one that does
// not.
func server(dir string) string {
	return "-- " + filepath.ToSlash(filepath.Join(dir, "main.go")) + " --\npackage main\n\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n"
}

func cli(dir string) string {
	return "-- " + filepath.ToSlash(filepath.Join(dir, "main.go")) + " --\npackage main\n\nfunc main() {}\n"
}

func mod(path string) string { return "-- go.mod --\nmodule " + path + "\n" }

func file(name, text string) string { return "-- " + name + " --\n" + text + "\n" }

// object makes a manifest of one workload.
func object(name, kind, workload, image string, more ...string) string {
	pod := "spec: {template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c, image: '" + image + "'" + strings.Join(more, "") + "}]}}, selector: {matchLabels: {app: x}}}"
	api := "apps/v1"
	switch kind {
	case "Job":
		api = "batch/v1"
	case "CronJob":
		api, pod = "batch/v1", "spec: {schedule: '* * * * *', jobTemplate: {"+pod+"}}"
	}
	return file(name, "apiVersion: "+api+"\nkind: "+kind+"\nmetadata: {name: "+workload+"}\n"+pod)
}

// text shows joins, one thing a line.
func text(j *service.Joined) string {
	var b strings.Builder
	for _, s := range j.Services {
		fmt.Fprintf(&b, "service %s in %s\n", s.Name, s.Dir)
		if i := s.Image; i != nil {
			stage := ""
			if i.Stage != nil && i.Stage.Name != "" {
				stage = " stage " + i.Stage.Name
			}
			starts := ""
			if !i.Starts {
				starts = " (holds)"
			}
			fmt.Fprintf(&b, "  image %s%s%s: %s\n", i.File.Path, stage, starts, i.Reason)
		}
		if p := s.Packaging; p != nil {
			fmt.Fprintf(&b, "  packaging %s: %s\n", p.Kind, p.Reason)
		}
		for _, w := range s.Workloads {
			fmt.Fprintf(&b, "  run by %s in %s: %s\n", w.Workload.ID(), w.Workload.Position.File, w.Reason)
		}
		for _, u := range s.UnjoinedDockerfiles {
			fmt.Fprintf(&b, "  unjoined %s\n", u)
		}
	}
	for _, o := range j.Other {
		fmt.Fprintf(&b, "main %s in %s: %s\n", o.Name, o.Main.Dir, o.Reason)
	}
	for _, w := range j.Unowned {
		fmt.Fprintf(&b, "unowned %s in %s\n", w.ID(), w.Position.File)
	}
	return b.String()
}

// twoStages is the common Dockerfile: build is the command that builds, program
// what is copied and started.
func twoStages(build, program string) string {
	return "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY go.mod ./\nRUN go mod download\nCOPY . .\nRUN " + build +
		"\nFROM gcr.io/distroless/static\nCOPY --from=build " + program + " /app\nENTRYPOINT [\"/app\"]"
}

func TestImages(t *testing.T) {
	shop := mod("example.test/acme/shop")
	for _, tt := range []struct{ name, archive, want string }{
		{"beside the main", shop + server(".") + file("Dockerfile", twoStages("go build -o /out/x .", "/out/x")),
			`service shop in .
  image Dockerfile: the image starts /app, which its go build makes from this folder
`},
		{"no output, no arguments", shop + server(".") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build\nCMD [\"./shop\"]"),
			`service shop in .
  image Dockerfile: the image starts /src/shop, which its go build makes from this folder
`},
		{"at the root, main in cmd", shop + server("cmd/web") + cli("cmd/tool") + file("Dockerfile", twoStages("CGO_ENABLED=0 go build -trimpath -ldflags=\"-s -w\" -o /web ./cmd/web", "/web")),
			`service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
main tool in cmd/tool: it neither listens nor is run by a workload
`},
		{"in a folder for packaging, root context", shop + server("cmd/web") + file("build/package/Dockerfile", twoStages("go build -o bin/web ./cmd/web", "/src/bin/web")),
			`service web in cmd/web
  image build/package/Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"several mains, one chosen", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", twoStages("go build -o /out/ ./cmd/web ./cmd/admin", "/out/web")),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"several mains held, one chosen", shop + server("cmd/web") + server("cmd/admin") + cli("cmd/tool") +
			file("Dockerfile", "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nFROM scratch\nCOPY --from=build /out/ /bin/\nENTRYPOINT [\"web\"]"),
			`service admin in cmd/admin
  image Dockerfile (holds): the image holds /bin/admin, which its go build makes from cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /bin/web, which its go build makes from cmd/web
main tool in cmd/tool: it neither listens nor is run by a workload
`},
		{"one stage for each", shop + server("cmd/web") + server("cmd/admin") +
			file("Dockerfile", "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nFROM scratch AS web\nCOPY --from=build /out/web /web\nENTRYPOINT [\"/web\"]\nFROM scratch AS admin\nCOPY --from=build /out/admin /admin\nENTRYPOINT [\"/admin\"]"),
			`service admin in cmd/admin
  image Dockerfile stage admin: the image starts /admin, which its go build makes from cmd/admin
service web in cmd/web
  image Dockerfile stage web: the image starts /web, which its go build makes from cmd/web
`},
		{"one folder for each", shop + server("services/cart") + server("services/pay") +
			file("services/cart/Dockerfile", twoStages("go build -o /x ./services/cart", "/x")) + file("services/pay/Dockerfile", twoStages("go build -o /x ./services/pay", "/x")),
			`service cart in services/cart
  image services/cart/Dockerfile: the image starts /app, which its go build makes from services/cart
service pay in services/pay
  image services/pay/Dockerfile: the image starts /app, which its go build makes from services/pay
`},
		{"one module for each", file("cart/go.mod", "module example.test/cart") + server("cart") + file("pay/go.mod", "module example.test/pay") + server("pay") +
			file("cart/Dockerfile", twoStages("go build -o /x .", "/x")) + file("pay/Dockerfile", twoStages("go build -o /x .", "/x")),
			`service cart in cart
  image cart/Dockerfile: the image starts /app, which its go build makes from cart
service pay in pay
  image pay/Dockerfile: the image starts /app, which its go build makes from pay
`},
		{"argument with default", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM golang:1.26 AS build\nARG APP=web\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./cmd/${APP}\nFROM scratch\nCOPY --from=build /app /app\nCMD [\"/app\"]"),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"argument without default", shop + server("cmd/web") + server("cmd/admin") + server("other") + file("Dockerfile", "FROM golang:1.26 AS build\nARG APP\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./cmd/$APP\nFROM scratch\nCOPY --from=build /app /app\nCMD [\"/app\"]"),
			`service admin in cmd/admin
  image Dockerfile: its go build takes the folder from a variable, and cmd/admin is one that fits
service web in cmd/web
  image Dockerfile: its go build takes the folder from a variable, and cmd/web is one that fits
service other in other
`},
		{"argument in WORKDIR", shop + server("svc/web") + server("svc/admin") + server("other") + file("Dockerfile", "FROM golang:1.26\nARG APP\nCOPY . /src\nWORKDIR /src/svc/$APP\nRUN go build -o /app .\nCMD [\"/app\"]"),
			`service other in other
service admin in svc/admin
  image Dockerfile: its go build takes the folder from a variable, and svc/admin is one that fits
service web in svc/web
  image Dockerfile: its go build takes the folder from a variable, and svc/web is one that fits
`},
		{"argument for the whole path", shop + server("cmd/web") + server("admin") + file("Dockerfile", "FROM golang:1.26\nARG PKG\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./$PKG\nCMD [\"/app\"]"),
			`service admin in admin
  unjoined Dockerfile
service web in cmd/web
  unjoined Dockerfile
`},
		{"argument that the program's name holds", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nARG APP\nENV APP=$APP\nRUN for a in web admin; do go build -o /bin/$a ./cmd/$a; done\nCMD /bin/$APP"),
			`service admin in cmd/admin
  image Dockerfile: its go build takes the folder from a variable, and cmd/admin is one that fits
service web in cmd/web
  image Dockerfile: its go build takes the folder from a variable, and cmd/web is one that fits
`},
		{"cd", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", twoStages("cd cmd/web && go build -o /x", "/x")),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"cd in a subshell", shop + server("cmd/web") + server(".") + file("Dockerfile", twoStages("(cd cmd/web && go vet .) && go build -o /x", "/x")),
			`service shop in .
  image Dockerfile: the image starts /app, which its go build makes from this folder
service web in cmd/web
`},
		{"-C", shop + server("cmd/web") + server(".") + file("Dockerfile", twoStages("go build -C cmd/web -o /x", "/x")),
			`service shop in .
service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"install", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", twoStages("go install github.com/x/tool@v1 && go install ./cmd/web ./cmd/admin", "/go/bin/web")),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"install with GOBIN", shop + server("cmd/web") + file("Dockerfile", twoStages("GOBIN=/out go install example.test/acme/shop/cmd/web", "/out/web")),
			`service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"files", shop + server("cmd/web") + file("Dockerfile", twoStages("go build cmd/web/main.go", "/src/main")),
			`service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"glob of files", shop + server("cmd/web") + file("Dockerfile", twoStages("go build -o /x cmd/web/*.go", "/x")),
			`service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"only Go files copied", shop + server(".") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /go/src/app\nCOPY *.go go.mod ./\nRUN go install\nCMD shop"),
			`service shop in .
  image Dockerfile: the image starts /go/bin/shop, which its go build makes from this folder
`},
		{"moved within the build", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", twoStages("go build -o /out/ ./cmd/... && mv /out/web /server", "/server")),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
`},
		{"through a chain of stages", shop + server("cmd/web") + file("Dockerfile", "FROM golang:1.26 AS src\nCOPY . /work\nFROM golang:1.26 AS build\nCOPY --from=src /work /w\nRUN cd /w && go build -o /w/bin/web ./cmd/web\nFROM alpine AS pack\nCOPY --from=build /w/bin /opt/bin\nFROM pack\nCMD [\"/opt/bin/web\"]"),
			`service web in cmd/web
  image Dockerfile: the image starts /opt/bin/web, which its go build makes from cmd/web
`},
		{"bind mount", shop + server("cmd/web") + file("Dockerfile", "FROM golang:1.26 AS build\nWORKDIR /w\nRUN --mount=type=bind,target=. --mount=type=cache,target=/root go build -o /web ./cmd/web\nFROM scratch\nCOPY --from=build /web /\nCMD [\"/web\"]"),
			`service web in cmd/web
  image Dockerfile: the image starts /web, which its go build makes from cmd/web
`},
		{"here document", shop + server("cmd/web") + file("Dockerfile", "FROM golang:1.26 AS build\nCOPY . /src\nRUN <<EOF\nset -e\ncd /src\ngo build \\\n  -o /web ./cmd/web\nEOF\nFROM scratch\nCOPY --from=build /web /\nCMD [\"/web\"]"),
			`service web in cmd/web
  image Dockerfile: the image starts /web, which its go build makes from cmd/web
`},
		{"init program and flags", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nFROM alpine\nCOPY --from=build /out /usr/local/bin\nENTRYPOINT [\"/sbin/tini\", \"-g\", \"--\", \"su-exec\", \"admin\", \"web\", \"--port\", \"80\"]"),
			`service admin in cmd/admin
  image Dockerfile (holds): the image holds /usr/local/bin/admin, which its go build makes from cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /usr/local/bin/web, which its go build makes from cmd/web
`},
		{"entrypoint script of the tree", shop + server("cmd/web") + server("cmd/admin") + file("docker/run.sh", "#!/bin/sh\nset -e\necho starting\nexec /bin/web \"$@\"") +
			file("Dockerfile", "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nFROM alpine\nCOPY --from=build /out /bin\nCOPY docker/run.sh /run.sh\nENTRYPOINT [\"/run.sh\"]"),
			`service admin in cmd/admin
  image Dockerfile (holds): the image holds /bin/admin, which its go build makes from cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /bin/web, which its go build makes from cmd/web
`},
		{"entrypoint script that starts its arguments", shop + server("cmd/web") + server("cmd/admin") + file("entrypoint.sh", "#!/bin/sh\nexec \"$@\"") +
			file("Dockerfile", "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nFROM alpine\nCOPY --from=build /out /bin\nCOPY entrypoint.sh /\nENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"admin\"]"),
			`service admin in cmd/admin
  image Dockerfile: the image starts /bin/admin, which its go build makes from cmd/admin
service web in cmd/web
  image Dockerfile (holds): the image holds /bin/web, which its go build makes from cmd/web
`},
		{"script that is not of the tree", shop + server("cmd/web") + file("Dockerfile", "FROM golang:1.26 AS build\nCOPY . /src\nRUN cd /src && go build -o /out/web ./cmd/web\nFROM alpine\nCOPY --from=build /out /bin\nRUN wget -O /start.sh https://x.test/start.sh\nENTRYPOINT [\"/start.sh\"]"),
			`service web in cmd/web
  image Dockerfile: the only Go program that the image holds is built from cmd/web
`},
		{"shell form", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nCMD cd /out && exec ./web --x"),
			`service admin in cmd/admin
  image Dockerfile (holds): the image holds /out/admin, which its go build makes from cmd/admin
service web in cmd/web
  image Dockerfile: the image starts /out/web, which its go build makes from cmd/web
`},
		{"go run", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nCMD [\"go\", \"run\", \"./cmd/web\", \"--x\"]"),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts cmd/web with go run
`},
		{"make, by the program's name", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", twoStages("make build", "/src/bin/web")),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts web, the name of this main
`},
		{"make, the only main", shop + server(".") + server("hack/mock") + file("Dockerfile", twoStages("make build", "/src/bin/x")),
			`service shop in .
  image Dockerfile: the only main of the folder, built in a Go stage
main mock in hack/mock: a tool of the repository: it serves, but nothing packages or runs it
`},
		{"make, several mains", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", twoStages("make build", "/src/bin/x")),
			`service admin in cmd/admin
  unjoined Dockerfile
service web in cmd/web
  unjoined Dockerfile
`},
		{"prebuilt", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM scratch\nCOPY dist/web /\nENTRYPOINT [\"/web\"]"),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts web, the name of this main
`},
		{"prebuilt under another name", shop + server("cmd/web") + server("cmd/admin") + file("Dockerfile", "FROM scratch\nCOPY dist/shop-web /server\nENTRYPOINT [\"/server\"]"),
			`service admin in cmd/admin
service web in cmd/web
  image Dockerfile: the image starts shop-web, the name of this main
`},
		{"prebuilt, named by a variable", shop + server("cmd/web") + file("Dockerfile", "FROM scratch\nARG BIN\nCOPY dist/$BIN /app\nENTRYPOINT [\"/app\"]"),
			`service web in cmd/web
  unjoined Dockerfile
`},
		{"debug beside the proper one", shop + server(".") + file("Dockerfile.debug", twoStages("go build -gcflags=all=-N -o /x .", "/x")) + file("Dockerfile", twoStages("go build -o /x .", "/x")),
			`service shop in .
  image Dockerfile: the image starts /app, which its go build makes from this folder
`},
		{"only one of another name", shop + server(".") + file("docker/web.Dockerfile", twoStages("go build -o /x .", "/x")),
			`service shop in .
  image docker/web.Dockerfile: the image starts /app, which its go build makes from this folder
`},
		{"debugger", shop + server(".") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go install github.com/go-delve/delve/cmd/dlv@latest && go build -o /x .\nENTRYPOINT [\"dlv\", \"exec\", \"/x\"]"),
			`service shop in .
  image Dockerfile: the image starts /x, which its go build makes from this folder
`},
		{"make, the nearest of the name", shop + server("a/cmd/mailer") + server("b/cmd/mailer") + file("b/build/Dockerfile", twoStages("make mailer", "/src/mailer")),
			`service mailer in a/cmd/mailer
service mailer in b/cmd/mailer
  image b/build/Dockerfile: the image starts mailer, the name of this main
`},
		{"make, two of the name", shop + server("a/cmd/mailer") + server("b/cmd/mailer") + file("Dockerfile", twoStages("make mailer", "/src/mailer")),
			`service mailer in a/cmd/mailer
  unjoined Dockerfile
service mailer in b/cmd/mailer
  unjoined Dockerfile
`},
		{"copied from a folder that a variable names", shop + server("svc/web") + server("svc/admin") + file("Dockerfile", "FROM golang:1.26\nARG APP\nWORKDIR /src\nCOPY go.mod ./\nCOPY svc/$APP ./\nRUN go build -o /app .\nCMD [\"/app\"]"),
			`service admin in svc/admin
  image Dockerfile: its go build takes the folder from a variable, and svc/admin is one that fits
service web in svc/web
  image Dockerfile: its go build takes the folder from a variable, and svc/web is one that fits
`},
		{"exec form of RUN", shop + server("cmd/web") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /src\nCOPY cmd cmd\nCOPY go.mod .\nRUN [\"go\", \"build\", \"-o\", \"/web\", \"./cmd/web\"]\nRUN [\"sh\", \"-c\", \"install -m 755 /web /usr/bin/w\"]\nCMD [\"w\"]"),
			`service web in cmd/web
  image Dockerfile: the image starts /usr/bin/w, which its go build makes from cmd/web
`},
		{"bind mount of another stage", shop + server("cmd/web") + file("Dockerfile", "FROM scratch AS src\nCOPY . /s\nFROM golang:1.26 AS build\nRUN --mount=from=src,source=/s,target=/w cd /w && go build -o /web ./cmd/web\nFROM scratch\nCOPY --from=build /web /\nCMD [\"/web\"]"),
			`service web in cmd/web
  image Dockerfile: the image starts /web, which its go build makes from cmd/web
`},
		{"named main.go copied alone", shop + server("cmd/web") + file("Dockerfile", "FROM golang:1.26\nCOPY cmd/web/main.go /src/main.go\nWORKDIR /src\nRUN go build -o /web main.go\nCMD [\"/web\"]"),
			`service web in cmd/web
  image Dockerfile: the image starts /web, which its go build makes from cmd/web
`},
		// What is not to be joined.
		{"helper in an image of another language", shop + server("cmd/web") + cli("cmd/tool") + file("Dockerfile", "FROM golang:1.26 AS tool\nCOPY . /src\nRUN cd /src && go build -o /tool ./cmd/tool\nFROM node:22\nCOPY --from=tool /tool /usr/bin/tool\nCOPY web/ /app\nCMD [\"node\", \"/app/server.js\"]"),
			`service web in cmd/web
main tool in cmd/tool: it neither listens nor is run by a workload
`},
		{"Go program from elsewhere", shop + server(".") + file("site/Dockerfile", "FROM golang:1.26 AS build\nRUN go install github.com/gohugoio/hugo@latest\nFROM alpine\nCOPY --from=build /go/bin/hugo /bin/hugo\nCOPY . /site\nCMD [\"hugo\", \"server\"]"),
			`service shop in .
  unjoined site/Dockerfile
`},
		{"source fetched from elsewhere", shop + server(".") + file("Dockerfile.tool", "FROM golang:1.26 AS build\nRUN git clone https://x.test/y /y && cd /y && go build -o /y/y .\nFROM alpine\nCOPY --from=build /y/y /bin/y\nCMD [\"/bin/y\"]"),
			`service shop in .
  unjoined Dockerfile.tool
`},
		{"image of a vendor with the main's name", shop + server("cmd/loki") + file("Dockerfile", "FROM grafana/loki:3\nCOPY config.yaml /etc/loki/\nCMD [\"loki\", \"-config.file=/etc/loki/config.yaml\"]"),
			`service loki in cmd/loki
  unjoined Dockerfile
`},
		{"other languages beside", shop + server("src/cart") + file("src/pay/Dockerfile", "FROM node:22\nCOPY . .\nCMD [\"node\", \"server.js\"]") + file("src/ads/Dockerfile", "FROM eclipse-temurin:21\nCOPY app.jar /\nENTRYPOINT [\"java\", \"-jar\", \"/app.jar\"]"),
			`service cart in src/cart
`},
		{"another module's", file("a/go.mod", "module example.test/a") + server("a/cmd/server") + file("b/go.mod", "module example.test/b") + file("b/Dockerfile", "FROM golang:1.26\nWORKDIR /b\nCOPY . .\nRUN make\nCMD [\"./server\"]") + cli("b/cmd/x"),
			`service a in a/cmd/server
main x in b/cmd/x: it neither listens nor is run by a workload
`},
		{"outside of all modules, not understood", file("a/go.mod", "module example.test/a") + server("a") + file("b/go.mod", "module example.test/b") + server("b") +
			file("docker/Dockerfile", "FROM golang:1.26\nARG S\nCOPY . /src\nWORKDIR /src/$S\nRUN go build -o /app .\nCMD [\"/app\"]") + file("b/x/Dockerfile", "FROM golang:1.26\nRUN make"),
			`service a in a
  unjoined docker/Dockerfile
service b in b
  unjoined b/x/Dockerfile
  unjoined docker/Dockerfile
`},
		{"examples", shop + server("examples/web") + file("Dockerfile", twoStages("go build -o /x ./examples/web", "/x")),
			`main web in examples/web: an example
`},
		{"broken Dockerfile", shop + server(".") + file("Dockerfile", "FORM golang\nRUN go build"),
			`service shop in .
  unjoined Dockerfile
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(ruletest.Join(treetest.Open(t, tt.archive))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
