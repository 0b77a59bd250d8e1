// Package azurefunctions reads the projects of Azure Functions with a custom
// handler, which is how a Go program runs there, into the model of package deploy.
//
// Source: Azure Functions documentation, "Azure Functions custom handlers",
// "host.json reference".
package azurefunctions

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// Hosts is the format of host.json files that name a custom handler. Projects in
// other languages have a host.json too, and none.
var Hosts = &source.Format{Name: "Azure Functions", Match: func(p string) bool { return path.Base(p) == "host.json" }, Read: read}

// PortVariable is the variable with the port that a custom handler listens on.
const PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT"

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("customHandler") {
		return false
	}
	docs := f.YAML(out, true)
	if len(docs) != 1 {
		return false
	}
	top := docs[0].Top
	handler := top.Get("customHandler")
	if !handler.IsMap() {
		return false
	}
	name := path.Base(f.Dir)
	at := top.Key("customHandler")
	w := &deploy.Workload{
		Platform: deploy.AzureFunctions, Kind: "function app", Name: name, Position: at, Controlled: true,
		Platforms: []deploy.PlatformID{deploy.OnAzureFunctions},
	}
	w.GraceSeconds.Position = at
	description := handler.Get("description")
	program := description.Get("defaultExecutablePath")
	c := &deploy.Container{Name: name, Position: at}
	c.Image.Position = at
	if program.Set() {
		c.Command = deploy.Field[[]string]{Value: []string{program.Text}, Set: true, Unknown: program.Unknown, Position: program.At}
	}
	c.Args = description.Get("arguments").Words()
	c.WorkingDir = description.Get("workingDirectory").Field()
	c.Env = []deploy.Env{{Name: PortVariable, From: "unknown", Position: at, ValuePosition: at, Implied: true}}
	source.MoreEnv(c, at) // the app settings
	for _, key := range []string{"enableForwardingHttpRequest", "enableProxyingHttpRequest"} {
		if s := handler.Get(key); s.Set() {
			w.Settings = append(w.Settings, deploy.Setting{Name: key, Value: s.Known(), Position: s.At})
		}
	}
	w.Settings = append(w.Settings, functions(f, out)...)
	if s := top.Get("functionTimeout"); s.Set() {
		w.Settings = append(w.Settings, deploy.Setting{Name: "functionTimeout", Value: s.Known(), Position: s.At})
	}
	slices.SortStableFunc(w.Settings, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
	w.Containers = []*deploy.Container{c}
	f.Run(out, w, "host.json", at)
	return true
}

// functions are the folders beside the host.json that hold a function.json, each
// with the types of its bindings.
func functions(f *source.File, out *deploy.Manifests) []deploy.Setting {
	var list []deploy.Setting
	dir := path.Dir(f.Path)
	for _, entry := range f.Tree.Files {
		if path.Base(entry.Path) != "function.json" || path.Dir(path.Dir(entry.Path)) != dir || len(list) >= yamldoc.MaxKeys {
			continue
		}
		inner := source.Open(f.Tree, entry.Path)
		if inner.Text == nil {
			f.Note(out, 0, entry.Path+" was not read")
			continue
		}
		for _, d := range inner.YAML(out, true) {
			var types []string
			at := d.Top.Start
			for i, b := range d.Top.Get("bindings").Blocks() {
				if t := b.Get("type"); t.Set() {
					if types = append(types, t.Text); i == 0 {
						at = t.At
					}
				}
			}
			list = append(list, deploy.Setting{
				Name: "function " + strconv.Quote(path.Base(path.Dir(entry.Path))), Value: strings.Join(types, ","), Position: at,
			})
		}
	}
	return list
}
