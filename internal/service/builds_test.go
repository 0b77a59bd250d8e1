package service_test

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func TestBuildTools(t *testing.T) {
	shop := mod("github.com/acme/shop")
	for _, tt := range []struct{ name, archive, want string }{
		{"skaffold: context, file and target", shop + server("src/cart") + server("src/cart/cmd/admin") +
			file("src/cart/build/Dockerfile.cart", "FROM golang:1.26 AS build\nWORKDIR /w\nCOPY . .\nRUN go build -o /out/ . ./cmd/admin\nFROM scratch AS main\nCOPY --from=build /out/cart /\nENTRYPOINT [\"/cart\"]\nFROM main AS debug\nENTRYPOINT [\"/busybox\"]") +
			file("skaffold.yaml", "apiVersion: skaffold/v4beta1\nkind: Config\nbuild:\n  artifacts:\n  - image: basket\n    context: src/cart\n    docker: {dockerfile: build/Dockerfile.cart, target: main}") +
			object("a.yaml", "Deployment", "cart", "basket") + object("b.yaml", "Deployment", "other", "acme/basket"),
			`service cart in src/cart
  image src/cart/build/Dockerfile.cart stage main: the image starts /cart, which its go build makes from src/cart
  run by Deployment/cart in a.yaml: skaffold.yaml:5 builds its image basket from src/cart/build/Dockerfile.cart
service admin in src/cart/cmd/admin
unowned Deployment/other in b.yaml
`},
		{"skaffold decides against a name", shop + server("tools2/cart") + file("src/cart/Dockerfile", "FROM node:22\nCMD [\"node\", \"x\"]") +
			file("skaffold.yaml", "kind: Config\nbuild: {artifacts: [{image: cart, context: src/cart}]}") + object("a.yaml", "Deployment", "cart", "cart"),
			`service cart in tools2/cart
unowned Deployment/cart in a.yaml
`},
		{"skaffold builds from another file than ships", shop + server(".") + file("Dockerfile", twoStages("go build -o /x .", "/x")) + file("Dockerfile.debug", twoStages("go build -gcflags=all=-N -o /x .", "/x")) +
			file("skaffold.yaml", "kind: Config\nbuild: {artifacts: [{image: shop-dev, docker: {dockerfile: Dockerfile.debug}}]}") + object("a.yaml", "Deployment", "shop", "shop-dev"),
			`service shop in .
  image Dockerfile: the image starts /app, which its go build makes from this folder
  run by Deployment/shop in a.yaml: skaffold.yaml:2 builds its image shop-dev from Dockerfile.debug
`},
		{"skaffold: arguments", shop + server("cmd/web") + server("cmd/admin") +
			file("Dockerfile", "FROM golang:1.26 AS build\nARG APP\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./cmd/$APP\nFROM scratch\nCOPY --from=build /app /app\nCMD [\"/app\"]") +
			file("skaffold.yaml", "kind: Config\nbuild:\n  artifacts:\n  - {image: one, docker: {buildArgs: {APP: web}}}\n  - {image: two, docker: {buildArgs: {APP: admin}}}\n  - {image: three, docker: {buildArgs: {APP: '{{.X}}'}}}") +
			object("a.yaml", "Deployment", "a", "one") + object("b.yaml", "Deployment", "b", "two") + object("c.yaml", "Deployment", "c", "three"),
			`service admin in cmd/admin
  image Dockerfile: the image starts /app, which its go build makes from cmd/admin
  run by Deployment/b in b.yaml: skaffold.yaml:5 builds its image two from Dockerfile
service web in cmd/web
  image Dockerfile: the image starts /app, which its go build makes from cmd/web
  run by Deployment/a in a.yaml: skaffold.yaml:4 builds its image one from Dockerfile
unowned Deployment/c in c.yaml
`},
		{"skaffold: profiles and a folder below", shop + server("svc/web") + file("svc/web/Dockerfile", twoStages("go build -o /x ./svc/web", "/x")) +
			file("svc/skaffold.yaml", "kind: Config\nprofiles:\n- {name: p, build: {artifacts: [{image: w, context: .., docker: {dockerfile: svc/web/Dockerfile}}]}}") + object("a.yaml", "Deployment", "a", "w"),
			`service web in svc/web
  image svc/web/Dockerfile: the image starts /app, which its go build makes from svc/web
  run by Deployment/a in a.yaml: svc/skaffold.yaml:3 builds its image w from svc/web/Dockerfile
`},
		{"skaffold: a build that was not understood", shop + server("src/cart/cmd/cart") + server("src/cart/cmd/y") + file("src/cart/Dockerfile", twoStages("make", "/x")) +
			file("skaffold.yaml", "kind: Config\nbuild: {artifacts: [{image: cart, context: src/cart}]}") + object("a.yaml", "Deployment", "cart", "cart"),
			`service cart in src/cart/cmd/cart
  run by Deployment/cart in a.yaml: skaffold.yaml:2 builds its image cart, the name of the service, from its folder
  unjoined src/cart/Dockerfile
service y in src/cart/cmd/y
  unjoined src/cart/Dockerfile
`},
		{"skaffold: ko", shop + server("cmd/web") + server("cmd/admin") + file("skaffold.yaml", "kind: Config\nbuild: {artifacts: [{image: w, ko: {main: ./cmd/web}}]}") + object("a.yaml", "Deployment", "a", "w"),
			`service admin in cmd/admin
service web in cmd/web
  packaging ko: skaffold builds the image w with ko
  run by Deployment/a in a.yaml: skaffold.yaml:2 builds its image w with ko from cmd/web
`},
		{"skaffold: buildpacks", shop + server("web") + cli("tools/x") + file("a/go.mod", "module example.test/a") + server("a/one") + server("a/two") +
			file("skaffold.yaml", "kind: Config\nbuild: {artifacts: [{image: w, context: web, buildpacks: {builder: b}}, {image: a, context: a, buildpacks: {builder: b}}]}"),
			`service one in a/one
service two in a/two
service web in web
  packaging buildpacks: skaffold builds the image w with buildpacks
main x in tools/x: it neither listens nor is run by a workload
`},
		{"skaffold: bazel", shop + server("cmd/web") + server("cmd/admin") + file("skaffold.yaml", "kind: Config\nbuild: {artifacts: [{image: w, bazel: {target: '//cmd/web:image.tar'}}]}"),
			`service admin in cmd/admin
service web in cmd/web
  packaging bazel: skaffold builds the image w with bazel
`},
		{"compose: context and arguments", shop + server("svc/web") + server("svc/admin") +
			file("docker/Dockerfile", "FROM golang:1.26 AS build\nARG SERVICE\nCOPY . /src\nWORKDIR /src/$SERVICE\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\nCMD [\"/app\"]") +
			file("docker-compose.yml", "services:\n  web:\n    image: acme/w\n    build: {context: svc, dockerfile: ../docker/Dockerfile, args: {SERVICE: web}}\n  admin:\n    build: {context: svc, dockerfile: ../docker/Dockerfile, args: [SERVICE=admin]}\n  db: {image: postgres}") +
			object("a.yaml", "Deployment", "a", "acme/w"),
			`service admin in svc/admin
  image docker/Dockerfile: the image starts /app, which its go build makes from svc/admin
service web in svc/web
  image docker/Dockerfile: the image starts /app, which its go build makes from svc/web
  run by Deployment/a in a.yaml: docker-compose.yml:2 builds its image acme/w from docker/Dockerfile
  run by service/web in docker-compose.yml: docker-compose.yml:2 builds its image acme/w from docker/Dockerfile
unowned service/admin in docker-compose.yml
unowned service/db in docker-compose.yml
`},
		{"compose does not choose the stage", shop + server(".") + file("Dockerfile", "FROM golang:1.26 AS dev\nWORKDIR /src\nCOPY . .\nRUN go build -o /x .\nCMD [\"go\", \"run\", \".\"]\nFROM scratch\nCOPY --from=dev /x /x\nCMD [\"/x\"]") +
			file("compose.yaml", "services: {shop: {build: {context: ., target: dev}}, far: {build: ../other}, url: {build: 'https://x.test/y.git'}, var: {build: '$DIR'}}"),
			`service shop in .
  image Dockerfile: the image starts /x, which its go build makes from this folder
unowned service/shop in compose.yaml
unowned service/far in compose.yaml
unowned service/url in compose.yaml
unowned service/var in compose.yaml
`},
		{"workflow: context, file and a literal name", shop + server("cmd/web") + server("cmd/admin") + file("build/Dockerfile.a", twoStages("go build -o /x ./cmd/admin", "/x")) +
			file(".github/workflows/ci.yml", "jobs:\n  image:\n    steps:\n    - uses: docker/build-push-action@v6\n      with:\n        context: .\n        file: build/Dockerfile.a\n        tags: |\n          example.test/other/thing:${{ github.sha }}\n          ghcr.io/${{ github.repository }}:1") +
			object("a.yaml", "Deployment", "a", "example.test/other/thing:3"),
			`service admin in cmd/admin
  image build/Dockerfile.a: the image starts /app, which its go build makes from cmd/admin
  run by Deployment/a in a.yaml: .github/workflows/ci.yml:4 builds its image example.test/other/thing from build/Dockerfile.a
service web in cmd/web
`},
		{"makefile: docker build", shop + server("cmd/web") + server("cmd/admin") + file("build/Dockerfile.a", twoStages("go build -o /x ./cmd/admin", "/x")) +
			file("Makefile", "IMAGE := example.test/other/thing\nimage:\n\tdocker build --platform linux/amd64 -f build/Dockerfile.a \\\n\t  -t $(IMAGE):$(VERSION) .\n") +
			object("a.yaml", "Deployment", "a", "example.test/other/thing:3"),
			`service admin in cmd/admin
  image build/Dockerfile.a: the image starts /app, which its go build makes from cmd/admin
  run by Deployment/a in a.yaml: Makefile:3 builds its image example.test/other/thing from build/Dockerfile.a
service web in cmd/web
`},
		{"Tilt", shop + server("cmd/web") + server("cmd/admin") + file("build/Dockerfile.a", twoStages("go build -o /x ./cmd/admin", "/x")) +
			file("Tiltfile", "# docker_build('no', '.')\ndocker_build('acme-x', '.', dockerfile='build/Dockerfile.a',\n  only=['cmd'])\ndocker_build(NAME, '.')\ndocker_build('by-expression', '.', dockerfile=F)\n") + object("a.yaml", "Deployment", "a", "acme-x"),
			`service admin in cmd/admin
  image build/Dockerfile.a: the image starts /app, which its go build makes from cmd/admin
  run by Deployment/a in a.yaml: Tiltfile:2 builds its image acme-x from build/Dockerfile.a
service web in cmd/web
`},
		{"files that do not parse", shop + server(".") + file("skaffold.yaml", "build: [") + file("docker-compose.yml", "services: [a]") + file("compose.yaml", "services: {a: 1, b: {build: [x]}, c: {build: {context: [x]}}}"),
			`service shop in .
unowned service/a in compose.yaml
unowned service/b in compose.yaml
unowned service/c in compose.yaml
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(ruletest.Join(treetest.Open(t, tt.archive))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestPackaging(t *testing.T) {
	shop := mod("github.com/acme/shop")
	for _, tt := range []struct{ name, archive, want string }{
		{"ko", shop + server("cmd/web") + server("test/mock") + file(".ko.yaml", "defaultBaseImage: x"),
			`service web in cmd/web
  packaging ko: .ko.yaml packages it
main mock in test/mock: a tool of the repository: it serves, but nothing packages or runs it
`},
		{"ko of another folder", shop + server("cmd/web") + file("other/.ko.yaml", ""),
			`service web in cmd/web
`},
		{"goreleaser without images", shop + server(".") + file(".goreleaser.yaml", "builds: [{main: .}]\nrelease: {footer: no dockers here}"),
			`service shop in .
`},
		{"goreleaser, some of its builds", shop + server("cmd/web") + server("cmd/admin") + server("cmd/third") + file(".goreleaser.yml", "builds:\n- {id: w, main: ./cmd/web}\n- {id: a, main: ./cmd/admin/main.go}\ndockers:\n- {ids: [w], image_templates: [x]}\nkos:\n- {build: a}"),
			`service admin in cmd/admin
  packaging ko: .goreleaser.yml packages it
service third in cmd/third
service web in cmd/web
  packaging goreleaser: .goreleaser.yml packages it
`},
		{"goreleaser, all of its builds", shop + server(".") + server("cmd/x") + file(".goreleaser.yml", "dockers: [{image_templates: [x]}]"),
			`service shop in .
  packaging goreleaser: .goreleaser.yml packages it
service x in cmd/x
`},
		{"buildpacks", shop + server("cmd/web") + file("project.toml", "[_]\nid = \"io.buildpacks.x\""),
			`service web in cmd/web
  packaging buildpacks: project.toml packages it
`},
		{"buildpacks, which of two", shop + server("cmd/web") + server("cmd/admin") + file("project.toml", "[build]"),
			`service admin in cmd/admin
service web in cmd/web
`},
		{"bazel", shop + server("cmd/web") + server("cmd/admin") + server("cmd/third") + file("cmd/web/BUILD.bazel", "go_binary(\n    name = \"web\")\noci_image(\n    name = \"image\")") +
			file("BUILD", "container_image(name = 'x', files = [\"//cmd/admin:admin\"])"),
			`service admin in cmd/admin
  packaging bazel: BUILD has an image rule for it
service third in cmd/third
service web in cmd/web
  packaging bazel: cmd/web/BUILD.bazel has an image rule for it
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(ruletest.Join(treetest.Open(t, tt.archive))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestSameTwice joins the same tree again and again.
func TestSameTwice(t *testing.T) {
	archive := mod("github.com/acme/shop") + server("a/mailer") + server("b/mailer") + server("cmd/web") + server("cmd/admin") + file("Dockerfile", held) + file("Dockerfile.web", held+"CMD [\"web\"]") +
		object("a.yaml", "Deployment", "m", "acme/a/mailer") + object("b.yaml", "Deployment", "w", "acme/shop", ", command: [web]") + object("c.yaml", "Deployment", "v", "acme/shop-web") +
		file("skaffold.yaml", "build: {artifacts: [{image: acme/shop, docker: {buildArgs: {A: b, C: d, E: f}}}]}")
	tr := treetest.Open(t, archive)
	first := text(ruletest.Join(tr))
	for range 20 {
		if again := text(ruletest.Join(tr)); again != first {
			t.Fatalf("first\n%s\nthen\n%s", first, again)
		}
	}
}
