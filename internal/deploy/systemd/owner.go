package systemd

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
)

// installer tells which configuration tool installs a unit, by where it lies: in a
// role of Ansible, a module of Puppet or a cookbook of Chef.
//
// Sources: Ansible documentation, "Roles" (role directory structure); Puppet
// documentation, "Module fundamentals" (module structure); Chef Infra
// documentation, "About cookbooks" (directories).
func installer(f *source.File) (id deploy.PlatformID, format string, ok bool) {
	if f.Tree == nil {
		return "", "", false
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if f.Tree.Has(n) {
				return true
			}
		}
		return false
	}
	for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
		base, above := path.Base(dir), path.Dir(dir)
		if base != "templates" && base != "files" {
			continue
		}
		switch {
		case has(path.Join(above, "tasks/main.yml"), path.Join(above, "tasks/main.yaml")) || path.Base(path.Dir(above)) == "roles":
			return deploy.OnAnsible, "Ansible", true
		case has(path.Join(above, "manifests/init.pp")):
			return deploy.OnPuppet, "Puppet", true
		case has(path.Join(above, "metadata.rb"), path.Join(above, "metadata.json")) && (has(path.Join(above, "recipes/default.rb")) || strings.Contains("/"+above, "cookbooks/")):
			return deploy.OnChef, "Chef", true
		}
	}
	return "", "", false
}
