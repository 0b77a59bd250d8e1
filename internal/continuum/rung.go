package continuum

import (
	"slices"

	"github.com/cnready/cnready/internal/deploy"
)

// A Rung is a step of the continuum.
type Rung uint8

// The rungs, from the one on which a service does most itself to the one on which
// the platform does.
const (
	VM Rung = iota + 1
	ThinVM
	IntegratedContainer
	Container
	ContainerService
	ManagedContainer
	Serverless
)

// Rungs are all rungs, the lowest first.
var Rungs = []Rung{VM, ThinVM, IntegratedContainer, Container, ContainerService, ManagedContainer, Serverless}

// String is the rung in words.
func (r Rung) String() string {
	switch r {
	case VM:
		return "VM"
	case ThinVM:
		return "thin VM"
	case IntegratedContainer:
		return "VM-integrated container"
	case Container:
		return "container"
	case ContainerService:
		return "container as a service"
	case ManagedContainer:
		return "platform-managed container"
	case Serverless:
		return "serverless"
	}
	return ""
}

// A Platform is one on which a service may run.
type Platform struct {
	ID   deploy.PlatformID
	Name string
	Rung Rung
}

// Platforms are all platforms, from the lowest rung to the highest.
var Platforms = []Platform{
	{deploy.OnVM, "Linux with systemd", VM},
	{deploy.OnVSphere, "VMware vSphere", VM},
	{deploy.OnHyperV, "Microsoft Hyper-V", VM},
	{deploy.OnEC2, "Amazon EC2", VM},
	{deploy.OnPuppet, "Puppet", ThinVM},
	{deploy.OnChef, "Chef", ThinVM},
	{deploy.OnAnsible, "Ansible", ThinVM},
	{deploy.OnKata, "Kata Containers", IntegratedContainer},
	{deploy.OnVIC, "vSphere Integrated Containers", IntegratedContainer},
	{deploy.OnDocker, "Docker", Container},
	{deploy.OnContainerd, "containerd", Container},
	{deploy.OnRunc, "runc", Container},
	{deploy.OnKubernetes, "Kubernetes", ContainerService},
	{deploy.OnOpenShift, "OpenShift", ContainerService},
	{deploy.OnMarathon, "Mesos with Marathon", ContainerService},
	{deploy.OnSwarm, "Docker Swarm", ContainerService},
	{deploy.OnGKE, "Google Kubernetes Engine", ContainerService},
	{deploy.OnAKS, "Azure Kubernetes Service", ContainerService},
	{deploy.OnECSEC2, "Amazon ECS on EC2", ContainerService},
	{deploy.OnContainerOS, "Container-Optimized OS", ContainerService},
	{deploy.OnCoreOS, "CoreOS", ContainerService},
	{deploy.OnFargate, "AWS Fargate", ManagedContainer},
	{deploy.OnACI, "Azure Container Instances", ManagedContainer},
	{deploy.OnCloudRun, "Google Cloud Run", ManagedContainer},
	{deploy.OnContainerApps, "Azure Container Apps", ManagedContainer},
	{deploy.OnGKEAutopilot, "GKE Autopilot", ManagedContainer},
	{deploy.OnLambda, "AWS Lambda", Serverless},
	{deploy.OnAzureFunctions, "Azure Functions", Serverless},
}

// PlatformOf is the platform of that id, or nil.
func PlatformOf(id deploy.PlatformID) *Platform {
	i := slices.IndexFunc(Platforms, func(p Platform) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &Platforms[i]
}
