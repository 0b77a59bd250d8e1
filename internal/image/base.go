package image

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/finding"
)

//go:embed contents.txt
var contentsText string

// A stock is what a section of contents.txt says.
type stock struct {
	complete bool
	manager  string // apk, apt, dnf, zypper, pacman
	merged   bool
	programs map[string]string // a program's name to its folder
	unsure   map[string]bool
	lacks    map[string]bool
	files    map[string]bool   // true for a folder
	homes    map[string]string // a folder to its owner, or to its mode where that is 1777
	users    map[string]int
	groups   map[string]int
	closed   []string // folders of which all is listed
	roots    []string
}

var stocks = sync.OnceValues(func() (map[string]*stock, error) { return parseStocks(contentsText) })

func parseStocks(text string) (map[string]*stock, error) {
	all := map[string]*stock{}
	var s *stock
	for i, line := range strings.Split(text, "\n") {
		w := strings.Fields(line)
		if len(w) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") && strings.HasSuffix(strings.TrimSpace(line), "]") {
			name, from, _ := strings.Cut(strings.Trim(strings.TrimSpace(line), "[]"), "<")
			name, from = strings.TrimSpace(name), strings.TrimSpace(from)
			below := all[from]
			if from != "" && below == nil || all[name] != nil {
				return nil, fmt.Errorf("contents, line %d: %s takes over %q, or stands twice", i+1, name, from)
			}
			s = newStock(below)
			all[name] = s
			continue
		}
		if s == nil {
			return nil, fmt.Errorf("contents, line %d: stands before the first section", i+1)
		}
		if err := s.read(w); err != nil {
			return nil, fmt.Errorf("contents, line %d: %w", i+1, err)
		}
	}
	return all, nil
}

func newStock(from *stock) *stock {
	s := &stock{
		programs: map[string]string{}, unsure: map[string]bool{}, lacks: map[string]bool{}, files: map[string]bool{},
		homes: map[string]string{}, users: map[string]int{}, groups: map[string]int{},
	}
	if from == nil {
		return s
	}
	s.complete, s.manager, s.merged = from.complete, from.manager, from.merged
	s.roots, s.closed = slices.Clone(from.roots), slices.Clone(from.closed)
	copyInto(s.programs, from.programs)
	copyInto(s.unsure, from.unsure)
	copyInto(s.lacks, from.lacks)
	copyInto(s.files, from.files)
	copyInto(s.homes, from.homes)
	copyInto(s.users, from.users)
	copyInto(s.groups, from.groups)
	return s
}

func copyInto[V any](to, from map[string]V) {
	for k, v := range from {
		to[k] = v
	}
}

func (s *stock) read(w []string) error {
	rest := w[1:]
	switch w[0] {
	case "complete":
		s.complete = true
	case "open":
		s.complete, s.closed = false, nil
	case "merged":
		s.merged = true
	case "packages":
		s.manager = rest[0]
	case "in":
		s.files[rest[0]] = true
		for _, p := range rest[1:] {
			s.programs[p] = rest[0]
			delete(s.unsure, p)
		}
	case "?":
		for _, p := range rest {
			s.unsure[p] = true
			delete(s.programs, p)
		}
	case "lacks":
		for _, p := range rest {
			s.lacks[p] = true
		}
	case "file":
		for _, f := range rest {
			s.files[path.Clean(f)] = strings.HasSuffix(f, "/")
		}
	case "home":
		s.files[rest[1]] = true
		s.homes[rest[1]] = rest[0]
	case "user", "group":
		for _, e := range rest {
			name, id, _ := strings.Cut(e, ":")
			n, err := strconv.Atoi(id)
			if err != nil {
				return fmt.Errorf("%q has no number", e)
			}
			if w[0] == "user" {
				s.users[name] = n
			} else {
				s.groups[name] = n
			}
		}
	case "closed":
		s.closed = append(s.closed, rest...)
	case "root":
		s.roots = append(s.roots, rest...)
	default:
		return fmt.Errorf("%q is no word of the table", w[0])
	}
	return nil
}

// A base is what is known of the files of the image on which a stage builds.
type base struct {
	ref    Base
	family Family
	known  bool // the family
	stock  *stock
	links  map[string]string
	at     finding.Position
}

func newBase(b Base) *base {
	out := &base{ref: b, at: b.Position, links: map[string]string{}}
	out.family, out.known = LookupBase(b)
	if all, err := stocks(); err == nil {
		out.stock = all[out.family.Contents]
	}
	if out.stock != nil && out.stock.merged {
		for _, d := range []string{"bin", "sbin", "lib", "lib64"} {
			out.links["/"+d] = "usr/" + d
		}
	}
	return out
}

// name is the base image as messages call it.
func (b *base) name() string {
	switch {
	case b.ref.Resolved != "":
		return b.ref.Resolved
	case b.ref.Ref != "":
		return b.ref.Ref
	}
	return "the base image"
}

func (b *base) yes(kind FileKind, mode uint32) File {
	return File{
		Fact: present(b.at, b.name()+" has it"), Kind: kind, Mode: mode, ModeKnown: true, User: "0", Group: "0",
	}
}

func (b *base) no() File { return File{Fact: absent(b.at, b.name()+" does not have it")} }

func (b *base) maybe() File {
	return File{Fact: unclear(b.at, "whether "+b.name()+" has it is not known")}
}

func (b *base) of(h Has, kind FileKind, mode uint32) File {
	switch h {
	case Yes:
		return b.yes(kind, mode)
	case No:
		return b.no()
	}
	return b.maybe()
}

// givenAtRun are paths that a container runtime puts into every container
// (OCI runtime specification, "Default Filesystems"; Docker and the Kubernetes
// kubelet mount the three files).
var givenAtRun = []string{"/dev", "/proc", "/sys", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname"}

// caFiles and caDirs are where Go looks for certificates on Linux, and zoneDirs
// where it looks for time zones (crypto/x509/root_linux.go and
// time/zoneinfo_unix.go).
var (
	caFiles = []string{
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
	}
	caDirs   = []string{"/etc/ssl/certs", "/etc/pki/tls/certs"}
	zoneDirs = []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}
)

// binDirs are the folders of programs.
var binDirs = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

func (b *base) stat(p string) File {
	if p == "/" {
		return File{Fact: present(b.at, ""), Kind: FileDir, Mode: 0o755, ModeKnown: true, User: "0", Group: "0"}
	}
	for _, d := range givenAtRun {
		if covers(d, p) {
			return File{Fact: present(b.at, "the container runtime brings it"), ModeKnown: false}
		}
	}
	if b.ref.Scratch {
		return b.no()
	}
	if covers("/tmp", p) && b.known {
		if p == "/tmp" {
			return b.of(b.family.Tmp, FileDir, 0o1777)
		}
		return b.no()
	}
	for _, z := range zoneDirs[:1] {
		if covers(z, p) && b.known && b.family.Zones != Unknown {
			kind := FileDir
			if p != z {
				kind = FileRegular
			}
			return b.of(b.family.Zones, kind, 0o755)
		}
	}
	if slices.Contains(caFiles, p) && b.family.CA == No {
		return b.no()
	}
	if b.stock == nil {
		return b.maybe()
	}
	return b.inStock(p)
}

func (b *base) inStock(p string) File {
	s := b.stock
	if isDir, ok := s.files[p]; ok {
		f := b.yes(FileRegular, 0o644)
		if isDir {
			f = b.yes(FileDir, 0o755)
		}
		switch owner := s.homes[p]; owner {
		case "":
		case "1777":
			f.Mode = 0o1777
		default:
			f.User, f.Group = owner, owner
		}
		return f
	}
	dir, name := path.Dir(p), path.Base(p)
	if b.isBin(dir) {
		at, listed := s.programs[name]
		switch {
		case listed && (at == dir || b.sameDir(at, dir)):
			return b.yes(FileRegular, 0o755)
		case listed && !s.merged && dir != "/usr/local/bin" && dir != "/usr/local/sbin" && dir != "/usr/local/go/bin":
			return b.maybe() // distributions move programs between folders
		case s.unsure[name]:
			return b.maybe()
		case s.complete, s.lacks[name]:
			return b.no()
		}
		return b.maybe()
	}
	for d, owner := range s.homes {
		if covers(d, p) && owner != "1777" {
			return b.no()
		}
	}
	for _, d := range s.closed {
		rel, ok := cutDir(p, d)
		if !ok || rel == "." {
			continue
		}
		child, _, _ := strings.Cut(rel, "/")
		if _, listed := s.files[path.Join(d, child)]; !listed {
			return b.no()
		}
	}
	for _, r := range s.roots {
		if covers(r, p) {
			return b.maybe()
		}
	}
	// Distributions have shared folders whose contents are not listed.
	if strings.HasPrefix(p, "/usr/share/") || strings.HasPrefix(p, "/usr/lib/") {
		return b.maybe()
	}
	return b.no()
}

// isBin tells folders of programs from others.
func (b *base) isBin(dir string) bool {
	if slices.Contains(binDirs, dir) || dir == "/busybox" {
		return true
	}
	return dir == "/usr/local/go/bin" && b.family.Toolchain == Yes
}

// sameDir tells whether a merged layout makes two folders one.
func (b *base) sameDir(a, c string) bool {
	if !b.stock.merged {
		return false
	}
	return strings.TrimPrefix(a, "/usr") == strings.TrimPrefix(c, "/usr")
}
