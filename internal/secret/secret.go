// Package secret tells credentials from other text, by name and value together:
// a name alone says too much (TOKEN_TTL, SECRET_NAME), a value alone too little.
package secret

import (
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// A Credential is what a value is.
type Credential struct {
	// What says so in words, with an article: "a GitHub token", "a password".
	What string
	// ByValue is true where the value alone gives it away, whatever its name.
	ByValue bool
}

// Of tells what credential a value under a name is; ok is false where it is none,
// or nobody can tell. A value that something fills in later, a reference, or a path
// is none.
func Of(name, value string) (c Credential, ok bool) {
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	if value == "" || len(value) > maxValue || placeholder(value) {
		return c, false
	}
	if what := byValue(value); what != "" {
		return Credential{What: what, ByValue: true}, true
	}
	what, strict := named(name)
	if what == "" || !opaque(value) {
		return c, false
	}
	if strict && !random(value) {
		return c, false
	}
	return Credential{What: what}, true
}

// Named tells whether a name is one of a credential, whatever its value.
func Named(name string) bool {
	what, _ := named(name)
	return what != ""
}

const maxValue = 16 << 10

// formats are tokens that their issuers made to be recognised. As of 2026-11; GitHub
// documentation, "About authentication to GitHub"; GitLab documentation, "Token
// prefixes"; Amazon IAM user guide, "Unique identifiers"; Slack documentation, "Token
// types"; Stripe documentation, "API keys"; Google Cloud documentation, "API keys"; RFC
// 7468 (PEM); RFC 7519 (JWT).
var formats = []struct {
	what    string
	pattern *lazyregexp.Regexp
}{
	{"a private key", lazyregexp.New(`-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----`)},
	{"an AWS access key", lazyregexp.New(`^(AKIA|ASIA)[A-Z2-7]{16}$`)},
	{"a GitHub token", lazyregexp.New(`^(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{50,255})$`)},
	{"a GitLab token", lazyregexp.New(`^gl(pat|dt|rt|ptt|agent|oas)-[A-Za-z0-9_-]{20,}$`)},
	{"a Slack token", lazyregexp.New(`^xox[abeoprs]-[A-Za-z0-9-]{10,}$`)},
	{"a Slack webhook", lazyregexp.New(`^https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}$`)},
	{"a Stripe key", lazyregexp.New(`^[rs]k_live_[A-Za-z0-9]{16,}$`)},
	{"a Google API key", lazyregexp.New(`^AIza[0-9A-Za-z_-]{35}$`)},
	{"an npm token", lazyregexp.New(`^npm_[A-Za-z0-9]{36}$`)},
	{"a SendGrid key", lazyregexp.New(`^SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$`)},
	{"a signed token", lazyregexp.New(`^eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}$`)},
}

func byValue(value string) string {
	for _, f := range formats {
		if f.pattern.MatchString(value) {
			return f.what
		}
	}
	if strings.Contains(value, "://") && strings.Contains(value, "@") {
		u, err := url.Parse(value)
		if err == nil && u.User != nil && u.Host != "" {
			if p, set := u.User.Password(); set && p != "" && !placeholder(p) {
				return "a password within a URL"
			}
		}
	}
	return ""
}

var placeholders = lazyregexp.New(`(?i)\$\{|\$\(|^\$[A-Za-z_]|\{\{|<[^>]+>|^%[^%]+%$|\[\[|^__.+__$|^x{3,}|\*{3,}|\.\.\.|change[-_ ]?me|change[-_ ]?this|replace[-_ ]?(me|this|with)?|^your[-_ ]|[-_ ]here$|example|dummy|placeholder|redacted|^(to-?do|tbd|none|null|nil|undefined|unset|empty|n/a|fake.*|mock.*|insert.*|put.*here)$`)

// placeholder tells of a text that somebody or something puts another in the place of.
func placeholder(value string) bool { return placeholders.MatchString(value) }

// words cuts a name at what is no letter or digit and where a capital begins.
func words(name string) []string {
	var out []string
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			out = append(out, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	previous := ' '
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(previous):
			end()
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		previous = r
	}
	end()
	return out
}

var (
	passwords = []string{"password", "passwd", "pwd", "pass", "passphrase", "passcode", "userpassword", "dbpassword", "dbpass"}
	secrets   = []string{"secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "authkey", "clientsecret", "credential", "credentials", "accesstoken", "authtoken", "signingkey", "encryptionkey"}
	// keys are the words before "key" that make it one to be kept.
	keys = []string{"api", "secret", "private", "access", "auth", "encryption", "signing", "session", "master", "license", "account", "storage", "hmac", "jwt", "cookie"}
	// others are words behind that say that the value is something about a secret.
	others = []string{
		"file", "path", "dir", "name", "names", "id", "url", "uri", "host", "alias", "version", "type", "length", "len", "size", "ttl", "expiry", "expires", "expiration",
		"timeout", "duration", "enabled", "disabled", "required", "policy", "algorithm", "alg", "header", "prefix", "suffix", "issuer", "audience", "endpoint", "ref", "mode",
		"count", "limit", "region", "provider", "source", "store", "manager", "location", "rotation", "interval", "cache", "cost", "arn", "field", "format", "namespace",
		"min", "max", "rounds", "scope", "scopes", "hash", "check", "reset", "address", "port", "bits", "validity", "lifetime", "refresh", "auth", "method", "key",
	}
	// openings are words in front that make a switch of it, or a thing that all may see.
	openings = []string{"public", "pub", "no", "enable", "disable", "use", "allow", "require", "skip", "min", "max", "num", "is", "has", "generate", "random", "show", "hide", "validate"}
)

// named is what a name says that its value is, "" for nothing to be kept. strict is
// true where the value must look made by a machine to be one: a token is, a password
// need not.
func named(name string) (what string, strict bool) {
	w := words(name)
	if len(w) == 0 || slices.Contains(openings, w[0]) {
		return "", false
	}
	last := w[len(w)-1]
	before := ""
	if len(w) > 1 {
		before = w[len(w)-2]
	}
	switch {
	case last == "key" && slices.Contains(keys, before) && !slices.Contains(w, "public"):
		return "a key", true
	case slices.Contains(others, last):
		return "", false
	case last == "pass" && len(w) == 1:
		return "a password", true
	case slices.Contains(passwords, last):
		return "a password", false
	case slices.Contains(secrets, last):
		return "a secret", true
	}
	return "", false
}

// opaque tells of a value that is the thing itself: no switch, number, duration, path,
// address or reference to where it lies.
func opaque(value string) bool {
	lower := strings.ToLower(value)
	switch lower {
	case "true", "false", "yes", "no", "on", "off", "auto", "default", "enabled", "disabled", "optional", "required", "prompt", "file", "env", "vault", "kubernetes", "plain", "basic", "bearer":
		return false
	}
	for _, p := range []string{"/", "./", "../", "~", "vault:", "ssm:", "arn:", "secret:", "secret/", "secrets/", "op://", "enc[", "ref+", "sops:", "file:", "env:", "gcp:", "projects/", "@", "http://", "https://"} {
		if strings.HasPrefix(lower, p) {
			return false
		}
	}
	for _, s := range []string{".pem", ".key", ".crt", ".json", ".yaml", ".yml", ".txt", ".env"} {
		if strings.HasSuffix(lower, s) {
			return false
		}
	}
	return !durations.MatchString(value) && !strings.ContainsAny(value, "\n")
}

var durations = lazyregexp.New(`^\d+(\.\d+)?(ns|us|ms|s|m|h|d)(\d.*)?$`)

// random tells of a text that looks made by a machine: long enough, without blanks, of
// several kinds of characters, and with much in it.
func random(value string) bool {
	if len(value) < 12 || strings.ContainsAny(value, " \t") {
		return false
	}
	kinds := 0
	for _, is := range []func(rune) bool{unicode.IsLower, unicode.IsUpper, unicode.IsDigit} {
		if strings.ContainsFunc(value, is) {
			kinds++
		}
	}
	if kinds < 2 || entropy(value) < 3 {
		return false
	}
	// Words with dashes, and a number behind, are a name.
	return !lazyName.MatchString(value)
}

var lazyName = lazyregexp.New(`^[a-z]+([-_./:][a-z]+)*([-_.:]?v?\d{1,4})?$|^[a-z]+([-_.][a-z0-9]{1,10}){1,8}$|^[A-Z]+([-_][A-Z]+)*$`)

// entropy is Shannon's of the characters, in bits for each.
func entropy(value string) float64 {
	count := map[rune]float64{}
	n := 0.0
	for _, r := range value {
		count[r]++
		n++
	}
	bits := 0.0
	for _, r := range slices.Sorted(maps.Keys(count)) {
		p := count[r] / n
		bits -= p * math.Log2(p)
	}
	return bits
}
