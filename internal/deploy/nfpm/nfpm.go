// Package nfpm reads the configurations of nFPM, alone and in GoReleaser's, into the
// model of package deploy: a package of a Linux distribution that brings a unit of
// systemd is made to run as a service on a machine.
//
// The units themselves are read by package systemd where they lie. A package without
// one may hold a command line tool, and declares nothing.
//
// Sources: nFPM documentation, "Configuration"; GoReleaser documentation, "nFPM".
package nfpm

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
)

// Files is the format of nfpm.yaml and of GoReleaser's configurations that have
// nfpms.
var Files = &source.Format{Name: "nFPM", Match: match, Read: read}

func match(p string) bool {
	base := strings.TrimPrefix(path.Base(p), ".")
	return source.YAMLName(p) && (strings.HasPrefix(base, "goreleaser") || strings.HasPrefix(base, "nfpm"))
}

func read(f *source.File, out *deploy.Manifests) bool {
	found := false
	for _, d := range f.YAML(out, false) {
		packages := d.Top.Get("nfpms").Blocks()
		if strings.HasPrefix(strings.TrimPrefix(path.Base(f.Path), "."), "nfpm") && d.Top.Get("name").Set() {
			packages = append(packages, d.Top)
		}
		for i, v := range packages {
			if i >= source.MaxObjects {
				break
			}
			found = declare(f, d.Top, v, out) || found
		}
	}
	return found
}

// declare adds the machine that a package is for, told by the first unit that it
// brings.
func declare(f *source.File, top, v source.Value, out *deploy.Manifests) bool {
	lists := []source.Value{v.Get("contents")}
	for _, e := range v.Get("overrides").Entries {
		lists = append(lists, e.Value.Get("contents"))
	}
	for _, list := range lists {
		for _, item := range list.List {
			dst := item.Get("dst")
			if name := systemd.UnitName(dst.Text); strings.HasSuffix(name, ".service") && !strings.Contains(dst.Text, "/user/") {
				name := v.First("package_name", "name")
				if name.Known() == "" {
					name = top.Get("project_name")
				}
				text := name.Known()
				if text == "" {
					text = "package"
				}
				f.Declare(out, deploy.OnVM, "nFPM", "package", text, dst.At).Evidence = dst.At
				return true
			}
		}
	}
	return false
}
