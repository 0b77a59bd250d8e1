// Package coreos reads the configurations of CoreOS machines, Butane's YAML and
// Ignition's JSON, into the model of package deploy: the units that they give to a
// machine, the containers that Podman starts there, and the file systems that
// outlive its releases.
//
// Sources: Butane documentation, "Fedora CoreOS Specification v1.6.0" and "Flatcar
// Specification v1.1.0"; Ignition documentation, "Configuration Specification
// v3.5.0"; Fedora CoreOS documentation, "Configuring Storage".
package coreos

import (
	"encoding/base64"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
)

// Butane is the format of Butane configurations: a variant with a version.
var Butane = &source.Format{Name: "Butane", Match: func(p string) bool {
	return source.YAMLName(p) || strings.HasSuffix(p, ".bu") || strings.HasSuffix(p, ".fcc")
}, Read: readButane}

// Ignition is the format of Ignition configurations: an object ignition with a
// version.
var Ignition = &source.Format{Name: "Ignition", Match: func(p string) bool {
	return source.JSONName(p) || strings.HasSuffix(p, ".ign")
}, Read: readIgnition}

// variants are Butane's that make a CoreOS machine; the others are of systems that
// are not.
var variants = []string{"fcos", "flatcar", "openshift"}

func readButane(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("variant", "version") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, strings.HasSuffix(f.Path, ".bu") || strings.HasSuffix(f.Path, ".fcc")) {
		variant := d.Top.Get("variant")
		if slices.Contains(variants, variant.Known()) && d.Top.Get("version").Set() {
			found = true
			read(f, d.Top, variant, "Butane", out)
		}
	}
	return found
}

func readIgnition(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("ignition", "version") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, strings.HasSuffix(f.Path, ".ign")) {
		version := d.Top.Get("ignition", "version")
		if text := version.Known(); strings.HasPrefix(text, "2.") || strings.HasPrefix(text, "3.") {
			found = true
			read(f, d.Top, version, "Ignition", out)
		}
	}
	return found
}

// read reads a configuration; at says what it is.
func read(f *source.File, top, at source.Value, format string, out *deploy.Manifests) {
	machine := systemd.Machine{Platforms: []deploy.PlatformID{deploy.OnCoreOS}, Format: format}
	for _, u := range top.Get("systemd", "units").Blocks() {
		name := u.Get("name").Known()
		if name == "" || len(machine.Units) >= source.MaxObjects {
			continue
		}
		if contents := u.Get("contents"); contents.Kind == source.Scalar {
			machine.Units = append(machine.Units, systemd.Unit{Name: name, File: f.Inner(name, contents)})
		}
		for _, d := range u.Get("dropins").Blocks() {
			if contents := d.Get("contents"); contents.Kind == source.Scalar && d.Get("name").Known() != "" {
				p := name + ".d/" + d.Get("name").Text
				machine.Units = append(machine.Units, systemd.Unit{Name: p, File: f.Inner(p, contents)})
			}
		}
	}
	for _, file := range top.Get("storage", "files").Blocks() {
		name := systemd.UnitName(file.Get("path").Known())
		if name == "" || len(machine.Units) >= source.MaxObjects {
			continue
		}
		contents := file.Get("contents")
		if inline := contents.Get("inline"); inline.Kind == source.Scalar {
			machine.Units = append(machine.Units, systemd.Unit{Name: name, File: f.Inner(name, inline)})
		} else if text, ok := dataURL(contents.Get("source").Known()); ok && contents.Get("compression").Known() == "" {
			machine.Units = append(machine.Units, systemd.Unit{Name: name, File: f.InnerText(name, text, contents.Get("source").At)})
		}
	}
	name := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
	p := f.Declare(out, deploy.OnCoreOS, format, "machine", name, at.At)
	p.Data = append(machine.Data(), fileSystems(top)...)
	if len(machine.Read(out)) > 0 {
		// The workloads declare the platform; this says what else there is.
		p.Evidence = at.At
	}
}

// fileSystems are the paths of the configuration's own file systems that Butane
// mounts, or that it makes a mount unit of.
func fileSystems(top source.Value) []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, fs := range top.Get("storage", "filesystems").Blocks() {
		where := fs.Get("path")
		if systemd.HoldsData(fs.Get("device").Text, fs.Get("format").Known(), where.Known()) {
			list = append(list, where.Field())
		}
	}
	return list
}

// dataURL reads the text of a data URL (RFC 2397).
func dataURL(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, "data:")
	if !ok {
		return "", false
	}
	head, data, ok := strings.Cut(rest, ",")
	if !ok {
		return "", false
	}
	if strings.HasSuffix(head, ";base64") {
		out, err := base64.StdEncoding.DecodeString(data)
		return string(out), err == nil
	}
	out, err := url.PathUnescape(data)
	return out, err == nil
}
