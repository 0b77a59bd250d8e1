package secret

import (
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	// Made of parts, so that no scanner of repositories takes them for real ones.
	github := "ghp_" + strings.Repeat("a1B2", 9)
	for _, tt := range []struct{ name, value, want string }{
		{"DB_PASSWORD", "hunter2", "a password"},
		{"dbPassword", "s3cr3t!", "a password"},
		{"POSTGRES_PASSWORD", "postgres", "a password"},
		{"PGPASS", "x", ""},
		{"JWT_SECRET", "kJ8s0dPq2mZ4vB7n", "a secret"},
		{"API_KEY", "9f8e7d6c5b4a39281706f5e4d3c2b1a0", "a key"},
		{"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI0K7MDENG+bPxRfiCYzqQ2tD9Lk1", "a key"},
		{"ANYTHING", github, "a GitHub token"},
		{"ANYTHING", "AKIA" + "QWERTYUIOPASDFGH", "an AWS access key"},
		{"DATABASE_URL", "postgres://app:Tr0ub4dor@db:5432/app", "a password within a URL"},
		{"CERT", "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE", "a private key"},

		{"DB_PASSWORD", "", ""},
		{"DB_PASSWORD", "${DB_PASSWORD}", ""},
		{"DB_PASSWORD", "$(PASSWORD)", ""},
		{"DB_PASSWORD", "changeme", ""},
		{"DB_PASSWORD", "<your password>", ""},
		{"DB_PASSWORD", "/run/secrets/db", ""},
		{"DB_PASSWORD_FILE", "hunter2", ""},
		{"PASSWORD_POLICY", "strict", ""},
		{"ALLOW_EMPTY_PASSWORD", "yes", ""},
		{"TOKEN_TTL", "3600s", ""},
		{"SECRET_NAME", "shop-database", ""},
		{"TLS_SECRET", "shop-tls", ""},
		{"SECRET", "web-credentials-v2", ""},
		{"PUBLIC_KEY", "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE", ""},
		{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", ""},
		{"TOKEN_URL", "https://login.example.org/token", ""},
		{"DATABASE_URL", "postgres://db:5432/app", ""},
		{"DATABASE_URL", "postgres://app:${PASSWORD}@db:5432/app", ""},
		{"PARTITION_KEY", "customerId1234567", ""},
		{"API_KEY", "my-api-key", ""},
		{"BYPASS", "hunter2hunter2A", ""},
		{"PORT", "8080", ""},
	} {
		got, ok := Of(tt.name, tt.value)
		if got.What != tt.want || ok != (tt.want != "") {
			t.Errorf("%s=%s: %q, %t, want %q", tt.name, tt.value, got.What, ok, tt.want)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add("DB_PASSWORD", "hunter2")
	f.Add("dbURL", "postgres://a:b@c/d")
	f.Fuzz(func(t *testing.T, name, value string) {
		c, ok := Of(name, value)
		if ok != (c.What != "") {
			t.Errorf("%q=%q: %+v, %t", name, value, c, ok)
		}
	})
}
