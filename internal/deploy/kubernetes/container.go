package kubernetes

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

func readContainer(o *corev1.Container, c yamldoc.Cursor) *deploy.Container {
	// What a container lacks is shown at its name.
	if name := c.Get("name"); name.Set() {
		c.At = name.At
	}
	security, sc := c.Get("securityContext"), o.SecurityContext
	if sc == nil {
		sc = &corev1.SecurityContext{}
	}
	preStop := c.Path("lifecycle", "preStop")
	container := &deploy.Container{
		Name:         o.Name,
		Position:     c.At,
		Image:        text(o.Image, c.Get("image")),
		Command:      deploy.Field[[]string]{Value: o.Command, Set: c.Get("command").Set(), Position: c.Get("command").At},
		Args:         deploy.Field[[]string]{Value: o.Args, Set: c.Get("args").Set(), Position: c.Get("args").At},
		Readiness:    readProbe(o.ReadinessProbe, c.Get("readinessProbe")),
		Liveness:     readProbe(o.LivenessProbe, c.Get("livenessProbe")),
		Startup:      readProbe(o.StartupProbe, c.Get("startupProbe")),
		Resources:    readResources(true, c.Get("resources")),
		RunAsNonRoot: field(sc.RunAsNonRoot, security.Get("runAsNonRoot")),
		RunAsUser:    field(sc.RunAsUser, security.Get("runAsUser")),
		ReadOnlyRoot: field(sc.ReadOnlyRootFilesystem, security.Get("readOnlyRootFilesystem")),
		Privileged:   field(sc.Privileged, security.Get("privileged")),
		PreStop:      deploy.Field[bool]{Value: preStop.Set(), Set: preStop.Set(), Position: preStop.At},

		PullPolicy:    c.Get("imagePullPolicy").Field(),
		WorkingDir:    c.Get("workingDir").Field(),
		PreStopHook:   readHook(preStop),
		PostStartHook: readHook(c.Path("lifecycle", "postStart")),
		StopSignal:    c.Path("lifecycle", "stopSignal").Field(),
		Stdin:         c.Get("stdin").Bool(),
		TTY:           c.Get("tty").Bool(),
		RestartPolicy: c.Get("restartPolicy").Field(),
		Security: deploy.ContainerSecurity{
			AllowEscalation: security.Get("allowPrivilegeEscalation").Bool(),
			RunAsGroup:      security.Get("runAsGroup").Int64(),
			Added:           security.Path("capabilities", "add").Fields(),
			Dropped:         security.Path("capabilities", "drop").Fields(),
			Seccomp:         profile(security.Get("seccompProfile")),
			AppArmor:        profile(security.Get("appArmorProfile")),
			ProcMount:       security.Get("procMount").Field(),
			Position:        security.At,
		},
	}
	container.CommandPositions, container.ArgPositions = places(c.Get("command")), places(c.Get("args"))
	env := c.Get("env")
	for i := range o.Env {
		container.Env = append(container.Env, readEnv(&o.Env[i], env.Item(i)))
	}
	from := c.Get("envFrom")
	for i := range o.EnvFrom {
		e, at := &o.EnvFrom[i], from.Item(i)
		if s := e.ConfigMapRef; s != nil {
			r := ref("ConfigMap", s.Name, "", s.Optional, at.Get("configMapRef"))
			r.Prefix = e.Prefix
			container.EnvFrom = append(container.EnvFrom, r)
		}
		if s := e.SecretRef; s != nil {
			r := ref("Secret", s.Name, "", s.Optional, at.Get("secretRef"))
			r.Prefix = e.Prefix
			container.EnvFrom = append(container.EnvFrom, r)
		}
	}
	ports := c.Get("ports")
	for i := range o.Ports {
		p, at := &o.Ports[i], ports.Item(i)
		container.Ports = append(container.Ports, deploy.Port{
			Name: p.Name, Number: int(p.ContainerPort), Protocol: protocol(p.Protocol), HostPort: int(p.HostPort), HostIP: p.HostIP,
			Unknown:  at.Get("containerPort").Unknown(),
			Position: at.Get("containerPort").At, HostPosition: at.Get("hostPort").At,
		})
	}
	mounts := c.Get("volumeMounts")
	for i := range o.VolumeMounts {
		m, at := &o.VolumeMounts[i], mounts.Item(i)
		sub := m.SubPath
		if sub == "" {
			sub = m.SubPathExpr
		}
		container.Mounts = append(container.Mounts, deploy.Mount{
			Volume: m.Name, Path: m.MountPath, SubPath: sub, ReadOnly: m.ReadOnly, SubPathExpr: m.SubPathExpr != "",
			Position: at.Get("mountPath").At, SubPathPosition: first(at.Get("subPath"), at.Get("subPathExpr")).At,
			ReadOnlyPosition: at.Get("readOnly").At, VolumePosition: at.Get("name").At,
		})
	}
	devices := c.Get("volumeDevices")
	for i := range o.VolumeDevices {
		d, at := &o.VolumeDevices[i], devices.Item(i)
		container.Mounts = append(container.Mounts, deploy.Mount{
			Volume: d.Name, Path: d.DevicePath, Device: true, Position: at.Get("devicePath").At,
			SubPathPosition: at.At, ReadOnlyPosition: at.At, VolumePosition: at.Get("name").At,
		})
	}
	return container
}

// places are those of a list's elements.
func places(c yamldoc.Cursor) []finding.Position {
	var list []finding.Position
	for _, item := range c.Items() {
		list = append(list, item.At)
	}
	return list
}

// first is the first of several fields that the manifest has, else the last.
func first(list ...yamldoc.Cursor) yamldoc.Cursor {
	for _, c := range list {
		if c.Set() {
			return c
		}
	}
	return list[len(list)-1]
}

func text(v string, c yamldoc.Cursor) deploy.Field[string] {
	return deploy.Field[string]{Value: v, Set: c.Set(), Unknown: c.Unknown(), Position: c.At}
}

func readEnv(o *corev1.EnvVar, c yamldoc.Cursor) deploy.Env {
	env := deploy.Env{Name: o.Name, Value: o.Value, Position: c.Get("name").At}
	env.ValuePosition = c.Get("value").At
	from := o.ValueFrom
	if from == nil {
		if value := c.Get("value"); value.Unknown() {
			env.Value, env.From = value.Text(), "unknown"
		}
		return env
	}
	at := c.Get("valueFrom")
	switch {
	case from.ConfigMapKeyRef != nil:
		s := from.ConfigMapKeyRef
		env.From = "configMap"
		env.Ref = ref("ConfigMap", s.Name, s.Key, s.Optional, at.Get("configMapKeyRef"))
	case from.SecretKeyRef != nil:
		s := from.SecretKeyRef
		env.From = "secret"
		env.Ref = ref("Secret", s.Name, s.Key, s.Optional, at.Get("secretKeyRef"))
	case from.FieldRef != nil:
		env.From = "field"
		env.Ref = deploy.Ref{Key: from.FieldRef.FieldPath, Position: at.Path("fieldRef", "fieldPath").At}
	case from.ResourceFieldRef != nil:
		env.From = "resource"
		env.Ref = deploy.Ref{Key: from.ResourceFieldRef.Resource, Position: at.Path("resourceFieldRef", "resource").At}
	case from.FileKeyRef != nil:
		env.From = "file"
		env.Ref = deploy.Ref{Name: from.FileKeyRef.VolumeName, Key: from.FileKeyRef.Key, Position: at.Path("fileKeyRef", "key").At}
	default:
		return env
	}
	env.ValuePosition = env.Ref.Position
	return env
}

func ref(kind, name, key string, optional *bool, c yamldoc.Cursor) deploy.Ref {
	r := deploy.Ref{
		Kind: kind, Name: name, Key: key, Optional: optional != nil && *optional,
		Position: c.Get("name").At,
	}
	if at := c.Get("key"); at.Set() {
		r.KeyPosition = at.At
	}
	return r
}
