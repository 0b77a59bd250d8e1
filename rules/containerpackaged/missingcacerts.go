package containerpackaged

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// MissingCACerts finds images in which no TLS connection of the program can be
// verified.
var MissingCACerts = &rule.Rule{
	Rule: finding.Rule{
		Name: "missingcacerts",
		Doc: `a program that connects over TLS, in an image without CA certificates

A Go program verifies the peers that it connects to against the certificates of
the system that it runs in. It looks for them in a few files and folders, such as
/etc/ssl/certs/ca-certificates.crt (package crypto/x509, root_linux.go), and where
there are none it starts all the same: every request to https://... then fails
with "x509: certificate signed by unknown authority". The images scratch,
busybox, debian and ubuntu have none.

The rule looks at what the program connects to: URLs with https, TLS dials and
clients of cloud services that are reachable from main. It is silent where the
certificates are linked into the program (golang.org/x/crypto/x509roots/fallback),
where SSL_CERT_FILE or SSL_CERT_DIR names some that are there, where every
workload mounts them, for hosts of the cluster and of this machine, whose
certificates no public authority signs, and where the program sets its own root
certificates or turns verification off.

# Fails

	FROM scratch
	COPY --from=build /app /app      // http.Get("https://api.example.com/")
	ENTRYPOINT ["/app"]

# Holds

	FROM scratch
	COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

# How to mend it

Copy the file from the stage that builds, install the package ca-certificates,
or take a base image that has it, such as gcr.io/distroless/static-debian13.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: verifiesPeers,
	Run:     onEachImage(missingCACerts),
}

// linkedCerts are packages that bring root certificates into a program: the first
// by being imported, the others by being imported or called (their READMEs).
var linkedCerts = []string{
	"golang.org/x/crypto/x509roots/fallback", "github.com/breml/rootcerts", "github.com/breml/rootcerts/embedded",
	"github.com/gwatts/rootcerts", "github.com/certifi/gocertifi",
}

const caSubject = "CA certificates"

// caPaths are where Go looks for certificates on Linux (crypto/x509,
// root_linux.go).
var caPaths = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
	"/etc/ssl/certs", "/etc/pki/tls/certs",
}

func missingCACerts(p *rule.Pass) {
	sure, perhaps := verified(p)
	if len(sure)+len(perhaps) == 0 {
		return // it needs none
	}
	certs := p.Image.CACerts()
	if certs.Has == image.Yes {
		p.Holds(0, caSubject)
		return
	}
	for _, pkg := range linkedCerts {
		if linked, _ := p.Contract.Links(pkg); linked {
			p.Holds(0, caSubject)
			return
		}
	}
	if certs.Has == image.Unknown {
		p.CannotTell(0, caSubject, "whether the image has CA certificates cannot be told: "+certs.Why, certs.At)
		return
	}
	if len(sure) == 0 {
		first := perhaps[0]
		p.CannotTell(0, caSubject, fmt.Sprintf("the image has no CA certificates, and whether %s connects over TLS cannot be told: %s", called(first.effect), first.what), first.effect.At)
		return
	}
	first := sure[0]
	f := finding.Finding{
		Position: p.Stage.Base.Position,
		Message: fmt.Sprintf("%s (%s), but %s has no CA certificates and no step brings them: every TLS handshake fails with \"x509: certificate signed by unknown authority\"; %s",
			first.what, called(first.effect), baseName(p), mendByPackage(p, "ca-certificates", "/etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/")),
	}
	f.Fixes = certificatesFix(p)
	for i, s := range sure {
		if i < 3 {
			f.Related = append(f.Related, relatedCode(s.effect, s.what))
		}
	}
	if by := certsOfWorkloads(p); by != nil {
		f.Status, f.ClearedBy = finding.Cleared, by
	}
	severity := finding.Error
	if first.effect.Reach == effects.OnRequest {
		severity = finding.Warning
	}
	p.Fails(severity, caSubject, f)
}

// A tlsUse is an effect that verifies a peer.
type tlsUse struct {
	effect *effects.Instance
	what   string
}

// verified are the effects that verify a peer by the system's certificates, those
// that surely do, by how surely they are reached, and those that may.
func verified(p *rule.Pass) (sure, perhaps []tlsUse) {
	var onRequest []tlsUse
	add := func(u tlsUse) {
		if u.effect.Reach == effects.OnRequest {
			onRequest = append(onRequest, u)
			return
		}
		sure = append(sure, u)
	}
	rs := runnings(p)
	for _, e := range p.Contract.Of(effects.TLS) {
		if what := e.Value("what"); what == nil || what.Text != "roots" || e.API == "x509.SystemCertPool" {
			continue // a program that asks for the pool goes on with an empty one
		}
		u := tlsUse{e, "connects over TLS"}
		if ownRoots(p, e) {
			u.what = "its package sets root certificates of its own, or verifies nothing"
			perhaps = append(perhaps, u)
			continue
		}
		add(u)
	}
	for _, e := range p.Contract.Of(effects.Dial) {
		v := e.Value("url")
		if v == nil {
			v = cloudAddress(e)
		}
		if v == nil {
			continue
		}
		text, verdict := "", plain
		for _, r := range rs {
			if t, d := secure(v.Under(r.settings)); d > verdict {
				text, verdict = t, d
			}
		}
		u := tlsUse{e, "dials " + text}
		switch {
		case verdict == plain:
		case verdict == secureUnclear:
			u.what = "its URL is not known"
			perhaps = append(perhaps, u)
		case ownRoots(p, e):
			u.what = "its package sets root certificates of its own, or verifies nothing"
			perhaps = append(perhaps, u)
		default:
			add(u)
		}
	}
	return append(sure, onRequest...), perhaps
}

// cloudAddress is the address of a client that dials it over TLS: a Google
// service's public name, port 443.
func cloudAddress(e *effects.Instance) *effects.Value {
	v := e.Value("address")
	if text, known := v.Default(); known && strings.HasSuffix(text, ".googleapis.com:443") {
		return effects.Lit("https://"+strings.TrimSuffix(text, ":443"), v.At)
	}
	for _, a := range v.Alternatives() {
		if a.Kind == effects.Literal && strings.HasSuffix(a.Text, ".googleapis.com:443") {
			return effects.Lit("https://"+strings.TrimSuffix(a.Text, ":443"), v.At)
		}
	}
	return nil
}

// ownRoots tells whether the code around an effect may verify by other
// certificates than the system's.
func ownRoots(p *rule.Pass, e *effects.Instance) bool {
	return packageMentions(p, e.At, "RootCAs", "InsecureSkipVerify", "VerifyPeerCertificate", "SetRootCertificate", "SetFallbackRoots")
}

// security is what a URL says of TLS.
type security uint8

const (
	plain         security = iota // no TLS, or not by a public authority
	secureUnclear                 // not known
	secured                       // TLS to a host of the world
)

// secure tells whether a URL, as it is where nothing else is configured than what
// is known, is one whose host a public authority vouches for.
func secure(v *effects.Value) (text string, s security) {
	text, known := v.Default()
	if !known || text == "" {
		text, known = v.Pattern()
	}
	scheme, _, hasScheme := strings.Cut(text, "://")
	switch {
	case !known || !hasScheme && (text == "" || strings.HasPrefix(text, "$") || strings.HasPrefix(text, "*")):
		return text, secureUnclear
	case !hasScheme:
		return text, plain
	case strings.ContainsAny(scheme, "$*"):
		return text, secureUnclear
	case scheme != "https" && scheme != "wss" && scheme != "grpcs" && scheme != "ldaps":
		return text, plain
	}
	rest := text[len(scheme)+3:]
	host, _, _ := strings.Cut(rest, "/")
	if host == "" {
		return text, secureUnclear
	}
	if strings.ContainsAny(host, "$*%") {
		// A part of the name decides, such as a region of a cloud.
		if i := strings.LastIndexAny(host, "$*%"); strings.Count(host[i:], ".") >= 2 {
			return text, secured
		}
		return text, secureUnclear
	}
	u, err := url.Parse(text)
	if err != nil {
		return text, secureUnclear
	}
	if private(u.Hostname()) {
		return text, plain
	}
	return text, secured
}

// privateSuffixes are names that no public authority certifies (RFC 2606, RFC 6762,
// RFC 8375, ICANN's reservation of .internal; Kubernetes documentation, "DNS for
// Services and Pods").
var privateSuffixes = []string{".svc", ".local", ".internal", ".localhost", ".lan", ".home.arpa", ".test", ".invalid", ".example"}

func private(host string) bool {
	if !strings.Contains(host, ".") || net.ParseIP(host) != nil {
		return true
	}
	for _, s := range privateSuffixes {
		if strings.HasSuffix(host, s) {
			return true
		}
	}
	return false
}

// certsOfWorkloads is where the workloads bring certificates, if all that run the
// service do: by a mount, or by one of the variables.
func certsOfWorkloads(p *rule.Pass) *finding.Related {
	var first *finding.Related
	for _, r := range runnings(p) {
		if r.workload == nil {
			return nil
		}
		var by *finding.Related
		for i := range r.container.Mounts {
			m := &r.container.Mounts[i]
			for _, ca := range caPaths {
				if within(ca, m.Path) || within(m.Path, ca) {
					by = &finding.Related{Position: m.Position, Message: r.workload.ID() + " mounts certificates at " + m.Path}
				}
			}
		}
		for _, e := range r.container.Env {
			if e.Name == "SSL_CERT_FILE" || e.Name == "SSL_CERT_DIR" {
				by = &finding.Related{Position: e.Position, Message: r.workload.ID() + " sets " + e.Name}
			}
		}
		if by == nil {
			return nil
		}
		if first == nil {
			first = by
		}
	}
	return first
}
