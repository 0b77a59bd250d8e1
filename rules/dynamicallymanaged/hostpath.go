package dynamicallymanaged

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// HostPath finds workloads that mount directories of the node they run on.
var HostPath = &rule.Rule{
	Rule: finding.Rule{
		Name: "hostpath",
		Doc: `a workload mounts a directory or socket of the node

A hostPath volume is a piece of one machine. What an instance writes there is not
seen by the next instance on another node, what it reads there may be missing or
different, and the node cannot be replaced without a thought for it. That is a
warning.

The socket of the container runtime is an error: who can write to it controls the
node and every container on it, it bypasses the orchestrator, and clusters run
runtimes with other sockets.

A DaemonSet runs on every node in order to work on that node. Reading the node's
processes, devices and identity is its task and holds, and so does collecting its
logs (which marks there how far it has read) and taking part in the kubelet's and
the network's plugin folders. A volume that no container mounts is not judged.

Sources: Kubernetes documentation, "Volumes: hostPath", "DaemonSet" and "Device
Plugins".

# Fails

	volumes:
	- name: data
	  hostPath: {path: /srv/data}

	volumes:
	- name: docker
	  hostPath: {path: /var/run/docker.sock}

# Holds

	volumes:
	- name: data
	  persistentVolumeClaim: {claimName: data}
	- name: scratch
	  emptyDir: {}

# How to mend it

Keep data on a persistentVolumeClaim, scratch files on an emptyDir, and
configuration in a ConfigMap. Build images in the pipeline, or with a builder
that needs no daemon (BuildKit rootless, kaniko), and ask the Kubernetes API
about containers.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   hostPath,
}

func hostPath(p *rule.Pass) {
	w := p.Workload
	for i := range w.Volumes {
		v := &w.Volumes[i]
		if v.Kind != "hostPath" {
			continue
		}
		mounts, readOnly := mountsOf(w, v.Name)
		if len(mounts) == 0 {
			continue
		}
		subject := subjectOf(w, "volume "+v.Name, "")
		socket := isRuntimeSocket(v.Source)
		if !socket && w.Platform != deploy.Kubernetes {
			continue // one host runs it all
		}
		severity := finding.Warning
		if socket {
			severity = finding.Error
		}
		if v.Source == "" || strings.Contains(v.Source, "$") {
			p.CannotTell(severity, subject, fmt.Sprintf("the host path %q is filled in by something else", v.Source), v.Position)
			continue
		}
		if !socket && w.Kind == "DaemonSet" && agentPath(v.Source, readOnly) {
			p.Holds(severity, subject)
			continue
		}
		f := finding.Finding{Position: v.Position, Related: mounts}
		switch {
		case socket:
			instead := "ask the Kubernetes API instead"
			if w.Platform == deploy.ECS {
				instead = "ask the ECS API instead"
			}
			f.Message = fmt.Sprintf("%s: volume %q is the node's container runtime socket %s: who can write to it controls the node, and a node with another runtime does not have it; "+
				"%s, and build images with a builder that needs no daemon", w.ID(), v.Name, v.Source, instead)
		case readOnly:
			f.Message = fmt.Sprintf("%s: volume %q is the node's %s: the instance depends on what lies on the node that it happens to run on; "+
				"bring it with the image, a ConfigMap, a Secret or a persistentVolumeClaim", w.ID(), v.Name, v.Source)
		case w.Kind == "DaemonSet":
			f.Message = fmt.Sprintf("%s: volume %q is the node's %s: what is written there changes the node, and is lost when the node is replaced; "+
				"mount it read-only, or use an emptyDir or a persistentVolumeClaim", w.ID(), v.Name, v.Source)
		default:
			f.Message = fmt.Sprintf("%s: volume %q is the node's %s: what is written there stays on that node, and an instance on another node does not see it; "+
				"use a persistentVolumeClaim for data, an emptyDir for scratch files", w.ID(), v.Name, v.Source)
		}
		p.Fails(severity, subject, f)
	}
}

// mountsOf are the places where a volume is mounted; readOnly is true if none of
// them can be written to.
func mountsOf(w *deploy.Workload, volume string) (mounts []finding.Related, readOnly bool) {
	readOnly = true
	for _, c := range slices.Concat(w.Containers, w.Init) {
		for _, m := range c.Mounts {
			if m.Volume != volume {
				continue
			}
			readOnly = readOnly && m.ReadOnly
			mounts = append(mounts, finding.Related{
				Position: m.Position, Message: fmt.Sprintf("container %q mounts it at %s", c.Name, m.Path),
			})
		}
	}
	return mounts, readOnly
}

// runtimeSockets are the names of container runtimes' sockets.
//
// Source: Kubernetes documentation, "Container Runtimes", and the
// documentation of Docker and Podman.
var runtimeSockets = []string{"docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "dockershim.sock", "podman.sock"}

func isRuntimeSocket(p string) bool { return slices.Contains(runtimeSockets, path.Base(p)) }

// Paths of a node that a node agent may read, and those that it may write to: the
// logs, beside which collectors keep how far they have read, and the node's own
// plugin interfaces.
//
// Sources: Kubernetes documentation, "DaemonSet" (its example), "Device Plugins",
// "Network Plugins"; kubernetes-csi documentation, "Deploying a CSI Driver";
// README of prometheus/node_exporter.
var (
	agentReads = []string{
		"/var/lib/docker/containers", "/proc", "/sys", "/dev", "/run/udev",
		"/etc/machine-id", "/etc/os-release", "/etc/localtime", "/lib/modules", "/usr/src", "/boot",
	}
	agentWrites = []string{
		"/var/log",
		"/var/lib/kubelet/plugins", "/var/lib/kubelet/plugins_registry", "/var/lib/kubelet/pods",
		"/var/lib/kubelet/device-plugins", "/var/lib/kubelet/pod-resources",
		"/opt/cni/bin", "/etc/cni/net.d",
	}
)

// agentPath tells whether a DaemonSet may have a path of its node.
func agentPath(p string, readOnly bool) bool {
	p = path.Clean(p)
	below := func(dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }
	return slices.ContainsFunc(agentWrites, below) || readOnly && (p == "/" || slices.ContainsFunc(agentReads, below))
}
