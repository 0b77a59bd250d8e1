// Package terraform reads Terraform configurations into the model of package
// deploy: the workloads that resources declare, and the machines and clusters that
// only declare a platform. It reads the syntax and evaluates nothing; what
// variables and other resources decide is not known.
//
// Source: the documentation of the providers in the Terraform Registry.
package terraform

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/azure"
	"github.com/cnready/cnready/internal/deploy/cloudformation"
	"github.com/cnready/cnready/internal/deploy/ecs"
	"github.com/cnready/cnready/internal/deploy/hclfile"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

const format = "Terraform"

// Read reads the configurations of the trees, a folder at a time. What could not
// be read is in the result's NotAnalyzed.
func Read(trees ...*tree.Tree) *deploy.Manifests {
	out := &deploy.Manifests{}
	for _, t := range trees {
		n := 0
		byDir := map[string][]string{}
		var dirs []string
		for _, f := range t.Files {
			switch {
			case !strings.HasSuffix(f.Path, ".tf") && !strings.HasSuffix(f.Path, ".tf.json") || source.LeftOut(f.Path):
				continue
			case strings.HasSuffix(f.Path, ".tf.json"):
				out.NotAnalyzed = append(out.NotAnalyzed, finding.NotAnalyzed{File: t.Name(f.Path), Reason: "Terraform in JSON is not read"})
				continue
			case n >= source.MaxFiles:
				out.NotAnalyzed = append(out.NotAnalyzed, finding.NotAnalyzed{File: t.Name(f.Path), Reason: "there are too many Terraform files; this one and those behind it were not read"})
			}
			if n++; n > source.MaxFiles {
				break
			}
			dir := path.Dir(f.Path)
			if byDir[dir] == nil {
				dirs = append(dirs, dir)
			}
			byDir[dir] = append(byDir[dir], f.Path)
		}
		for _, dir := range dirs {
			source.Guarded(source.Open(t, byDir[dir][0]), out, func() bool {
				readModule(t, byDir[dir], out)
				return true
			})
		}
	}
	return out
}

// A module is the configuration of one folder.
type module struct {
	out   *deploy.Manifests
	hcl   hclfile.Module
	tasks map[string]*deploy.Workload // by the resource's name
	// told are the places where services say on what their tasks run.
	told map[*deploy.Workload]finding.Position
	// ecsMachines is true where the machines are those of an ECS cluster.
	ecsMachines bool
	done        int
}

func readModule(t *tree.Tree, files []string, out *deploy.Manifests) {
	m := &module{out: out, tasks: map[string]*deploy.Workload{}, told: map[*deploy.Workload]finding.Position{}}
	for _, p := range files {
		f := source.Open(t, p)
		if f.Text == nil {
			f.Note(out, 0, "was not read")
			continue
		}
		for _, reason := range m.hcl.Parse(f) {
			f.Note(out, 0, reason)
		}
		m.ecsMachines = m.ecsMachines || f.Has("ECS_CLUSTER") || f.Has("aws_ecs_capacity_provider\"")
	}
	counted := map[*source.File]bool{}
	type run struct {
		block *hclfile.Block
		work  *deploy.Workload
		at    finding.Position
	}
	var runs []run
	for _, b := range m.hcl.Blocks {
		if b.Type != "module" && (b.Type != "resource" || len(b.Labels) != 2) {
			continue
		}
		if m.done++; m.done > source.MaxObjects*4 {
			b.File.Note(out, b.At.Line, "there are too many resources; this one and those behind it were not read")
			break
		}
		var w *deploy.Workload
		var at finding.Position
		known := false
		if b.Type == "module" {
			known = m.call(b)
		} else {
			w, at, known = m.resource(b)
		}
		if known && !counted[b.File] {
			counted[b.File] = true
			out.Read.Files++
		}
		if w != nil {
			runs = append(runs, run{b, w, at})
		}
	}
	for _, b := range m.hcl.Blocks {
		if b.Type == "resource" && b.Label(0) == "aws_ecs_service" && len(b.Labels) == 2 {
			m.service(b)
		}
	}
	for _, r := range runs {
		if at, ok := m.told[r.work]; ok {
			r.at = at
		}
		r.block.File.Run(out, r.work, format, r.at)
	}
}

// service puts what an ECS service says into its task.
func (m *module) service(b *hclfile.Block) {
	v := b.Value()
	ref := strings.TrimPrefix(v.Get("task_definition").Text, "${")
	name, found := strings.CutPrefix(ref, "aws_ecs_task_definition.")
	if !found {
		return
	}
	if i := strings.IndexAny(name, ".[}"); i >= 0 {
		name = name[:i]
	}
	if w := m.tasks[name]; w != nil {
		if at := cloudformation.Service(w, v); at.IsValid() {
			m.told[w] = at
		}
	}
}

// platforms are the resources that declare a platform without a workload.
var platforms = map[string]deploy.PlatformID{
	"vsphere_virtual_machine": deploy.OnVSphere, "hyperv_machine_instance": deploy.OnHyperV,
	"aws_instance": deploy.OnEC2, "aws_launch_template": deploy.OnEC2, "aws_launch_configuration": deploy.OnEC2,
	"aws_autoscaling_group": deploy.OnEC2, "aws_spot_instance_request": deploy.OnEC2, "aws_spot_fleet_request": deploy.OnEC2,
	"aws_eks_cluster": deploy.OnKubernetes, "aws_eks_fargate_profile": deploy.OnFargate,
	"azurerm_kubernetes_cluster": deploy.OnAKS, "azurerm_linux_virtual_machine": deploy.OnVM, "azurerm_virtual_machine": deploy.OnVM,
	"google_compute_instance": deploy.OnVM, "google_compute_instance_template": deploy.OnVM,
	"google_container_cluster": deploy.OnGKE, "digitalocean_droplet": deploy.OnVM, "hcloud_server": deploy.OnVM,
	"openstack_compute_instance_v2": deploy.OnVM, "linode_instance": deploy.OnVM, "libvirt_domain": deploy.OnVM, "proxmox_vm_qemu": deploy.OnVM,
	"digitalocean_kubernetes_cluster": deploy.OnKubernetes, "docker_container": deploy.OnDocker,
}

// pods are the resources of the Kubernetes provider that run pods, without the
// version that newer names end in.
var pods = []string{"kubernetes_deployment", "kubernetes_stateful_set", "kubernetes_daemonset", "kubernetes_daemon_set", "kubernetes_pod", "kubernetes_job", "kubernetes_cron_job"}

// resource reads one resource: the workload that it declares, or the platform.
// known is false for a type that says nothing of where a program runs.
func (m *module) resource(b *hclfile.Block) (w *deploy.Workload, evidence finding.Position, known bool) {
	kind, name := b.Label(0), b.Label(1)
	switch kind {
	case "aws_ecs_task_definition":
		w = m.task(b)
		m.tasks[name] = w
		return w, ecs.Evidence(b.Value()), true
	case "aws_lambda_function":
		fn := lambda(b)
		if fn.Foreign() {
			return nil, b.At, true
		}
		return fn.Workload(), b.At, true
	case "google_cloud_run_v2_service", "google_cloud_run_v2_job":
		return cloudRun(b), b.At, true
	case "google_cloud_run_service":
		return cloudRunV1(b), b.At, true
	case "azurerm_container_app", "azurerm_container_app_job":
		return containerApp(b), b.At, true
	case "azurerm_container_group":
		return containerGroup(b), b.At, true
	case "azurerm_linux_function_app", "azurerm_function_app", "azurerm_windows_function_app":
		w = functionApp(b)
		if azure.Foreign(w) {
			return nil, b.At, true
		}
		return w, b.At, true
	case "azapi_resource":
		return nil, b.At, m.azapi(b)
	case "helm_release", "kubernetes_manifest", "kubectl_manifest":
		m.declare(b, deploy.OnKubernetes, b.At)
		return nil, b.At, true
	case "google_compute_instance", "google_compute_instance_template":
		if w := m.containerOS(b); w != nil {
			return w, b.Value().Get("metadata").Key("gce-container-declaration"), true
		}
	}
	if slices.Contains(pods, strings.TrimSuffix(strings.TrimSuffix(kind, "_v1"), "_v2")) {
		m.declare(b, deploy.OnKubernetes, b.At)
		b.File.Note(m.out, b.At.Line, "the pod of "+kind+" "+name+" is not read: its fields are those of the Kubernetes provider")
		return nil, b.At, true
	}
	id, ok := platforms[kind]
	if !ok {
		return nil, b.At, false
	}
	v := b.Value()
	evidence = b.At
	switch {
	case id == deploy.OnEC2 && m.ecsMachines:
		id = deploy.OnECSEC2
	case kind == "google_container_cluster":
		if auto := v.Get("enable_autopilot").Bool(); auto.Known() && auto.Value {
			id, evidence = deploy.OnGKEAutopilot, auto.Position
		}
	case strings.HasPrefix(kind, "google_compute_instance"):
		for _, image := range []source.Value{v.Get("boot_disk").One().Get("initialize_params").One().Get("image"), v.Get("disk").One().Get("source_image")} {
			if strings.Contains(image.Known(), "cos-cloud") {
				id, evidence = deploy.OnContainerOS, image.At
			}
		}
	}
	m.declare(b, id, evidence).Settings = machine(v)
	return nil, evidence, true
}

func (m *module) declare(b *hclfile.Block, id deploy.PlatformID, evidence finding.Position) *deploy.Platform {
	p := b.File.Declare(m.out, id, format, b.Label(0), b.Label(1), b.At)
	p.Evidence = evidence
	return p
}

// machine are the settings of a machine that constraints speak of, by their names
// in the provider.
func machine(v source.Value) []deploy.Setting {
	var list []deploy.Setting
	for _, key := range []string{"ebs_block_device", "instance_market_options", "lifecycle", "metadata_options", "private_ip", "spot_price", "user_data", "user_data_base64"} {
		if s := v.Get(key); s.Set() {
			text := ""
			if s.Kind == source.Scalar {
				text = s.Text
			}
			if key == "lifecycle" {
				if s = s.One().Get("prevent_destroy"); s.Known() != "true" {
					continue
				}
				key, text = "lifecycle.prevent_destroy", "true"
			}
			list = append(list, deploy.Setting{Name: key, Value: text, Position: s.At})
		}
	}
	return list
}

// task is an ECS task; its containers stand in a text of JSON, in what jsonencode
// makes, or in a file of the tree.
func (m *module) task(b *hclfile.Block) *deploy.Workload {
	v := b.Value()
	definitions := v.Get("container_definitions")
	told := definitions.IsList()
	if definitions.Kind == source.Scalar {
		if list, ok := m.embedded(b, definitions); ok {
			told = true
			for i := range v.Entries {
				if v.Entries[i].Key == "container_definitions" {
					v.Entries[i].Value = list
				}
			}
		}
	}
	if !told {
		b.File.Note(m.out, definitions.At.Line, "the container definitions of "+b.Name()+" are made by something that was not evaluated")
	}
	return ecs.Task(v, b.Label(0), b.Label(1), b.At)
}

// embedded reads the list that a heredoc or a file holds as JSON.
func (m *module) embedded(b *hclfile.Block, v source.Value) (source.Value, bool) {
	var inner *source.File
	ok := false
	switch v.Call {
	case "file", "templatefile":
		if b.File.Tree.Has(v.Text) {
			inner = source.Open(b.File.Tree, v.Text)
			ok = inner.Text != nil
		}
	default:
		inner, ok = hclfile.Embedded(b.File, v)
	}
	if !ok {
		return v, false
	}
	docs := inner.YAML(m.out, true)
	if len(docs) != 1 {
		return v, false
	}
	list := docs[0].Top
	if list.IsMap() && list.Get("containerDefinitions").IsList() {
		list = list.Get("containerDefinitions")
	}
	list.At = v.At
	return list, list.IsList()
}

func lambda(b *hclfile.Block) cloudformation.Function {
	v := b.Value()
	return cloudformation.Function{
		Kind: b.Label(0), Name: b.Label(1), At: b.At, Runtime: v.Get("runtime"), Handler: v.Get("handler"), Timeout: v.Get("timeout"), Memory: v.Get("memory_size"),
		Storage: v.Get("ephemeral_storage").One().Get("size"), Architectures: v.Get("architectures"), Code: v.Get("filename"),
		PackageType: v.Get("package_type"), Image: v.Get("image_uri"), ImageConfig: v.Get("image_config").One(),
		Env: []source.Value{environment(v)}, Mounts: v.Get("file_system_config"),
	}
}

// environment is the mapping of a function's variables.
func environment(v source.Value) source.Value {
	block := v.Get("environment")
	variables := block.One().Get("variables")
	if block.Unknown && variables.Kind == source.Map {
		variables.Unknown = true
	}
	return variables
}
