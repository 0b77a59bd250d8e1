// Package serverless reads the files of the Serverless Framework into the model of
// package deploy: functions of AWS Lambda, and the CloudFormation resources beside
// them.
//
// Source: Serverless Framework documentation, "Serverless.yml Reference".
package serverless

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/cloudformation"
	"github.com/cnready/cnready/internal/deploy/source"
)

// Files is the format: a mapping with a provider that has a name, and functions.
var Files = &source.Format{
	Name: "Serverless Framework",
	Match: func(p string) bool {
		return source.YAMLName(p) && strings.HasPrefix(path.Base(p), "serverless")
	},
	Read: read,
}

// providers are the clouds whose functions are known.
var providers = map[string]deploy.PlatformID{"aws": deploy.OnLambda, "azure": deploy.OnAzureFunctions}

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("provider") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, f.Has("functions")) {
		provider := d.Top.Get("provider")
		name := provider.Get("name").Known()
		if provider.Kind == source.Scalar {
			name = provider.Known()
		}
		functions := d.Top.Get("functions")
		id, ok := providers[name]
		if !ok || !functions.Set() && !d.Top.Get("service").Set() {
			continue
		}
		found = true
		if functions.Kind == source.Scalar || functions.IsList() {
			f.Note(out, functions.At.Line, "functions that other files hold were not read")
		}
		for i, e := range functions.Entries {
			if i >= source.MaxObjects || !e.Value.IsMap() {
				continue
			}
			fn := function(d.Top, e)
			if fn.Foreign() {
				continue
			}
			w := fn.Workload()
			if id != deploy.OnLambda {
				w.Platform, w.Platforms = deploy.AzureFunctions, []deploy.PlatformID{id}
			}
			f.Run(out, w, "serverless", provider.Get("name").At)
		}
		if resources := d.Top.Get("resources"); resources.Get("Resources").IsMap() {
			cloudformation.Resources(f, out, resources, "serverless")
		}
	}
	return found
}

// function is one function; what it does not say the provider does. The timeout
// is 6 seconds and the memory 1024 MiB by default.
func function(top source.Value, e source.Entry) cloudformation.Function {
	provider, v := top.Get("provider"), e.Value
	get := func(keys ...string) source.Value {
		if own := v.First(keys...); own.Set() {
			return own
		}
		return provider.First(keys...)
	}
	image := v.Get("image")
	fn := cloudformation.Function{
		Kind: "function", Name: e.Key, At: e.KeyAt, Runtime: get("runtime"), Handler: v.Get("handler"), Timeout: get("timeout"),
		Memory: get("memorySize"), Storage: get("ephemeralStorageSize"), Architectures: get("architecture"), Code: v.Get("package", "artifact"),
		Env: []source.Value{v.Get("environment"), provider.Get("environment")}, Mounts: v.Get("fileSystemConfig"),
	}
	if image.IsMap() {
		fn.Image, fn.ImageConfig = image.First("uri", "name"), image
		if image.Get("name").Set() {
			// The name is that of an image that the framework builds itself.
			fn.Image = source.Value{Kind: source.Scalar, Unknown: true, Text: image.Get("name").Text, At: image.Get("name").At}
		}
	} else {
		fn.Image = image
	}
	return fn
}
