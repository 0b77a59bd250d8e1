// Package ec2 reads the files by which AWS deploys to machines of Amazon EC2, other
// than templates and Terraform, into the model of package deploy: the AppSpec file of
// CodeDeploy, and the configuration files of Elastic Beanstalk with the units that
// they write.
//
// Sources: AWS CodeDeploy user guide, "AppSpec file structure for EC2/on-premises
// deployments"; AWS Elastic Beanstalk developer guide, "Advanced environment
// customization with configuration files (.ebextensions)".
package ec2

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
)

// AppSpecs is the format of AppSpec files for machines: a version, an os, and files or
// hooks. Those for ECS and Lambda have resources instead.
var AppSpecs = &source.Format{Name: "AppSpec", Match: func(p string) bool {
	return strings.HasPrefix(path.Base(p), "appspec") && source.YAMLName(p)
}, Read: readAppSpec}

// Extensions is the format of Elastic Beanstalk's configuration files: a file
// *.config in .ebextensions with at least one of its sections.
var Extensions = &source.Format{Name: "Elastic Beanstalk", Match: func(p string) bool {
	return path.Base(path.Dir(p)) == ".ebextensions" && path.Ext(p) == ".config"
}, Read: readExtension}

func readAppSpec(f *source.File, out *deploy.Manifests) bool {
	found := false
	for _, d := range f.YAML(out, f.Has("os:", "version:")) {
		os := d.Top.Get("os")
		if os.Kind != source.Scalar || !d.Top.Get("version").Set() || !d.Top.Get("files").Set() && !d.Top.Get("hooks").Set() {
			continue
		}
		f.Declare(out, deploy.OnEC2, "AppSpec", "CodeDeploy application", folder(f, "."), os.At).Evidence = os.At
		found = true
	}
	return found
}

// folder is a name for what a file in a folder deploys: that folder's.
func folder(f *source.File, up string) string {
	if name := path.Base(path.Join(path.Dir(f.Path), up)); name != "." && name != "/" && name != ".." {
		return name
	}
	return "application"
}

// sections are those of a configuration file.
var sections = []string{"option_settings", "packages", "sources", "files", "users", "groups", "commands", "container_commands", "services", "Resources"}

func readExtension(f *source.File, out *deploy.Manifests) bool {
	found := false
	for _, d := range f.YAML(out, true) {
		if !d.Top.IsMap() || len(d.Top.Entries) == 0 {
			continue
		}
		first := d.Top.Entries[0]
		if !slices.Contains(sections, first.Key) {
			continue
		}
		found = true
		f.Declare(out, deploy.OnEC2, "Elastic Beanstalk", "environment", folder(f, ".."), first.KeyAt).Evidence = first.KeyAt
		m := systemd.Machine{Platforms: []deploy.PlatformID{deploy.OnEC2}, Format: "Elastic Beanstalk"}
		for _, e := range d.Top.Get("files").Entries {
			if name := systemd.UnitName(e.Key); name != "" && len(m.Units) < source.MaxObjects {
				m.Units = append(m.Units, systemd.Unit{Name: name, File: f.Inner(e.Key, e.Value.Get("content"))})
			}
		}
		m.Read(out)
	}
	return found
}
