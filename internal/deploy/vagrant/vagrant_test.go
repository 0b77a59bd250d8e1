package vagrant

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/source/sourcetest"
	"github.com/cnready/cnready/internal/tree"
)

// TestRead reads the archives of testdata and compares all that is read.
func TestRead(t *testing.T) {
	sourcetest.Run(t, func(trees ...*tree.Tree) *deploy.Manifests {
		return source.Read([]*source.Format{Files}, trees...)
	})
}

// FuzzRead holds that no text makes the reader fail.
func FuzzRead(f *testing.F) {
	f.Add("Vagrant.configure('2') do |c|\n%w(hyperv vsphere).each { |p| c.vm.provider p do |v|\n v.memory = 1\nend }\nend")
	f.Add("Vagrant.configure(\"2\") { |c| c.vm.define :a do |a| a.vm.provision 'x', type: :ansible\n")
	f.Fuzz(func(_ *testing.T, text string) {
		read(&source.File{Path: "Vagrantfile", Name: "Vagrantfile", Dir: ".", Text: []byte(text)}, &deploy.Manifests{})
	})
}
