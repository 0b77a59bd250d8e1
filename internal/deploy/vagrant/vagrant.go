// Package vagrant reads Vagrantfiles into the model of package deploy: the
// machines that they define, and on which hypervisor each runs.
//
// Source: Vagrant documentation, "Vagrantfile", "Providers", "Provisioning"; the
// documentation of the plug-ins vagrant-vsphere, vagrant-vmware-esxi and
// vagrant-aws.
package vagrant

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/ruby"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Files is the format of Vagrantfiles. Those that are read together with a
// project's own, such as Vagrantfile.local, are too.
var Files = &source.Format{Name: "Vagrant", Match: match, Read: read}

func match(p string) bool {
	base := path.Base(p)
	return base == "Vagrantfile" || strings.HasPrefix(base, "Vagrantfile.") || path.Ext(base) == ".Vagrantfile"
}

// providers are where each provider's machines run. Others are machines on the
// computer of whoever calls Vagrant.
var providers = map[string]deploy.PlatformID{
	"vmware_desktop": deploy.OnVSphere, "vmware_fusion": deploy.OnVSphere, "vmware_workstation": deploy.OnVSphere, "vmware_esxi": deploy.OnVSphere,
	"vmware_vagrant": deploy.OnVSphere, "vsphere": deploy.OnVSphere, "vcloud": deploy.OnVSphere,
	"hyperv": deploy.OnHyperV,
	"aws":    deploy.OnEC2,
	"docker": deploy.OnDocker, "docker_provider": deploy.OnDocker,
	"virtualbox": deploy.OnVM, "libvirt": deploy.OnVM, "parallels": deploy.OnVM, "qemu": deploy.OnVM, "utm": deploy.OnVM, "kvm": deploy.OnVM,
	"digital_ocean": deploy.OnVM, "google": deploy.OnVM, "azure": deploy.OnVM, "openstack": deploy.OnVM, "linode": deploy.OnVM, "lxc": deploy.OnVM,
}

// provisioners are the tools by which a machine is configured.
var provisioners = map[string]deploy.PlatformID{
	"puppet": deploy.OnPuppet, "puppet_server": deploy.OnPuppet,
	"chef_solo": deploy.OnChef, "chef_zero": deploy.OnChef, "chef_client": deploy.OnChef, "chef_apply": deploy.OnChef,
	"ansible": deploy.OnAnsible, "ansible_local": deploy.OnAnsible,
}

// A reader reads one Vagrantfile.
type reader struct {
	file *source.File
	out  *deploy.Manifests
	// hypervisors counts the providers that were named.
	hypervisors int
	seen        map[string]bool
}

// A machine is the one that statements are about.
type machine struct {
	name string
	// each are the values that the parameter of a loop has.
	each map[string][]source.Value
}

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("Vagrant.configure") && !f.Has("Vagrant::Config.run") {
		return false
	}
	r := &reader{file: f, out: out, seen: map[string]bool{}}
	for _, s := range ruby.Parse(f).Statements {
		switch s.Name {
		case "Vagrant.configure", "Vagrant::Config.run":
			m := machine{name: "default"}
			before := r.hypervisors
			r.statements(s.Body, m)
			if r.hypervisors == before {
				r.declare(deploy.OnVM, m, "", s.At)
			}
		default:
			// In a condition or loop.
			r.statements([]*ruby.Statement{s}, machine{name: "default"})
		}
	}
	return true
}

// statements reads those of one machine.
func (r *reader) statements(list []*ruby.Statement, m machine) {
	for _, s := range list {
		switch {
		case strings.HasSuffix(s.Name, ".vm.define") && s.Block:
			inner := m
			if name := s.Arg(0); name.Kind == source.Scalar {
				inner.name = name.Text
			}
			r.statements(s.Body, inner)
		case s.Name == ruby.Each && len(s.Params) == 1:
			inner := m
			inner.each = map[string][]source.Value{s.Params[0]: s.Arg(0).List}
			for k, v := range m.each {
				if k != s.Params[0] {
					inner.each[k] = v
				}
			}
			r.statements(s.Body, inner)
		case strings.HasSuffix(s.Name, ".vm.provider"):
			for _, v := range values(s.Arg(0), m) {
				if id, ok := providers[v.Known()]; ok {
					r.hypervisors++
					r.declare(id, m, v.Text, v.At).Settings = settings(s)
				}
			}
		case strings.HasSuffix(s.Name, ".vm.provision"):
			for _, v := range values(s.Arg(0), m) {
				kind := v
				// config.vm.provision "bootstrap", type: "ansible"
				if t := s.Arg(1).Get("type"); t.Set() {
					kind = t
				}
				if id, ok := provisioners[kind.Known()]; ok {
					r.declare(id, m, kind.Text, kind.At)
				}
			}
		default:
			r.statements(s.Body, m)
		}
	}
}

// values are those that an argument has: its own, or those of the list that a loop
// goes through.
func values(v source.Value, m machine) []source.Value {
	if name, ok := strings.CutPrefix(v.Text, "#{"); ok && v.Unknown {
		return m.each[strings.TrimSuffix(name, "}")]
	}
	return []source.Value{v}
}

// declare adds the platform of a machine, once, at the line that names it.
func (r *reader) declare(id deploy.PlatformID, m machine, by string, at finding.Position) *deploy.Platform {
	key := string(id) + " " + m.name + " " + by
	if r.seen[key] || len(r.seen) >= source.MaxObjects {
		return &deploy.Platform{}
	}
	r.seen[key] = true
	return r.file.Declare(r.out, id, "Vagrant", "machine", m.name, at)
}

// settings are what a provider's block sets, by the names of the provider.
func settings(s *ruby.Statement) []deploy.Setting {
	var list []deploy.Setting
	for _, x := range s.Body {
		_, name, found := strings.Cut(x.Name, ".")
		if v := x.Arg(0); found && x.Assign && v.Kind == source.Scalar && len(list) < 50 {
			list = append(list, deploy.Setting{Name: name, Value: v.Known(), Position: v.At})
		}
	}
	slices.SortStableFunc(list, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
	return list
}
