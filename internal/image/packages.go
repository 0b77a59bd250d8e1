package image

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed packages.txt
var packagesText string

// A pkg is what packages.txt says of a package.
type pkg struct {
	manager, name string
	files         []string
	depends       []string
	recommends    []string
	users         map[string]int
	open          bool
}

var packageTable = sync.OnceValues(func() ([]pkg, error) { return parsePackages(packagesText) })

func parsePackages(text string) ([]pkg, error) {
	var out []pkg
	for i, line := range strings.Split(text, "\n") {
		w := strings.Fields(line)
		if len(w) == 0 || strings.HasPrefix(w[0], "#") {
			continue
		}
		if len(w) < 2 {
			return nil, fmt.Errorf("packages, line %d: names no package", i+1)
		}
		p := pkg{manager: w[0], name: w[1]}
		if _, err := path.Match(p.name, ""); err != nil {
			return nil, fmt.Errorf("packages, line %d: %q: %w", i+1, p.name, err)
		}
		for _, item := range w[2:] {
			rest := item[1:]
			switch item[0] {
			case '/':
				p.files = append(p.files, item)
			case '+':
				p.depends = append(p.depends, rest)
			case '~':
				p.recommends = append(p.recommends, rest)
			case '@':
				name, id, _ := strings.Cut(rest, ":")
				n, err := strconv.Atoi(id)
				if err != nil {
					return nil, fmt.Errorf("packages, line %d: %q has no number", i+1, item)
				}
				if p.users == nil {
					p.users = map[string]int{}
				}
				p.users[name] = n
			case '?':
				p.open = true
			default:
				return nil, fmt.Errorf("packages, line %d: %q is no item", i+1, item)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// packageNamed finds a package of a manager.
func packageNamed(manager, name string) (pkg, bool) {
	table, err := packageTable()
	if err != nil {
		return pkg{}, false
	}
	for _, p := range table {
		if p.manager == manager && match(p.name, name) {
			return p, true
		}
	}
	return pkg{}, false
}

// managers are the commands of package managers and the column of the table
// that speaks of them.
var managers = map[string]string{
	"apk": "apk", "apt-get": "apt", "apt": "apt", "aptitude": "apt", "dnf": "dnf", "yum": "dnf", "microdnf": "dnf",
	"tdnf": "dnf", "zypper": "zypper", "pacman": "pacman",
}

// A packageCommand is a package manager's command line.
type packageCommand struct {
	manager    string
	install    bool
	remove     bool
	packages   []string
	recommends bool
	unknown    bool // the command line could not be understood
	// root is another folder into which it installs: --installroot, --root.
	root    string
	virtual string // apk's name for what it installs, to remove it by
}

// packageFlags are options that take a value in the next word.
var packageFlags = map[string][]string{
	"apk":    {"-X", "--repository", "-t", "--virtual", "-p", "--root", "--keys-dir", "--repositories-file", "--wait", "--arch", "--cache-dir", "--cache-max-age"},
	"apt":    {"-t", "--target-release", "-o", "--option", "-c", "--config-file", "-a", "--host-architecture"},
	"dnf":    {"--installroot", "--releasever", "--setopt", "-c", "--enablerepo", "--disablerepo", "--repo", "-x", "--exclude"},
	"zypper": {"-R", "--root", "-r", "--repo", "--from", "--installroot"},
	"pacman": {"-r", "--root", "--cachedir", "--dbpath"},
}

// parsePackageCommand reads a package manager's command line.
func parsePackageCommand(words []string) (packageCommand, bool) {
	manager, ok := managers[path.Base(words[0])]
	if !ok {
		return packageCommand{}, false
	}
	c := packageCommand{manager: manager, recommends: manager == "apt"}
	verb := ""
	for i := 1; i < len(words); i++ {
		w := words[i]
		if strings.HasPrefix(w, "-") && w != "-" {
			name, value, joined := strings.Cut(w, "=")
			if !joined && slices.Contains(packageFlags[manager], name) && i+1 < len(words) {
				i++
				value = words[i]
			}
			switch {
			case name == "--no-install-recommends", strings.Contains(value, "Install-Recommends=false"), strings.Contains(value, "Install-Recommends=0"), strings.Contains(w, "Install-Recommends=false"), strings.Contains(w, "Install-Recommends=0"):
				c.recommends = false
			case name == "--installroot", name == "--root", manager == "apk" && name == "-p", manager == "zypper" && name == "-R":
				c.root = value
			case manager == "apk" && (name == "-t" || name == "--virtual"):
				c.virtual = value
			case manager == "pacman" && strings.HasPrefix(w, "-S"):
				verb = "install"
			case manager == "pacman" && strings.HasPrefix(w, "-R"):
				verb = "remove"
			}
			continue
		}
		if verb == "" {
			verb = w
			continue
		}
		c.packages = append(c.packages, w)
	}
	switch verb {
	case "add", "install", "in", "localinstall", "groupinstall", "reinstall":
		c.install = true
	case "del", "remove", "purge", "autoremove", "erase", "rm", "autopurge":
		c.remove = true
	case "update", "upgrade", "clean", "makecache", "info", "search", "list", "cache", "version", "fix", "policy", "refresh", "--print-arch", "":
	case "dist-upgrade", "full-upgrade", "module", "config-manager", "swap", "builddep", "build-dep", "download", "source":
		c.unknown = verb == "swap" || verb == "builddep" || verb == "build-dep" || verb == "module"
	default:
		c.unknown = true
	}
	return c, true
}

// packageBase is a package's name without version, architecture and repository.
func packageBase(manager, name string) string {
	if i := strings.IndexAny(name, "=<>~@"); i > 0 {
		name = name[:i]
	}
	if manager == "apt" {
		name, _, _ = strings.Cut(name, ":")
		name, _, _ = strings.Cut(name, "/")
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, ".x86_64"), ".noarch")
}
