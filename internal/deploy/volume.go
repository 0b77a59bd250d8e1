package deploy

import "github.com/cnready/cnready/internal/finding"

// Volume is one volume of a workload. Kind is the platform's field name:
// hostPath, emptyDir, configMap, secret, persistentVolumeClaim, csi, nfs ...
// Of compose, a bind mount is a hostPath and a named volume a volume; what it
// calls tmpfs and anonymous volumes are emptyDirs.
type Volume struct {
	Name   string
	Kind   string
	Source string // path, claim, config map or secret name
	// Persistent is true where what is written outlives the instance.
	Persistent bool
	ReadOnly   bool
	// Unknown is true where the source is filled in by something not read.
	Unknown  bool
	Position finding.Position // of the volume's name, else of its entry
	// SourcePosition is that of what Source says, else the volume's.
	SourcePosition finding.Position
	// Refs are the objects that the volume takes its contents from: one for a
	// config map, secret or claim, several for a projected volume. Each key that the
	// volume takes by name is one more.
	Refs []Ref
	// Medium is that of an emptyDir: "" for the node's disk, or Memory.
	Medium Field[string]
	Size   Field[string]
	// HostType is the type of a hostPath: Directory, Socket ...
	HostType string
	// Template is that of a generic ephemeral volume's claim, else nil.
	Template *Claim
}

// A Claim asks for storage, or is a template of such claims.
type Claim struct {
	Object
	AccessModes  []Field[string]
	StorageClass Field[string]
	Size         Field[string]
	VolumeMode   Field[string]
}
