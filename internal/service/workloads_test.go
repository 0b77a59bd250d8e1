package service_test

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// held is an image that holds two mains and starts the first.
const held = "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./cmd/...\nFROM alpine\nCOPY --from=build /out /bin\n"

func TestWorkloads(t *testing.T) {
	shop := mod("github.com/acme/shop")
	own := file("Dockerfile", twoStages("go build -o /x .", "/x"))
	for _, tt := range []struct{ name, archive, want string }{
		{"by name", shop + server(".") + own + object("k8s/a.yaml", "Deployment", "front", "registry.test/acme/shop:1.2"),
			`service shop in .
  image Dockerfile: the image starts /app, which its go build makes from this folder
  run by Deployment/front in k8s/a.yaml: its image registry.test/acme/shop has the name of the service that Dockerfile builds
`},
		{"by name, no Dockerfile", shop + server("cmd/web") + object("k8s/a.yaml", "Deployment", "web", "web@sha256:0123456789012345678901234567890123456789012345678901234567890123"),
			`service web in cmd/web
  run by Deployment/web in k8s/a.yaml: its image web has the name of the service
`},
		{"module and main", shop + server("cmd/web") + server("cmd/admin") + object("a.yaml", "Deployment", "web", "acme/shop-web") + object("b.yaml", "Deployment", "admin", "acme/shop-admin"),
			`service admin in cmd/admin
  run by Deployment/admin in b.yaml: its image acme/shop-admin has the name of the service
service web in cmd/web
  run by Deployment/web in a.yaml: its image acme/shop-web has the name of the service
`},
		{"module, the only main that serves", shop + server("cmd/web") + cli("cmd/cli") + object("a.yaml", "Deployment", "shop", "acme/shop"),
			`service web in cmd/web
  run by Deployment/shop in a.yaml: its image acme/shop has the name of the service
main cli in cmd/cli: it neither listens nor is run by a workload
`},
		{"module, several mains that serve", shop + server("cmd/web") + server("cmd/admin") + object("a.yaml", "Deployment", "shop", "acme/shop"),
			`service admin in cmd/admin
service web in cmd/web
unowned Deployment/shop in a.yaml
`},
		{"folder says service", shop + server("cart-service") + object("a.yaml", "Deployment", "cart", "acme/cart"),
			`service cart-service in cart-service
  run by Deployment/cart in a.yaml: its image acme/cart has the name of the service
`},
		{"label of the Dockerfile", shop + server("cmd/shop") + server("cmd/loadtester") + file("Dockerfile", twoStages("go build -o /x ./cmd/shop", "/x")) + file("Dockerfile.loadtester", twoStages("go build -o /x ./cmd/loadtester/*", "/x")) +
			object("a.yaml", "Deployment", "shop", "ghcr.io/acme/shop") + object("b.yaml", "Deployment", "load", "ghcr.io/acme/shop-loadtester"),
			`service loadtester in cmd/loadtester
  image Dockerfile.loadtester: the image starts /app, which its go build makes from cmd/loadtester
  run by Deployment/load in b.yaml: its image ghcr.io/acme/shop-loadtester has the name of the service that Dockerfile.loadtester builds
service shop in cmd/shop
  image Dockerfile: the image starts /app, which its go build makes from cmd/shop
  run by Deployment/shop in a.yaml: its image ghcr.io/acme/shop has the name of the service that Dockerfile builds
`},
		{"command chooses", shop + server("cmd/web") + cli("cmd/worker") + cli("cmd/cli") + file("Dockerfile", held+"ENTRYPOINT [\"/bin/web\"]") +
			object("a.yaml", "Deployment", "web", "acme/shop") + object("b.yaml", "Deployment", "worker", "acme/shop", ", command: [/bin/worker, --x]") +
			object("c.yaml", "Deployment", "args", "acme/shop", ", args: [--port=80]") + object("d.yaml", "Deployment", "script", "acme/shop", ", command: [sh, -c, 'sleep 1; exec worker']") +
			object("e.yaml", "Job", "other", "acme/shop", ", command: [/bin/sh, /scripts/backup.sh]"),
			`service web in cmd/web
  image Dockerfile: the image starts /bin/web, which its go build makes from cmd/web
  run by Deployment/web in a.yaml: its image acme/shop has the name of the service that Dockerfile builds
  run by Deployment/args in c.yaml: its image acme/shop has the name of the service that Dockerfile builds
service worker in cmd/worker
  image Dockerfile (holds): the image holds /bin/worker, which its go build makes from cmd/worker
  run by Deployment/worker in b.yaml: its image acme/shop has the name of the service that Dockerfile builds, and its command starts worker
  run by Deployment/script in d.yaml: its image acme/shop has the name of the service that Dockerfile builds, and its command starts worker
main cli in cmd/cli: it neither listens nor is run by a workload
unowned Job/other in e.yaml
`},
		{"no entrypoint, the command decides", shop + server("cmd/web") + cli("cmd/worker") + file("Dockerfile", held) +
			object("a.yaml", "Deployment", "web", "acme/shop", ", command: [web]") + object("b.yaml", "Deployment", "none", "acme/shop"),
			`service web in cmd/web
  image Dockerfile (holds): the image holds /bin/web, which its go build makes from cmd/web
  run by Deployment/web in a.yaml: its image acme/shop has the name of the module that Dockerfile packages, and its command starts web
main worker in cmd/worker: it neither listens nor is run by a workload
unowned Deployment/none in b.yaml
`},
		{"command of an image that nothing builds", shop + server("web/cmd") + cli("web/cmd/bot") + object("a.yaml", "Deployment", "web", "acme/web-app") +
			object("b.yaml", "Deployment", "bot", "acme/shop-web", ", command: [shop-bot]") + object("c.yaml", "Deployment", "other", "acme/shop-web", ", command: [python]"),
			`service web in web/cmd
  run by Deployment/web in a.yaml: its image acme/web-app has the name of the service
service bot in web/cmd/bot
  run by Deployment/bot in b.yaml: its image acme/shop-web has the name of the service, and its command starts shop-bot
unowned Deployment/other in c.yaml
`},
		{"ko", shop + server("cmd/web") + server("cmd/admin") + object("a.yaml", "Deployment", "web", "ko://github.com/acme/shop/cmd/web") + object("b.yaml", "Deployment", "x", "ko://github.com/acme/other/cmd/web"),
			`service admin in cmd/admin
service web in cmd/web
  packaging ko: Deployment/web runs ko://github.com/acme/shop/cmd/web
  run by Deployment/web in a.yaml: its image is ko://github.com/acme/shop/cmd/web
unowned Deployment/x in b.yaml
`},
		{"several folders", shop + server(".") + own + object("base/a.yaml", "Deployment", "shop", "acme/shop") + object("prod/a.yaml", "Deployment", "shop", "eu.registry.test/x/shop:2"),
			`service shop in .
  image Dockerfile: the image starts /app, which its go build makes from this folder
  run by Deployment/shop in base/a.yaml: its image acme/shop has the name of the service that Dockerfile builds
  run by Deployment/shop in prod/a.yaml: its image eu.registry.test/x/shop has the name of the service that Dockerfile builds
`},
		{"jobs run a command line tool", shop + cli("cmd/report") + object("a.yaml", "CronJob", "report", "acme/report") + object("b.yaml", "Job", "once", "acme/report"),
			`main report in cmd/report: it does not listen, and only jobs run it
unowned CronJob/report in a.yaml
unowned Job/once in b.yaml
`},
		{"a deployment runs a worker", shop + cli("cmd/mailer") + object("a.yaml", "Deployment", "mailer", "acme/mailer"),
			`service mailer in cmd/mailer
  run by Deployment/mailer in a.yaml: its image acme/mailer has the name of the service
`},
		{"two containers, two services", shop + server("cmd/web") + server("cmd/admin") + object("a.yaml", "Deployment", "both", "acme/web", "}, {name: d, image: acme/shop-admin}, {name: e, image: acme/web"),
			`service admin in cmd/admin
  run by Deployment/both in a.yaml: its image acme/shop-admin has the name of the service
service web in cmd/web
  run by Deployment/both in a.yaml: its image acme/web has the name of the service
`},
		{"kustomize replaces the image", shop + server("cmd/web") + object("base/a.yaml", "Deployment", "web", "placeholder") + file("base/kustomization.yaml", "resources: [a.yaml]\nimages: [{name: placeholder, newName: ghcr.io/acme/web}]"),
			`service web in cmd/web
  run by Deployment/web in base/a.yaml: its image ghcr.io/acme/web has the name of the service, by which kustomize replaces placeholder
`},
		{"Kubebuilder", mod("github.com/acme/shop-operator") + file("PROJECT", "layout: x") + server("cmd") + file("Dockerfile", twoStages("go build -a -o manager cmd/main.go", "/src/manager")) + object("config/manager/m.yaml", "Deployment", "m", "controller:latest", ", command: [/app]"),
			`service shop-operator in cmd
  image Dockerfile: the image starts /app, which its go build makes from cmd
  run by Deployment/m in config/manager/m.yaml: its image controller is Kubebuilder's name for what Dockerfile builds
`},
		{"a build for each of several, the image's name tells", shop + server("cmd/web") + server("cmd/admin") +
			file("Dockerfile", "FROM golang:1.26 AS build\nARG APP\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./cmd/$APP\nFROM scratch\nCOPY --from=build /app /app\nCMD [\"/app\"]") +
			object("a.yaml", "Deployment", "a", "acme/web") + object("b.yaml", "Deployment", "b", "acme/shop-admin") + object("c.yaml", "Deployment", "c", "acme/shop"),
			`service admin in cmd/admin
  image Dockerfile: its go build takes the folder from a variable, and cmd/admin is one that fits
  run by Deployment/b in b.yaml: its image acme/shop-admin has the name of the service that Dockerfile builds
service web in cmd/web
  image Dockerfile: its go build takes the folder from a variable, and cmd/web is one that fits
  run by Deployment/a in a.yaml: its image acme/web has the name of the service that Dockerfile builds
unowned Deployment/c in c.yaml
`},
		{"make, and commands", shop + server("cmd/web") + cli("cmd/worker") + file("Dockerfile", "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN make\nENTRYPOINT [\"bin/web\"]") +
			object("a.yaml", "Deployment", "a", "acme/shop", ", command: [/src/bin/web, --x]") + object("b.yaml", "Deployment", "b", "acme/shop", ", command: [/src/bin/worker]") + object("c.yaml", "Deployment", "c", "acme/shop", ", command: [sleep, '9']"),
			`service web in cmd/web
  image Dockerfile: the image starts web, the name of this main
  run by Deployment/a in a.yaml: its image acme/shop has the name of the service that Dockerfile builds
service worker in cmd/worker
  run by Deployment/b in b.yaml: its image acme/shop has the name of the service that Dockerfile builds, and its command starts worker
unowned Deployment/c in c.yaml
`},
		{"init programs in commands", shop + server("cmd/web") + server("cmd/admin") + object("a.yaml", "Deployment", "a", "acme/web", ", command: [/sbin/tini, -g, --, timeout, 5s, shop-admin]") + object("b.yaml", "Deployment", "b", "acme/web", ", command: [tini]"),
			`service admin in cmd/admin
  run by Deployment/a in a.yaml: its image acme/web has the name of the service, and its command starts shop-admin
service web in cmd/web
unowned Deployment/b in b.yaml
`},
		{"script of the workload, one program held", shop + server("cmd/web") + file("Dockerfile", held+"ENTRYPOINT [\"/bin/web\"]") + object("a.yaml", "Deployment", "a", "acme/shop", ", command: [/scripts/start.sh]"),
			`service web in cmd/web
  image Dockerfile: the image starts /bin/web, which its go build makes from cmd/web
  run by Deployment/a in a.yaml: its image acme/shop has the name of the service that Dockerfile builds
`},
		// Names that two have.
		{"same names, by the image's owner", shop + server("a/api/mailer") + server("b/api/mailer") + object("x.yaml", "Deployment", "m", "registry.test/b/mailer"),
			`service mailer in a/api/mailer
service mailer in b/api/mailer
  run by Deployment/m in x.yaml: its image registry.test/b/mailer has the name of the service
`},
		{"same names, by the manifest's place", shop + server("a/mailer") + server("b/mailer") + object("a/k8s/x.yaml", "Deployment", "m", "mailer"),
			`service mailer in a/mailer
  run by Deployment/m in a/k8s/x.yaml: its image mailer has the name of the service
service mailer in b/mailer
`},
		{"same names, nothing tells", shop + server("a/mailer") + server("b/mailer") + object("k8s/x.yaml", "Deployment", "m", "mailer"),
			`service mailer in a/mailer
service mailer in b/mailer
unowned Deployment/m in k8s/x.yaml
`},
		{"names that say nothing, elsewhere", shop + server("api") + server("cmd/web") + object("a.yaml", "Deployment", "api", "other.test/team/api"),
			`service shop in api
service web in cmd/web
unowned Deployment/api in a.yaml
`},
		{"names that say nothing, in the module's place", shop + server("api") + server("cmd/web") + object("a.yaml", "Deployment", "api", "ghcr.io/acme/shop/api"),
			`service shop in api
  run by Deployment/api in a.yaml: its image ghcr.io/acme/shop/api has the name of the service
service web in cmd/web
`},
		// What is another's.
		{"official image", shop + server("redis") + object("a.yaml", "Deployment", "r", "redis:7") + object("b.yaml", "Deployment", "s", "docker.io/library/redis"),
			`service redis in redis
unowned Deployment/r in a.yaml
unowned Deployment/s in b.yaml
`},
		{"vendor's image", shop + server("redis") + server("agent") + object("a.yaml", "Deployment", "r", "bitnami/redis:7") + object("b.yaml", "Deployment", "g", "quay.io/prometheus/agent") + object("c.yaml", "Deployment", "o", "acme/redis"),
			`service agent in agent
service redis in redis
  run by Deployment/o in c.yaml: its image acme/redis has the name of the service
unowned Deployment/r in a.yaml
unowned Deployment/g in b.yaml
`},
		{"vendor's own repository", mod("github.com/prometheus/pushgateway") + server(".") + object("a.yaml", "Deployment", "p", "prom/pushgateway") + object("b.yaml", "Deployment", "q", "quay.io/prometheus/pushgateway"),
			`service pushgateway in .
  run by Deployment/p in a.yaml: its image prom/pushgateway has the name of the service
  run by Deployment/q in b.yaml: its image quay.io/prometheus/pushgateway has the name of the service
`},
		{"Kubernetes' registry", shop + server("pause") + object("a.yaml", "Deployment", "p", "registry.k8s.io/pause:3"),
			`service pause in pause
unowned Deployment/p in a.yaml
`},
		{"another language's of the same name", shop + server("tools2/cart") + file("src/cart/Dockerfile", "FROM node:22\nCMD [\"node\", \"x.js\"]") + object("a.yaml", "Deployment", "cart", "acme/cart"),
			`service cart in tools2/cart
unowned Deployment/cart in a.yaml
`},
		{"another language's beside services with images", shop + server("src/pay") + file("src/pay/Dockerfile", twoStages("go build -o /x ./src/pay", "/x")) + file("src/cart/Dockerfile", "FROM python:3\nCMD [\"python\", \"x.py\"]") +
			object("a.yaml", "Deployment", "cart", "acme/cart") + object("b.yaml", "Deployment", "pay", "acme/pay"),
			`service pay in src/pay
  image src/pay/Dockerfile: the image starts /app, which its go build makes from src/pay
  run by Deployment/pay in b.yaml: its image acme/pay has the name of the service that src/pay/Dockerfile builds
unowned Deployment/cart in a.yaml
`},
		{"no image name", shop + server("web") + object("a.yaml", "Deployment", "w", "{{ .Values.image }}") + object("c.yaml", "Deployment", "u", "$IMAGE"),
			`service web in web
unowned Deployment/w in a.yaml
unowned Deployment/u in c.yaml
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(ruletest.Join(treetest.Open(t, tt.archive))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
