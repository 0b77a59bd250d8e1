package image

import (
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// accounts are the users and groups of an image, as its /etc/passwd and
// /etc/group have them.
type accounts struct {
	users, groups map[string]account
	// open says what may have added others; its Why is "" where nothing may.
	open Fact
	// none says why there is no /etc/passwd at all; its Why is "" where there is.
	none Fact
}

type account struct {
	id    string // the number; "" where it is not fixed
	group string // of a user: its first group, by number or name
	home  string
	fact  Fact
}

func accountsOf(b *base) *accounts {
	a := &accounts{users: map[string]account{}, groups: map[string]account{}}
	switch {
	case b.ref.Scratch:
		a.none = absent(b.at, "scratch has no /etc/passwd")
		return a
	case b.stock == nil || len(b.stock.users) == 0:
		a.open = unclear(b.at, "which users "+b.name()+" has is not known")
		return a
	case !b.stock.complete:
		a.open = unclear(b.at, b.name()+" may have users that are not known")
	}
	for name, id := range b.stock.users {
		n := strconv.Itoa(id)
		a.users[name] = account{id: n, group: n, home: b.stock.homeOf(n), fact: present(b.at, b.name()+" has it")}
	}
	for name, id := range b.stock.groups {
		a.groups[name] = account{id: strconv.Itoa(id), fact: present(b.at, b.name()+" has it")}
	}
	return a
}

// homeOf is the home directory that belongs to a user of the base image, "" where
// none is known.
func (s *stock) homeOf(id string) string {
	home := ""
	for dir, owner := range s.homes {
		if owner == id && (home == "" || dir < home) {
			home = dir
		}
	}
	return home
}

// homeOf is the home directory of the user with a number, "" where it is not
// known.
func (a *accounts) homeOf(id string) string {
	home := ""
	for _, u := range a.users {
		if u.id == id && u.home != "" && (home == "" || u.home < home) {
			home = u.home
		}
	}
	return home
}

func (a *accounts) clone() *accounts {
	c := &accounts{users: map[string]account{}, groups: map[string]account{}, open: a.open, none: a.none}
	copyInto(c.users, a.users)
	copyInto(c.groups, a.groups)
	return c
}

// read takes lines of /etc/passwd or /etc/group (passwd(5), group(5)).
func (a *accounts) read(text string, groups bool, at finding.Position, why string) {
	for line := range strings.SplitSeq(text, "\n") {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) < 3 || f[0] == "" || strings.HasPrefix(f[0], "#") {
			continue
		}
		if groups {
			a.groups[f[0]] = account{id: number(f[2]), fact: present(at, why)}
			continue
		}
		u := account{id: number(f[2]), fact: present(at, why)}
		if len(f) > 3 {
			u.group = f[3]
		}
		if len(f) > 5 {
			u.home = f[5]
		}
		a.none = Fact{}
		a.users[f[0]] = u
	}
}

func number(s string) string {
	if _, err := strconv.ParseUint(s, 10, 32); err != nil {
		return ""
	}
	return strings.TrimLeft(s[:len(s)-1], "0") + s[len(s)-1:]
}

// An accountCommand is a command line that adds a user or a group.
type accountCommand struct {
	name, id, group, home string
	isGroup               bool
	makesHome, unknown    bool
}

// accountFlags are options that take a value in the next word: of useradd(8) and
// groupadd(8), of Debian's adduser(8) and of BusyBox's, where -u, -G, -h, -g and
// -s take one too.
var accountFlags = map[string]string{
	"useradd": "bcdefgGkKpRPsuZ", "groupadd": "gKpRPU", "adduser": "uGhgsk", "addgroup": "g",
}

// parseAccountCommand reads useradd, adduser, groupadd or addgroup.
func parseAccountCommand(words []string) (c accountCommand) {
	tool := words[0]
	c.isGroup = strings.HasPrefix(tool, "group") || tool == "addgroup"
	c.makesHome = tool == "adduser"
	var operands []string
	for i := 1; i < len(words); i++ {
		w := words[i]
		if strings.HasPrefix(w, "--") {
			name, value, joined := strings.Cut(w[2:], "=")
			takes := false
			switch name {
			case "uid", "gid", "home", "home-dir", "shell", "gecos", "ingroup", "comment", "groups", "base-dir", "password", "root", "prefix", "key", "conf", "firstuid", "lastuid", "skel", "expiredate", "inactive", "selinux-user":
				takes = true
			}
			if takes && !joined && i+1 < len(words) {
				i++
				value = words[i]
			}
			switch name {
			case "uid":
				c.id = value
			case "gid":
				if c.isGroup {
					c.id = value
				} else {
					c.group = value
				}
			case "ingroup":
				c.group = value
			case "home", "home-dir":
				c.home = value
			case "no-create-home":
				c.makesHome = false
			case "create-home":
				c.makesHome = true
			}
			continue
		}
		if strings.HasPrefix(w, "-") && len(w) > 1 {
			for j := 1; j < len(w); j++ {
				f := w[j]
				if f == 'm' && tool == "useradd" {
					c.makesHome = true
				}
				if f == 'H' || f == 'M' {
					c.makesHome = false
				}
				if !strings.ContainsRune(accountFlags[tool], rune(f)) {
					continue
				}
				value := w[j+1:]
				if value == "" && i+1 < len(words) {
					i++
					value = words[i]
				}
				switch {
				case f == 'u', f == 'g' && c.isGroup:
					c.id = value
				case f == 'g' && tool == "useradd", f == 'G' && tool == "adduser":
					c.group = value
				case f == 'd' && tool == "useradd", f == 'h' && tool == "adduser":
					c.home = value
				}
				break
			}
			continue
		}
		operands = append(operands, w)
	}
	if len(operands) == 0 {
		c.unknown = true
		return c
	}
	c.name = operands[0]
	if tool == "useradd" {
		c.name = operands[len(operands)-1]
	}
	if len(operands) > 1 && !c.isGroup && tool == "adduser" {
		// adduser USER GROUP puts a user into a group.
		c.name = ""
	}
	if tool == "addgroup" && len(operands) > 1 {
		c.name = "" // addgroup USER GROUP too
	}
	c.unknown = strings.Contains(c.name, "$")
	return c
}
