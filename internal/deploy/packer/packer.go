// Package packer reads templates of Packer, in HCL and in JSON, into the model of
// package deploy: the machines whose images they build.
//
// Source: Packer documentation, "Templates", "Builders"; the documentation of the
// plug-ins vmware, vsphere, hyperv and amazon.
package packer

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/hclfile"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// HCL is the format of templates in HCL.
var HCL = &source.Format{Name: "Packer", Match: func(p string) bool { return strings.HasSuffix(p, ".pkr.hcl") }, Read: readHCL}

// JSON is the format of templates in JSON, which are told by their builders.
var JSON = &source.Format{Name: "Packer", Match: source.JSONName, Read: readJSON}

const format = "Packer"

// platforms are where the machines of a builder's image run, by what the name of
// the builder starts with.
var platforms = []struct {
	prefix string
	id     deploy.PlatformID
}{
	{"vsphere-", deploy.OnVSphere}, {"vmware-", deploy.OnVSphere},
	{"hyperv-", deploy.OnHyperV},
	{"amazon-", deploy.OnEC2},
	{"virtualbox-", deploy.OnVM}, {"parallels-", deploy.OnVM}, {"qemu", deploy.OnVM}, {"proxmox", deploy.OnVM}, {"googlecompute", deploy.OnVM},
	{"azure-arm", deploy.OnVM}, {"azure-chroot", deploy.OnVM}, {"digitalocean", deploy.OnVM}, {"hcloud", deploy.OnVM}, {"openstack", deploy.OnVM},
	{"linode", deploy.OnVM}, {"vultr", deploy.OnVM}, {"scaleway", deploy.OnVM}, {"oracle-", deploy.OnVM}, {"nutanix", deploy.OnVM},
}

func platformOf(builder string) (deploy.PlatformID, bool) {
	for _, p := range platforms {
		if strings.HasPrefix(builder, p.prefix) {
			return p.id, true
		}
	}
	return "", false
}

// provisioners are the tools by which the machine is configured.
var provisioners = map[string]deploy.PlatformID{
	"puppet-masterless": deploy.OnPuppet, "puppet-server": deploy.OnPuppet,
	"chef-solo": deploy.OnChef, "chef-client": deploy.OnChef,
	"ansible": deploy.OnAnsible, "ansible-local": deploy.OnAnsible,
}

func readHCL(f *source.File, out *deploy.Manifests) bool {
	var m hclfile.Module
	for _, reason := range m.Parse(f) {
		f.Note(out, 0, reason)
	}
	count := 0
	for _, b := range m.Blocks {
		switch {
		case count >= source.MaxObjects:
			f.Note(out, b.At.Line, "there are too many machines; those behind were not read")
			return true
		case b.Type == "source" && len(b.Labels) == 2:
			if id, ok := platformOf(b.Label(0)); ok {
				p := f.Declare(out, id, format, b.Label(0), b.Label(1), b.At)
				p.Settings = settings(b.Value())
				count++
			}
		case b.Type == "build":
			for _, body := range provisionersOf(b) {
				f.Declare(out, body.id, format, "provisioner", body.name, body.at)
				count++
			}
		}
	}
	return true
}

type provisioner struct {
	id   deploy.PlatformID
	name string
	at   finding.Position
}

// provisionersOf are those of a build that configure the machine by a tool.
func provisionersOf(b *hclfile.Block) []provisioner {
	var list []provisioner
	for _, inner := range b.Inner() {
		if id, ok := provisioners[inner.Label(0)]; ok && inner.Type == "provisioner" {
			list = append(list, provisioner{id, inner.Label(0), inner.At})
		}
	}
	return list
}

func readJSON(f *source.File, out *deploy.Manifests) bool {
	if !f.Has(`"builders"`) {
		return false
	}
	docs := f.YAML(out, false)
	if len(docs) != 1 || !docs[0].Top.Get("builders").IsList() {
		return false
	}
	top := docs[0].Top
	found := false
	for i, b := range top.Get("builders").List {
		kind := b.Get("type")
		id, ok := platformOf(kind.Known())
		if !ok || i >= source.MaxObjects {
			continue
		}
		found = true
		name := kind
		if n := b.Get("name"); n.Set() {
			name = n
		}
		p := f.Declare(out, id, format, kind.Text, name.Text, kind.At)
		p.Settings = settings(b)
	}
	if !found {
		return false
	}
	for i, b := range top.Get("provisioners").List {
		kind := b.Get("type")
		if id, ok := provisioners[kind.Known()]; ok && i < source.MaxObjects {
			f.Declare(out, id, format, "provisioner", kind.Text, kind.At)
		}
	}
	return true
}

// settings are those of a builder that tell machines apart.
func settings(v source.Value) []deploy.Setting {
	var list []deploy.Setting
	for _, key := range []string{"ami_name", "guest_os_type", "host", "instance_type", "source_ami", "template", "vm_name"} {
		if s := v.Get(key); s.Kind == source.Scalar {
			list = append(list, deploy.Setting{Name: key, Value: s.Known(), Position: s.At})
		}
	}
	slices.SortStableFunc(list, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
	return list
}
