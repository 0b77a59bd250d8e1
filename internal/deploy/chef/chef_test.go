package chef

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func TestFiles(t *testing.T) {
	m := source.Read([]*source.Format{Files}, treetest.Open(t, `-- cookbooks/shop/recipes/default.rb --
# The shop.
package 'shop' do
  version node['shop']['version']
end

mount '/var/lib/shop' do
  device '/dev/vdb'
  fstype 'ext4'
  action [:mount, :enable]
end

mount "/srv/#{node['name']}" do
  device '/dev/vdc'
end

service 'shop' do
  action [:enable, :start]
end
-- cookbooks/shop/recipes/helpers.rb --
module Shop
  def port = 8080
end
-- lib/service.rb --
service 'shop' do
end
`))
	if len(m.Platforms) != 1 {
		t.Fatalf("%d platforms", len(m.Platforms))
	}
	p := m.Platforms[0]
	if p.ID != deploy.OnChef || p.Name != "shop" || p.Position.Line != 2 {
		t.Errorf("%+v", p.Object)
	}
	if len(p.Data) != 1 || p.Data[0].Value != "/var/lib/shop" || p.Data[0].Position.Line != 6 {
		t.Errorf("%+v", p.Data)
	}
}

func FuzzFiles(f *testing.F) {
	f.Add("package 'a' do\nend\nmount \"/b\" do\n  device '/dev/c'\nend\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := &source.File{Path: "recipes/a.rb", Name: "recipes/a.rb", Dir: "recipes", Text: []byte(text)}
		m := &deploy.Manifests{}
		if read(file, m) != (len(m.Platforms) == 1) {
			t.Errorf("%q: %d platforms", text, len(m.Platforms))
		}
	})
}
