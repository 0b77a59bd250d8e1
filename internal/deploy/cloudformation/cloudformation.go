// Package cloudformation reads templates of AWS CloudFormation and of the AWS
// Serverless Application Model into the model of package deploy.
//
// Intrinsic functions are not evaluated: what Ref, Fn::Sub and the like make is
// not known, but a Ref to another resource of the same template is followed.
package cloudformation

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/ecs"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Templates is the format of templates: a mapping Resources whose entries have a
// Type such as AWS::EC2::Instance.
var Templates = &source.Format{
	Name: "CloudFormation",
	Match: func(p string) bool {
		return source.YAMLName(p) || strings.HasSuffix(p, ".template")
	},
	Read: read,
}

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("Resources") || !f.Has("AWS::") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, f.Has("AWSTemplateFormatVersion")) {
		if resources := d.Top.Get("Resources"); resources.IsMap() && isTemplate(resources) {
			found = Resources(f, out, d.Top, "CloudFormation") || found
		}
	}
	return found
}

func isTemplate(resources source.Value) bool {
	return slices.ContainsFunc(resources.Entries, func(e source.Entry) bool { return strings.HasPrefix(e.Value.Get("Type").Text, "AWS::") })
}

// Resources reads the resources of a template, or those that another format holds
// in the same way, and tells whether one says where a program runs.
func Resources(f *source.File, out *deploy.Manifests, top source.Value, format string) bool {
	before := len(out.Platforms) + len(out.Workloads)
	t := &template{file: f, out: out, top: top, resources: top.Get("Resources"), format: format, tasks: map[string]*deploy.Workload{}, told: map[*deploy.Workload]finding.Position{}}
	t.read()
	return len(out.Platforms)+len(out.Workloads) > before
}

type template struct {
	file      *source.File
	out       *deploy.Manifests
	top       source.Value
	resources source.Value
	format    string
	tasks     map[string]*deploy.Workload // by logical id
	// told are the places where services say on what their tasks run.
	told map[*deploy.Workload]finding.Position
}

// machines are the types that declare a platform without a workload.
var machines = map[string]deploy.PlatformID{
	"AWS::EC2::Instance": deploy.OnEC2, "AWS::EC2::LaunchTemplate": deploy.OnEC2,
	"AWS::AutoScaling::AutoScalingGroup": deploy.OnEC2, "AWS::AutoScaling::LaunchConfiguration": deploy.OnEC2,
	"AWS::EKS::Cluster": deploy.OnKubernetes, "AWS::EKS::FargateProfile": deploy.OnFargate,
}

func (t *template) read() {
	capacity := slices.ContainsFunc(t.resources.Entries, func(e source.Entry) bool { return e.Value.Get("Type").Text == "AWS::ECS::CapacityProvider" }) ||
		slices.ContainsFunc(t.resources.Entries, func(e source.Entry) bool { return e.Value.Get("Type").Text == "AWS::ECS::Cluster" }) && t.file.Has("ECS_CLUSTER")
	type run struct {
		id   string
		work *deploy.Workload
		at   finding.Position
	}
	var runs []run
	for i, e := range t.resources.Entries {
		if i >= source.MaxObjects {
			t.file.Note(t.out, e.KeyAt.Line, "there are too many resources; this one and those behind it were not read")
			break
		}
		r := e.Value
		kind, properties := r.Get("Type").Text, r.Get("Properties")
		switch kind {
		case "AWS::ECS::TaskDefinition":
			w := ecs.Task(properties, kind, e.Key, e.KeyAt)
			t.tasks[e.Key] = w
			runs = append(runs, run{e.Key, w, ecs.Evidence(properties)})
		case "AWS::Lambda::Function", "AWS::Serverless::Function":
			w := t.function(kind, e.Key, e.KeyAt, properties)
			if w == nil {
				continue
			}
			runs = append(runs, run{e.Key, w, r.Get("Type").At})
		default:
			id, ok := machines[kind]
			if !ok {
				continue
			}
			if id == deploy.OnEC2 && capacity {
				id = deploy.OnECSEC2
			}
			p := t.file.Declare(t.out, id, t.format, kind, e.Key, e.KeyAt)
			p.Evidence = r.Get("Type").At
			p.Settings = Machine(properties)
		}
	}
	for _, e := range t.resources.Entries {
		if e.Value.Get("Type").Text == "AWS::ECS::Service" {
			t.service(e.Value.Get("Properties"))
		}
	}
	for _, r := range runs {
		if at, ok := t.told[r.work]; ok {
			r.at = at
		}
		t.file.Run(t.out, r.work, t.format, r.at)
	}
}

// Machine are the settings of a machine that constraints speak of.
func Machine(v source.Value) []deploy.Setting {
	var list []deploy.Setting
	for _, key := range []string{"InstanceMarketOptions", "MetadataOptions", "PrivateIpAddress", "UserData"} {
		if s := v.Get(key); s.Set() {
			list = append(list, deploy.Setting{Name: key, Value: s.Text, Position: s.At})
		}
	}
	return list
}

// service puts what an ECS service says into the task that it runs.
func (t *template) service(v source.Value) {
	w := t.tasks[strings.TrimSuffix(strings.TrimPrefix(v.Get("TaskDefinition").Text, "${"), "}")]
	if w == nil {
		return
	}
	if at := Service(w, v); at.IsValid() {
		t.told[w] = at
	}
}

// Service puts what an ECS service says into its task: how many there are, and on
// what they run. It returns the place that says the latter, if there is one.
func Service(w *deploy.Workload, v source.Value) (evidence finding.Position) {
	if !w.Replicas.Set {
		w.Replicas = v.Get("DesiredCount").Int()
	}
	ids := ecs.LaunchType(v.Get("LaunchType"))
	for _, s := range v.Get("CapacityProviderStrategy").Blocks() {
		ids = append(ids, ecs.LaunchType(s.Get("CapacityProvider"))...)
	}
	for _, id := range ids {
		if !w.On(id) {
			// The service decides: a task that allows both runs where it is started.
			w.Platforms = append(w.Platforms, id)
		}
	}
	if len(ids) == 0 {
		return finding.Position{}
	}
	w.Platforms = slices.DeleteFunc(w.Platforms, func(id deploy.PlatformID) bool { return !slices.Contains(ids, id) })
	if launch := v.Get("LaunchType"); launch.Set() {
		return launch.At
	}
	return v.Get("CapacityProviderStrategy").At
}

// function is a function with its settings; SAM has settings for all of them. It is
// nil for one in another language.
func (t *template) function(kind, name string, at finding.Position, v source.Value) *deploy.Workload {
	get := func(key string) source.Value {
		if own := v.Get(key); own.Set() {
			return own
		}
		if global := t.top.Get("Globals", "Function", key); kind == "AWS::Serverless::Function" && global.Set() {
			return global
		}
		return v.Get(key)
	}
	variables := v.Get("Environment", "Variables")
	fn := Function{
		Kind: kind, Name: name, At: at, Runtime: get("Runtime"), Handler: get("Handler"), Timeout: get("Timeout"), Memory: get("MemorySize"),
		Storage: get("EphemeralStorage").Get("Size"), Architectures: get("Architectures"), Code: get("CodeUri"),
		PackageType: get("PackageType"), Image: get("ImageUri"), Env: []source.Value{variables},
	}
	if kind == "AWS::Serverless::Function" {
		fn.Env = append(fn.Env, t.top.Get("Globals", "Function", "Environment", "Variables"))
	}
	if uri := v.Get("Code", "ImageUri"); uri.Set() {
		fn.Image = uri
	}
	fn.Mounts = v.Get("FileSystemConfigs")
	fn.ImageConfig = v.Get("ImageConfig")
	if fn.Foreign() {
		return nil
	}
	w := fn.Workload()
	if docker := t.resource(name).Get("Metadata"); docker.Get("Dockerfile").Set() || docker.Get("DockerContext").Set() {
		t.build(w, docker)
	}
	return w
}

func (t *template) resource(name string) source.Value { return t.resources.Get(name) }

// build reads how SAM builds a function's image.
func (t *template) build(w *deploy.Workload, v source.Value) {
	b := &deploy.Build{Object: t.file.Object(deploy.Lambda, "build", w.Name, v.Get("Dockerfile").At), Context: v.Get("DockerContext").Field(), Dockerfile: v.Get("Dockerfile").Field(), Target: v.Get("DockerBuildTarget").Field()}
	if !b.Context.Set {
		b.Context.Value = "."
	}
	if !b.Dockerfile.Set {
		b.Dockerfile.Value = "Dockerfile"
	}
	dir := strings.TrimPrefix(strings.TrimPrefix(t.file.Dir, t.file.Tree.Prefix), "/")
	if !b.Context.Unknown && !strings.HasPrefix(b.Context.Value, "/") {
		b.Context.Value = join(dir, b.Context.Value)
		if !b.Dockerfile.Unknown {
			b.Dockerfile.Value = join(b.Context.Value, b.Dockerfile.Value)
		}
	}
	w.Containers[0].Build = b
}
