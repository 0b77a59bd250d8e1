package ruby

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy/source"
)

func parse(text string) *Program {
	return Parse(&source.File{Path: "Vagrantfile", Name: "Vagrantfile", Dir: ".", Text: []byte(text)})
}

// show writes statements a line each, indented by their depth.
func show(list []*Statement, depth int) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "%s%d:%d %s", strings.Repeat("  ", depth), s.At.Line, s.At.Column, s.Name)
		if s.Assign {
			b.WriteString(" =")
		}
		for _, v := range s.Args {
			b.WriteString(" " + showValue(v))
		}
		if s.Conditional {
			b.WriteString(" if")
		}
		if s.Block {
			fmt.Fprintf(&b, " do%v", s.Params)
		}
		b.WriteString("\n" + show(s.Body, depth+1))
	}
	return b.String()
}

func showValue(v source.Value) string {
	switch {
	case v.Unknown && v.Kind == source.Scalar:
		return "?" + v.Text
	case v.Kind == source.Scalar:
		return fmt.Sprintf("%q", v.Text)
	case v.Kind == source.List:
		var l []string
		for _, x := range v.List {
			l = append(l, showValue(x))
		}
		return "[" + strings.Join(l, " ") + "]"
	case v.Kind == source.Map:
		var l []string
		for _, e := range v.Entries {
			l = append(l, e.Key+"="+showValue(e.Value))
		}
		return "{" + strings.Join(l, " ") + "}"
	}
	return "nil"
}

func TestParse(t *testing.T) {
	got := show(parse(`# -*- mode: ruby -*-
$script = <<-SCRIPT
  apt-get install -y end
SCRIPT
Vagrant.configure("2") do |config|
  config.vm.box = 'debian/bookworm64' # a box
  config.vm.network "forwarded_port", guest: 80, host: 8080
  %w(vmware_desktop hyperv).each do |p|
    config.vm.provider p do |v|
      v.memory = if ENV['BIG'] then 4096
      else
        1024
      end
    end
  end
  config.vm.provider("hyperv") { |h| h.cpus = 2 }
  config.vm.provision "shell", inline: $script unless ENV["NO"] =~ /end do/
  config.vm.hostname = "shop-#{rand(3)}"
end

template "/etc/shop/shop.yaml" do
  source "shop.yaml.erb"
  variables(
    port: node['shop']['port'],
    :dirs => [ '/srv', "#{base}/x" ]
  )
  only_if { ::File.exist?('/etc/shop') }
  notifies :restart, 'service[shop]', :delayed
end
x.select { |y| y.ok? }
 .each { |z| package z }
def helper(a) = a + 1
package 'shop'
`).Statements, 0)
	want := `2:1 $script = "  apt-get install -y end\n"
5:1 Vagrant.configure "2" do[config]
  6:3 config.vm.box = "debian/bookworm64"
  7:3 config.vm.network "forwarded_port" {guest="80" host="8080"}
  8:3 .each ["vmware_desktop" "hyperv"] do[p]
    9:5 config.vm.provider ?#{p} do[v]
      10:7 v.memory = ?#{if ENV['BIG']}
        10:37 
        11:7 else
        12:9 
  16:3 config.vm.provider "hyperv" do[h]
    16:38 h.cpus = "2"
  17:3 config.vm.provision "shell" {inline=?#{$script}} if
  18:3 config.vm.hostname = ?shop-#{rand(3)}
21:1 template "/etc/shop/shop.yaml" do[]
  22:3 source "shop.yaml.erb"
  23:3 variables {port=?#{node['shop']['port']} dirs=["/srv" ?#{base}/x]}
  27:3 only_if do[]
    27:15 File.exist? "/etc/shop"
  28:3 notifies "restart" "service[shop]" "delayed"
30:1 x.select ?#{{ |y| y.ok? }
 .each} do[y z]
  30:16 y.ok?
  31:14 package ?#{z}
32:1 def ?#{helper(a) = a + 1}
33:1 package "shop"
`
	if got != want {
		t.Errorf("read is\n%s\nwanted is\n%s", got, want)
	}
}

func TestInner(t *testing.T) {
	p := parse("systemd_unit 'shop.service' do\n  content <<~UNIT\n    [Service]\n    ExecStart=/usr/bin/shop\n  UNIT\nend\n")
	f := p.Inner("shop.service", p.Statements[0].Find("content").Arg(0))
	if f == nil || string(f.Text) != "[Service]\nExecStart=/usr/bin/shop\n" {
		t.Fatalf("the inner file is %v", f)
	}
	if at := f.At(10, 19); at.Line != 4 || at.Column != 5 {
		t.Errorf("ExecStart stands at %v, wanted is line 4, column 5", at)
	}
}

// TestBounded holds that what opens and never closes is read in one go: each text
// is as large as a file may be, and would take hours if it were looked through anew
// from each of its marks.
func TestBounded(t *testing.T) {
	for _, part := range []string{"\"#{", "(/\\/", "a{", "a do\n", "x = [", "<<A ", "a(", "%w(", "\n", "if a\n", "{a => "} {
		p := parse("a " + strings.Repeat(part, 1<<20/len(part)) + "\n.b")
		p.Walk(func(*Statement) bool { return true })
	}
}

// FuzzParse holds that no text makes the scanner fail, and that all places lie in
// the text.
func FuzzParse(f *testing.F) {
	f.Add("a 'b' do |c|\n  d = <<~E\n   x #{y}\n  E\nend\n")
	f.Add("%w(a b).each { |x| y z: 1, 'k' => [1, {}] }\n=begin\n=end\n__END__")
	f.Add("x = if y\nz\nelse\nend\ndef a(b) = c\n\"#{a{}}\" /a\\/b/ ?x :y %q{a{b}c} `ls`")
	f.Fuzz(func(t *testing.T, text string) {
		p := parse(text)
		lines := strings.Count(text, "\n") + 1
		p.Walk(func(s *Statement) bool {
			if s.At.Line < 1 || s.At.Line > lines || s.At.Column < 1 {
				t.Errorf("a statement stands at %v", s.At)
			}
			for _, v := range s.Args {
				if in := p.Inner("a.service", v); in != nil {
					in.At(0, len(in.Text))
				}
			}
			return true
		})
	})
}
