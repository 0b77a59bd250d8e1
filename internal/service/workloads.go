package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
)

// workloadsOf finds the workloads that run a main.
func workloadsOf(m *code.Main, names []string, img *ImageJoin, builds []skaffoldArtifact, manifests *deploy.Manifests) []*WorkloadJoin {
	var out []*WorkloadJoin
	for _, w := range manifests.Workloads {
		for _, c := range w.Containers {
			if reason := runs(m, names, img, builds, w, c); reason != "" {
				out = append(out, &WorkloadJoin{Workload: w, Container: c, Reason: reason})
				break
			}
		}
	}
	return out
}

// runs says why a container runs a main, "" if nothing says so.
func runs(m *code.Main, names []string, img *ImageJoin, builds []skaffoldArtifact, w *deploy.Workload, c *deploy.Container) string {
	ref := c.Image.Value
	if p, ok := strings.CutPrefix(ref, "ko://"); ok {
		if p == m.Path {
			return "its image is ko://" + p
		}
		return ""
	}
	repo := repository(ref)
	if repo == "" {
		return ""
	}
	for _, b := range builds {
		if repository(b.image) != repo {
			continue
		}
		// A build tool names the image: it decides, for or against.
		switch {
		case img != nil && b.file == img.File.Path:
			return fmt.Sprintf("%s builds its image %s from %s", b.at.Short(), repo, img.File.Path)
		case b.builder == "ko" && path.Join(b.context, b.ko) == m.Dir:
			return fmt.Sprintf("%s builds its image %s with ko from this folder", b.at.Short(), repo)
		}
		return ""
	}
	last := path.Base(repo)
	if official[repo] || !slices.Contains(names, last) {
		return ""
	}
	if img != nil {
		return fmt.Sprintf("its image %s has the name of the service that %s builds", repo, img.File.Path)
	}
	return fmt.Sprintf("its image %s has the name of the service", repo)
}

// repository is an image reference without tag and digest; "" for what is none.
func repository(ref string) string {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return ""
	}
	return reference.FamiliarName(named)
}

// official are names of Docker Hub's official images that services of the same
// name do not use (hub.docker.com/u/library, 2026-11): an image "redis" is Redis
// also in a repository that has a folder of that name.
var official = map[string]bool{
	"redis": true, "postgres": true, "mysql": true, "mariadb": true, "mongo": true, "nginx": true,
	"rabbitmq": true, "memcached": true, "traefik": true, "consul": true, "vault": true,
	"nats": true, "influxdb": true, "telegraf": true, "haproxy": true, "httpd": true,
	"registry": true, "busybox": true, "alpine": true, "debian": true, "ubuntu": true,
	"elasticsearch": true, "kibana": true, "logstash": true, "cassandra": true, "zookeeper": true,
	"caddy": true, "golang": true, "node": true, "python": true, "eclipse-mosquitto": true,
}
