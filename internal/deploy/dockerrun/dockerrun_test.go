package dockerrun

import (
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
)

// words are those of a command line, with their columns.
func words(line string) []Word {
	var list []Word
	at := 0
	for text := range strings.SplitSeq(line, " ") {
		if text != "" {
			list = append(list, Word{text, finding.Position{File: "f", Line: 1, Column: at + 1, EndLine: 1, EndColumn: at + 1 + len(text)}})
		}
		at += len(text) + 1
	}
	return list
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ line, image, name, args string }{
		{"docker run redis:7", "redis:7", "redis", ""},
		{"/usr/bin/docker run --rm -it -p 80:80 --name web ghcr.io/acme/shop:1.2 serve --port 80", "ghcr.io/acme/shop:1.2", "web", "serve --port 80"},
		{"sudo podman container run -d --env=A=b -v=/a:/b shop@sha256:12 x", "shop@sha256:12", "shop", "x"},
		{"docker run -p8080:80 -dit --network host shop", "shop", "shop", ""},
		{"docker run -itp 80:80 shop", "shop", "shop", ""},
		{"docker run ${OPTS} shop", "", "", ""},
		{"docker run ${IMAGE}:${TAG}", "${IMAGE}:${TAG}", "${IMAGE}", ""},
		{"docker run --name", "", "", ""},
		{"docker build .", "", "", ""},
		{"echo docker run shop", "", "", ""},
	} {
		w := Parse(words(tt.line))
		if w == nil {
			if tt.image != "" {
				t.Errorf("%s: nothing", tt.line)
			}
			continue
		}
		c := w.Containers[0]
		if c.Image.Value != tt.image || w.Name != tt.name || strings.Join(c.Args.Value, " ") != tt.args {
			t.Errorf("%s: image %q, name %q, args %q", tt.line, c.Image.Value, w.Name, c.Args.Value)
		}
		if at := c.Image.Position; tt.line[at.Column-1:at.EndColumn-1] != tt.image {
			t.Errorf("%s: the image is at %v", tt.line, at)
		}
	}
}

func TestOptions(t *testing.T) {
	w := Parse(words("docker run -e A=b -e C -e D=$X --env-file e -p 127.0.0.1:80:8080/udp --mount type=bind,source=/srv,target=/data,readonly --tmpfs /tmp:size=1m " +
		"-v data:/var -u 1000:1 --cap-add NET_ADMIN --privileged --read-only --restart on-failure:3 --stop-timeout 20 -m 1g --health-cmd true shop"))
	c := w.Containers[0]
	if len(c.Env) != 3 || c.Env[0].Value != "b" || c.Env[1].From != "unknown" || c.Env[2].From != "unknown" || len(c.EnvFrom) != 1 {
		t.Errorf("env %+v, files %+v", c.Env, c.EnvFrom)
	}
	if p := c.Ports[0]; p.Number != 8080 || p.HostPort != 80 || p.HostIP != "127.0.0.1" || p.Protocol != "UDP" {
		t.Errorf("port %+v", p)
	}
	var mounts []string
	for _, m := range c.Mounts {
		mounts = append(mounts, m.Path+" "+w.Volume(m.Volume).Kind)
	}
	if want := []string{"/data hostPath", "/tmp emptyDir", "/var volume"}; !slices.Equal(mounts, want) || !c.Mounts[0].ReadOnly {
		t.Errorf("mounts %v, want %v", mounts, want)
	}
	if c.RunAsUser.Value != 1000 || !c.Privileged.Value || !c.ReadOnlyRoot.Value || w.RestartPolicy.Value != "on-failure" || w.GraceSeconds.Value != 20 || c.Resources.MemoryLimit.Value != "1g" || !c.Health.Set {
		t.Errorf("container %+v", c)
	}
}

// FuzzParse holds that no command line makes the reader fail.
func FuzzParse(f *testing.F) {
	f.Add("docker run -itp 80:80 --mount a,b=c -v : -p ::/ --user : -e = img x")
	f.Add("docker run - -- --=")
	f.Fuzz(func(_ *testing.T, line string) {
		list := words("docker run " + line)
		Parse(append(list, Word{}))
	})
}
