package deploy

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// label is one name of a host (RFC 1123).
var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// A Host is a peer that a setting names.
type Host struct {
	// Name is a host's name or address, Port "" where none is given.
	Name, Port string
	Scheme     string
	// Path is what follows the host in a URL, without the slash: the database, of
	// database URLs.
	Path string
}

// Hosts reads the hosts of a value: URLs, addresses with a port, data source names
// and, where the setting is one for hosts, bare names. Lists are separated by
// commas. What something else fills in is left out.
func Hosts(value string, isHost bool) []Host {
	if len(value) > 2000 || strings.ContainsAny(value, "${}<>%*\n") {
		return nil
	}
	var out []Host
	scheme := ""
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		d := Host{Scheme: scheme}
		rest := item
		if s, r, ok := strings.Cut(item, "://"); ok {
			u, err := url.Parse(item)
			if err != nil || u.Host == "" {
				if d.Name, d.Port, d.Path = dsn(r); d.Name == "" {
					continue
				}
			} else {
				d.Name, d.Port, d.Path = u.Hostname(), u.Port(), strings.Trim(u.Path, "/")
			}
			d.Scheme = s
			scheme = s // host1:1,host2:2 of one URL
			out = append(out, d)
			continue
		}
		if h, p, path := dsn(rest); h != "" { // user:password@tcp(host:port)/name
			d.Name, d.Port, d.Path = h, p, path
			out = append(out, d)
			continue
		}
		if !isHost && scheme == "" || strings.ContainsAny(rest, "@ =\"'") {
			continue
		}
		rest, d.Path, _ = strings.Cut(rest, "/")
		host, port, hasPort := strings.Cut(rest, ":")
		if n, err := strconv.Atoi(port); hasPort && (err != nil || n < 1 || n > 65535) {
			continue
		}
		if !IsHostName(host) {
			continue
		}
		d.Name, d.Port = host, port
		out = append(out, d)
	}
	return out
}

// dsn reads the address of a MySQL data source name.
func dsn(s string) (host, port, path string) {
	_, after, ok := strings.Cut(s, "@tcp(")
	if !ok {
		return "", "", ""
	}
	address, rest, ok := strings.Cut(after, ")")
	if !ok {
		return "", "", ""
	}
	host, port, _ = strings.Cut(address, ":")
	path, _, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "?")
	if !IsHostName(host) {
		return "", "", ""
	}
	return host, port, path
}

// IsHostName tells names of hosts and addresses from words and numbers.
func IsHostName(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if s == "" || len(s) > 253 || !strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") {
		return false
	}
	return !slices.ContainsFunc(strings.Split(strings.TrimSuffix(s, "."), "."), func(l string) bool { return !label.MatchString(l) })
}
