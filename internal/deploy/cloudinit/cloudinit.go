// Package cloudinit reads the user data of cloud-init into the model of package
// deploy: the units that it writes and the containers that it starts on a machine,
// and the volumes that it mounts.
//
// Sources: cloud-init documentation, "User data formats" and "Module reference" (Write
// Files, Runcmd, Mounts); CoreOS "Using Cloud-Config" of 2017, for the key coreos.
package cloudinit

import (
	"encoding/base64"
	"path"
	"regexp"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/dockerrun"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
	"github.com/cnready/cnready/internal/finding"
)

// Files is the format of user data: a file whose first line is #cloud-config.
var Files = &source.Format{Name: "cloud-init", Match: match, Read: read}

func match(p string) bool {
	base := strings.ToLower(path.Base(p))
	switch path.Ext(base) {
	case ".yaml", ".yml", ".cfg", ".tpl", ".tmpl", ".tftpl", ".j2", ".txt":
		return true
	}
	return strings.Contains(base, "user-data") || strings.Contains(base, "user_data") || strings.Contains(base, "userdata") || strings.Contains(base, "cloud-config") || strings.Contains(base, "cloud-init")
}

var header = regexp.MustCompile(`\A(?:## template: jinja\s*\n)?#cloud-config\s*(?:\n|\z)`)

func read(f *source.File, out *deploy.Manifests) bool {
	if !header.Match(f.Text) {
		return false
	}
	at := f.At(0, len("#cloud-config"))
	id := deploy.OnVM
	docs := f.YAML(out, true)
	for _, d := range docs {
		if legacy := d.Top.Get("coreos"); legacy.IsMap() {
			id, at = deploy.OnCoreOS, d.Top.Key("coreos")
		}
	}
	machine := systemd.Machine{Platforms: []deploy.PlatformID{id}, Format: "cloud-init"}
	var data []deploy.Field[string]
	for _, d := range docs {
		units(f, d.Top, &machine)
		data = append(data, mounts(d.Top)...)
	}
	machine.Read(out)
	for _, d := range docs {
		for _, key := range []string{"runcmd", "bootcmd"} {
			for i, item := range d.Top.Get(key).List {
				if w := dockerrun.Parse(words(f, item)); w != nil && i < source.MaxObjects {
					w.Platforms = append([]deploy.PlatformID{id}, w.Platforms...)
					f.Run(out, w, "cloud-init", w.Position)
				}
			}
		}
	}
	p := f.Declare(out, id, "cloud-init", "user data", path.Base(f.Path), at)
	p.Data = append(machine.Data(), data...)
	return true
}

// units are the unit files that are written, and those of the key coreos.
func units(f *source.File, top source.Value, m *systemd.Machine) {
	for _, w := range top.Get("write_files").Blocks() {
		name := systemd.UnitName(w.Get("path").Known())
		content := w.Get("content")
		if name == "" || content.Kind != source.Scalar || len(m.Units) >= source.MaxObjects {
			continue
		}
		switch strings.ToLower(w.Get("encoding").Known()) {
		case "", "text/plain":
			m.Units = append(m.Units, systemd.Unit{Name: name, File: f.Inner(name, content)})
		case "b64", "base64":
			if text, err := base64.StdEncoding.DecodeString(content.Text); err == nil {
				m.Units = append(m.Units, systemd.Unit{Name: name, File: f.InnerText(name, string(text), content.At)})
			}
		}
	}
	for _, u := range top.Get("coreos", "units").Blocks() {
		if content := u.Get("content"); content.Kind == source.Scalar && u.Get("name").Known() != "" && len(m.Units) < source.MaxObjects {
			m.Units = append(m.Units, systemd.Unit{Name: u.Get("name").Text, File: f.Inner(u.Get("name").Text, content)})
		}
	}
}

// mounts are the paths of volumes, by the fields of fstab(5).
func mounts(top source.Value) []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, m := range top.Get("mounts").List {
		fields := m.Fields()
		if len(fields) < 2 || !fields[1].Known() {
			continue
		}
		kind := "auto"
		if len(fields) > 2 {
			kind = fields[2].Value
		}
		if systemd.HoldsData(fields[0].Value, kind, fields[1].Value) {
			list = append(list, fields[1])
		}
	}
	return list
}

// words are those of a command: a list, or a line for the shell without what only a
// shell could tell.
func words(f *source.File, v source.Value) []dockerrun.Word {
	var list []dockerrun.Word
	if v.IsList() {
		for _, w := range v.Fields() {
			list = append(list, dockerrun.Word{Text: w.Value, At: w.Position})
		}
		return list
	}
	if v.Kind != source.Scalar || strings.ContainsAny(v.Text, "\n\"'\\;|&") {
		return nil
	}
	at := v.At
	for _, w := range strings.Fields(v.Text) {
		list = append(list, dockerrun.Word{Text: w, At: finding.Position{File: at.File, Line: at.Line, Column: at.Column, EndLine: at.EndLine, EndColumn: at.EndColumn}})
	}
	return list
}
