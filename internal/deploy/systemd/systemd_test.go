package systemd

import (
	"testing"
	"time"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/source/sourcetest"
	"github.com/cnready/cnready/internal/tree"
)

// TestRead reads the archives of testdata and compares all that is read.
func TestRead(t *testing.T) {
	sourcetest.Run(t, func(trees ...*tree.Tree) *deploy.Manifests {
		return source.Read([]*source.Format{Units, Quadlets, Mounts}, trees...)
	})
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90": 90 * time.Second, "1min 30s": 90 * time.Second, "2h": 2 * time.Hour, "500ms": 500 * time.Millisecond, "1.5 min": 90 * time.Second,
		"infinity": -1, "": -1, "5 parsecs": -1, "-3": -1, "99999999999999h": -1,
	} {
		got, ok := duration(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("duration(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestUnitName(t *testing.T) {
	for p, want := range map[string]string{
		"/etc/systemd/system/shop.service":           "shop.service",
		"/etc/systemd/system/shop.service.d/a.conf":  "shop.service.d/a.conf",
		"/etc/containers/systemd/shop.container":     "shop.container",
		"templates/shop.service.j2":                  "shop.service",
		"/etc/nginx/nginx.conf":                      "",
		"/usr/lib/systemd/system/var-lib-shop.mount": "var-lib-shop.mount",
	} {
		if got := UnitName(p); got != want {
			t.Errorf("UnitName(%q) = %q, want %q", p, got, want)
		}
	}
}

// FuzzUnit holds that no text makes the reader fail, and that all places lie in
// the text.
func FuzzUnit(f *testing.F) {
	f.Add("[Service]\nExecStart=@/bin/sh -c \"a b\" \\\n  # c\n ${X} $Y %i %%\nStateDirectory=a b:c %i\n[Socket]\nListenStream=80\n")
	f.Add("[Container]\nImage=a\nVolume=a:b:c\nPublishPort=1:2:3/udp\nExec=\"\\\n")
	f.Add("[Service]\nExecStart=docker run -p\nExecStart=/usr/bin/docker run -itp 80:80 {{ x }} img@sha256:1\nTimeoutStopSec=9e9h")
	f.Add("[Service]\nExecStart=\"\" \"\nStateDirectory=\"\"\nEnvironment=\"\"")
	f.Fuzz(func(t *testing.T, text string) {
		file := &source.File{Path: "a.service", Name: "a.service", Dir: ".", Text: []byte(text)}
		m := Machine{Units: []Unit{{"a.service", file}, {"a.socket", file}, {"a.timer", file}, {"a.service.d/b.conf", file}, {"a.container", file}, {"a.mount", file}}}
		out := &deploy.Manifests{}
		for _, w := range m.Read(out) {
			if p := w.Position; p.Line < 1 || p.Column < 1 {
				t.Errorf("the place of %s is %v", w.ID(), p)
			}
		}
		m.Data()
	})
}
