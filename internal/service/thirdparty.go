package service

import (
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/cnready/cnready/internal/code"
)

// An imageName is an image reference taken apart.
type imageName struct {
	domain string   // docker.io where none is written
	owners []string // the elements between the domain and the last
	last   string
	short  string // as people write it: without docker.io/library and the tag
}

// parseImage reads an image reference; ok is false for what is none, such as a
// template's text.
func parseImage(ref string) (n imageName, ok bool) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return n, false
	}
	elements := strings.Split(reference.Path(named), "/")
	n = imageName{
		domain: reference.Domain(named), short: reference.FamiliarName(named),
		owners: elements[:len(elements)-1], last: elements[len(elements)-1],
	}
	if n.domain == "docker.io" && len(n.owners) == 1 && n.owners[0] == "library" {
		n.owners = nil
	}
	return n, true
}

// key is the name by which two references mean the same image.
func (n imageName) key() string {
	return n.domain + "/" + strings.Join(append(slices.Clone(n.owners), n.last), "/")
}

// official are names of Docker Hub's official images that services of the same
// name do not use (https://hub.docker.com/u/library): an image "redis" is Redis
// also in a repository that has a folder of that name.
var official = wordSet(`adminer alpine amazonlinux archlinux bash busybox caddy cassandra chronograf clojure consul couchbase
	couchdb debian drupal eclipse-mosquitto eclipse-temurin elasticsearch elixir erlang fedora flink fluentd ghost golang gradle
	grafana groovy haproxy haskell httpd influxdb jenkins jetty joomla julia kapacitor kibana kong logstash mariadb maven
	mediawiki memcached mongo mongo-express mysql nats nats-streaming neo4j nextcloud nginx node openjdk oraclelinux percona perl
	phpmyadmin postgres python rabbitmq redis redmine registry rethinkdb rockylinux ruby rust solr sonarqube spark swift telegraf
	tomcat traefik ubuntu unit varnish vault wordpress zookeeper`)

// vendors are owners of widely used images on public registries, so that an
// image of theirs is not taken for a service of the same name: bitnami/redis is
// not the folder redis. A repository of that owner is told by its module path.
var vendors = wordSet(`amazon amazonlinux apache apachepulsar aquasec arangodb argoproj authelia axllent bitnami bitnamilegacy
	brancz calico cilium circleci clickhouse cloudflare cloudnativepg cockroachdb confluentinc containous coredns coreos curlimages
	datadog debezium dgraph documentdb dpage edoburu elastic envoyproxy falcosecurity flannel fluent fluxcd google google-containers
	google_containers grafana hashicorp influxdata istio jaegertracing jenkins jetstack jimmidyson k8s.gcr.io kaniko-project kiwigrid
	kong kubernetes-ingress-controller kubernetes-dashboard kubernetesui library linkerd linuxserver localstack longhornio mailhog
	metallb mcp minio mongodb mysql natsio neo4j newrelic nginx nginxinc nvidia oauth2-proxy obsidiandynamics oliver006 openebs
	openpolicyagent openshift openzipkin oryd otel pgbouncer percona portainer projectcontour prom prometheus prometheuscommunity
	prometheus-community prometheus-operator prometheusoperator provectuslabs rancher redis redislabs rook selenium stakater
	strimzi temporalio thanos tailscale timberio timescale traefik vectordotdev velero vmware-tanzu victoriametrics weaveworks
	yugabytedb zalando`)

// platformHosts are registries whose images are one vendor's, with the owners
// whose repositories make them.
var platformHosts = map[string][]string{
	"registry.k8s.io":            {"k8s.io", "sigs.k8s.io", "kubernetes", "kubernetes-sigs", "kubernetes-csi"},
	"k8s.gcr.io":                 {"k8s.io", "sigs.k8s.io", "kubernetes", "kubernetes-sigs", "kubernetes-csi"},
	"mcr.microsoft.com":          {"microsoft", "azure", "azure-samples"},
	"docker.elastic.co":          {"elastic"},
	"nvcr.io":                    {"nvidia"},
	"registry.access.redhat.com": {"redhat", "openshift"},
	"registry.redhat.io":         {"redhat", "openshift"},
	"cr.fluentbit.io":            {"fluent"},
	"cr.l5d.io":                  {"linkerd"},
	"docker.redpanda.com":        {"redpanda-data"},
}

func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// aliases are owners of repositories that publish images under another name.
var aliases = map[string]string{"prom": "prometheus", "otel": "open-telemetry", "brancz": "openshift", "oryd": "ory", "natsio": "nats-io"}

// thirdParty tells whether an image is a vendor's whose repository this is not.
func (n imageName) thirdParty(m *code.Main) bool {
	if n.domain == "docker.io" && len(n.owners) == 0 {
		return official[n.last]
	}
	for host, owners := range platformHosts {
		if n.domain == host {
			return !slices.ContainsFunc(owners, func(o string) bool { return owns(m, o) })
		}
	}
	if len(n.owners) == 0 {
		return false
	}
	owner := n.owners[0]
	return vendors[owner] && !owns(m, owner) && (aliases[owner] == "" || !owns(m, aliases[owner]))
}

// owns tells whether a main's module is a host's or owner's.
func owns(m *code.Main, owner string) bool {
	elements := strings.Split(m.Module, "/")
	return slices.ContainsFunc(elements[:min(2, len(elements))], func(e string) bool { return strings.EqualFold(e, owner) })
}

// own tells whether an image lies in a namespace of the repository: that of its
// owner or of its module. Names that say nothing count only there.
func (n imageName) own(m *code.Main) bool {
	elements := strings.Split(m.Module, "/")
	for _, o := range n.owners {
		if slices.ContainsFunc(elements, func(e string) bool { return same(e, o) }) {
			return true
		}
	}
	return false
}

// same compares names as registries and forges write them.
func same(a, b string) bool {
	plain := strings.NewReplacer("-", "", "_", "", ".", "")
	return strings.EqualFold(plain.Replace(a), plain.Replace(b))
}
