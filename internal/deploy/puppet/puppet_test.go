package puppet

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func TestFiles(t *testing.T) {
	m := source.Read([]*source.Format{Files}, treetest.Open(t, `-- modules/shop/manifests/init.pp --
# mount { '/old': device => '/dev/sdz' }
class shop (
  String $version = 'latest',
) {
  package { 'shop':
    ensure => $version,
  }
  mount { '/var/lib/shop':
    ensure => mounted,
    device => '/dev/vdb',
    fstype => 'ext4',
  }
  mount { '/gone':
    ensure => absent,
    device => '/dev/vdc',
    fstype => 'ext4',
  }
  service { "shop": ensure => running }
}
-- modules/shop/manifests/params.pp --
class shop::params { $port = 8080 }
`))
	if len(m.Platforms) != 1 {
		t.Fatalf("%d platforms", len(m.Platforms))
	}
	p := m.Platforms[0]
	if p.ID != deploy.OnPuppet || p.Name != "shop" || p.Position.Line != 5 || p.Position.Column != 3 {
		t.Errorf("%+v", p.Object)
	}
	if len(p.Data) != 1 || p.Data[0].Value != "/var/lib/shop" || p.Data[0].Position.Line != 8 {
		t.Errorf("%+v", p.Data)
	}
}

func FuzzFiles(f *testing.F) {
	f.Add("file { '/a': }\nmount { \"/b\":\n  device => '/dev/c',\n}\n# '")
	f.Fuzz(func(t *testing.T, text string) {
		file := &source.File{Path: "a.pp", Name: "a.pp", Dir: ".", Text: []byte(text)}
		m := &deploy.Manifests{}
		if read(file, m) != (len(m.Platforms) == 1) {
			t.Errorf("%q: %d platforms", text, len(m.Platforms))
		}
	})
}
