package cloudformation

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// A Function is what a function of AWS Lambda is declared with, in whatever
// format.
type Function struct {
	Kind, Name    string
	At            finding.Position
	Runtime       source.Value
	Handler       source.Value
	Timeout       source.Value // seconds
	Memory        source.Value // MiB
	Storage       source.Value // MiB of /tmp
	Architectures source.Value
	Code          source.Value // the folder or archive of the code
	PackageType   source.Value
	Image         source.Value
	ImageConfig   source.Value
	Env           []source.Value // mappings; the first that has a variable counts
	Mounts        source.Value   // EFS access points
}

// Foreign tells of a function whose runtime runs no Go program: one of another
// language (AWS Lambda developer guide, "Lambda runtimes").
func (fn Function) Foreign() bool {
	runtime := fn.Runtime.Known()
	return runtime != "" && !strings.HasPrefix(runtime, "provided") && !strings.HasPrefix(runtime, "go")
}

// Workload is the function in the model. /tmp is its only place to write (AWS
// Lambda developer guide, "Lambda quotas" and "Lambda execution environment").
func (fn Function) Workload() *deploy.Workload {
	w := &deploy.Workload{
		Platform: deploy.Lambda, Kind: fn.Kind, Name: fn.Name, Position: fn.At, Controlled: true, Platforms: []deploy.PlatformID{deploy.OnLambda},
	}
	w.GraceSeconds.Position = fn.At
	c := &deploy.Container{Name: fn.Name, Position: fn.At, Image: fn.Image.Field(), WorkingDir: fn.ImageConfig.Get("WorkingDirectory").Field()}
	if fn.Image.Call != "" && fn.Image.Unknown && fn.Image.Text == "" {
		c.Image.Value = ""
	}
	c.Command, c.Args = fn.ImageConfig.Get("EntryPoint").Words(), fn.ImageConfig.Get("Command").Words()
	seen := map[string]bool{}
	for _, env := range fn.Env {
		if env.Kind == source.Scalar {
			source.MoreEnv(c, env.At)
			continue
		}
		list, ok := env.Env()
		for _, e := range list {
			if !seen[e.Name] {
				seen[e.Name] = true
				c.Env = append(c.Env, e)
			}
		}
		if !ok {
			source.MoreEnv(c, env.At)
		}
	}
	c.Resources = deploy.Resources{Position: fn.Memory.At, MemoryLimit: mebibytes(fn.Memory), EphemeralLimit: mebibytes(fn.Storage)}
	w.Volumes = append(w.Volumes, deploy.Volume{Name: "tmp", Kind: "emptyDir", Position: fn.At, SourcePosition: fn.At, Size: c.Resources.EphemeralLimit})
	c.Mounts = append(c.Mounts, deploy.Mount{Volume: "tmp", Path: "/tmp", Position: fn.At, VolumePosition: fn.At})
	for _, m := range fn.Mounts.Blocks() {
		if target := m.Get("LocalMountPath"); target.Known() != "" {
			w.Volumes = append(w.Volumes, deploy.Volume{Name: target.Text, Kind: "efs", Persistent: true, Position: target.At, SourcePosition: target.At})
			c.Mounts = append(c.Mounts, deploy.Mount{Volume: target.Text, Path: target.Text, Position: target.At, VolumePosition: target.At})
		}
	}
	for _, s := range []struct {
		name  string
		value source.Value
	}{
		{"architectures", fn.Architectures.One()}, {"code", fn.Code}, {"handler", fn.Handler}, {"memorySize", fn.Memory},
		{"packageType", fn.PackageType}, {"runtime", fn.Runtime}, {"storage", fn.Storage}, {"timeout", fn.Timeout},
	} {
		if s.value.Set() {
			w.Settings = append(w.Settings, deploy.Setting{Name: s.name, Value: s.value.Known(), Position: s.value.At})
		}
	}
	slices.SortStableFunc(w.Settings, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
	w.Containers = []*deploy.Container{c}
	return w
}

func mebibytes(v source.Value) deploy.Field[string] {
	f := v.Field()
	if f.Known() && f.Value != "" && strings.Trim(f.Value, "0123456789") == "" {
		f.Value += "Mi"
	}
	return f
}

func join(dir, p string) string { return path.Join(dir, p) }
