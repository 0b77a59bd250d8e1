// Package hostcoupling finds services that need the machine they run on.
//
// # Analyzer hostcoupling
//
// hostcoupling: a service runs on any machine of the platform
//
// Property: container packaged. Severity: warning.
//
// A container is an isolated unit of deployment: the scheduler puts it on any
// machine, without that machine's devices, processes and privileges (Kubernetes
// documentation, "Pod Security Standards"; OCI runtime specification). What needs
// them runs only where somebody opened the isolation, and not on serverless
// platforms at all.
//
// The rule fails where a serving main, by default, talks to the socket of a
// container engine, changes files below /proc or /sys, opens devices that not
// every container has, mounts file systems, changes its user, asks a cloud's
// metadata service by its address, or changes /etc/hosts. It is silent for
// /proc/self, for cgroup files, for the devices of every container, and for what
// only configuration turns on.
//
// Fails:
//
//	cli, err := net.Dial("unix", "/var/run/docker.sock")
//
// Passes: the platform is asked for what is needed:
//
//	cfg, err := rest.InClusterConfig()
//
// To mend: ask the platform's API, let the workload name users, volumes and
// devices, and keep what belongs to the machine in an agent of its own.
package hostcoupling
