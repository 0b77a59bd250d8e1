// Package chef tells of recipes by which Chef sets up machines, and of the volumes that
// they mount. A recipe is a Ruby program: resources are found by how they begin, and
// nothing is evaluated.
//
// Source: Chef Infra documentation, "About recipes", "Resources" and "mount resource".
package chef

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// Files is the format of recipes: Ruby files in a folder recipes.
var Files = &source.Format{Name: "Chef", Match: func(p string) bool {
	return path.Ext(p) == ".rb" && path.Base(path.Dir(p)) == "recipes"
}, Read: read}

var (
	// resource matches the beginning of one of the resources that set up a service.
	resource = lazyregexp.New(`(?m)^[ \t]*(package|apt_package|yum_package|service|template|cookbook_file|remote_file|file|directory|systemd_unit|execute|mount|user|docker_container)[ \t]+(?:'([^'\n]*)'|"([^"\n]*)"|[\w\[\]:.'"]+)[ \t]*(?:do\b|$)`)
	field    = lazyregexp.New(`(?m)^[ \t]*(device|fstype|mount_point|action)[ \t]+(?:'([^'\n]*)'|"([^"\n]*)"|([:\[\], \w]+))`)
)

// maxResources is how many resources of one file are looked at.
const maxResources = 1000

func read(f *source.File, out *deploy.Manifests) bool {
	text := string(f.Text)
	all := resource.FindAllSubmatchIndex([]byte(text), maxResources)
	if len(all) == 0 {
		return false
	}
	name := path.Base(path.Dir(path.Dir(f.Path)))
	if name == "." {
		name = strings.TrimSuffix(path.Base(f.Path), ".rb")
	}
	p := f.Declare(out, deploy.OnChef, "Chef", "recipe", name, f.At(all[0][2], all[0][3]))
	for i, m := range all {
		if text[m[2]:m[3]] != "mount" {
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
		start, stop := m[4], m[5]
		if start < 0 {
			start, stop = m[6], m[7]
		}
		if start < 0 || strings.Contains(text[start:stop], "#{") || values["mount_point"] != "" {
			continue
		}
		if a := values["action"]; !strings.Contains(a, "umount") && !strings.Contains(a, "disable") && systemd.HoldsData(values["device"], values["fstype"], text[start:stop]) {
			p.Data = append(p.Data, deploy.Field[string]{Value: text[start:stop], Set: true, Position: f.At(start, stop)})
		}
	}
	return true
}
