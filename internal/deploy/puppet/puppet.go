// Package puppet tells of manifests by which Puppet sets up machines, and of the volumes
// that they mount. There is no parser of its language for Go: resources are found by how
// they begin, and nothing is evaluated.
//
// Source: Puppet documentation, "Language: Resources", "Resource type: mount" and "Module
// fundamentals".
package puppet

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// Files is the format of Puppet's manifests.
var Files = &source.Format{Name: "Puppet", Match: func(p string) bool { return path.Ext(p) == ".pp" }, Read: read}

var (
	// resource matches the beginning of one of the types that set up a service.
	resource = lazyregexp.New(`(?m)^[ \t]*(file|service|package|exec|mount|user|systemd::unit_file|systemd::manage_unit)[ \t]*\{[ \t\r\n]*(?:'([^'\n]*)'|"([^"\n]*)"|(\$[\w:]+|\[))`)
	// field matches an attribute with a quoted value.
	field = lazyregexp.New(`(?m)^[ \t]*(device|fstype|ensure|name)[ \t]*=>[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|(\w+))`)
)

// maxResources is how many resources of one file are looked at.
const maxResources = 1000

func read(f *source.File, out *deploy.Manifests) bool {
	text := string(withoutComments(f.Text))
	all := resource.FindAllSubmatchIndex([]byte(text), maxResources)
	if len(all) == 0 {
		return false
	}
	name := strings.TrimSuffix(path.Base(f.Path), ".pp")
	if name == "init" {
		name = path.Base(path.Dir(path.Dir(f.Path)))
	}
	p := f.Declare(out, deploy.OnPuppet, "Puppet", "manifest", name, f.At(all[0][2], all[0][3]))
	for i, m := range all {
		if text[m[2]:m[3]] != "mount" || m[4] < 0 {
			continue
		}
		end := len(text)
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		values := map[string]string{}
		for _, a := range field.FindAllStringSubmatch(text[m[1]:end], -1) {
			values[a[1]] = a[2] + a[3] + a[4]
		}
		where := text[m[4]:m[5]]
		if values["name"] != "" {
			where = values["name"]
		}
		if values["ensure"] != "absent" && values["ensure"] != "unmounted" && systemd.HoldsData(values["device"], values["fstype"], where) {
			p.Data = append(p.Data, deploy.Field[string]{Value: where, Set: true, Unknown: strings.Contains(where, "$"), Position: f.At(m[4], m[5])})
		}
	}
	return true
}

// withoutComments writes blanks over comments, so that places stay.
func withoutComments(text []byte) []byte {
	out := []byte(string(text))
	quote := byte(0)
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '#':
			for i < len(out) && out[i] != '\n' {
				out[i] = ' '
				i++
			}
		}
	}
	return out
}
