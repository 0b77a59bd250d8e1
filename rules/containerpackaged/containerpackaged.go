// Package containerpackaged holds the rules that judge whether a service runs
// in a container as an isolated unit of deployment: the image's own settings,
// and what it does or does not hold.
package containerpackaged

import "github.com/cnready/cnready/internal/rule"

// Rules are all rules of this package, sorted by name.
var Rules = []*rule.Rule{
	AddRemote,
	BuildContextLeak,
	BuildVCS,
	CgoDisabled,
	ExposedPort,
	GoVersion,
	HomeDir,
	LayerCache,
	LibcMismatch,
	MissingCACerts,
	MissingFile,
	MissingProgram,
	MissingSource,
	MissingTmp,
	MissingTZData,
	NoContainer,
	NonNumericUser,
	NoPasswdEntry,
	PackageCache,
	PortMismatch,
	Privileged,
	PrivilegedPort,
	RelativeWorkdir,
	RootUser,
	RunAsRoot,
	SecretInImage,
	ToolchainInImage,
	UnbackedWrite,
	UndefinedVar,
	UnpinnedBase,
	UnusedVolume,
	UnwritablePath,
	WritableRoot,
}
