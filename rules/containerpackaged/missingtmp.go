package containerpackaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// MissingTmp finds programs that make temporary files where they cannot.
var MissingTmp = &rule.Rule{
	Rule: finding.Rule{
		Name: "missingtmp",
		Doc: `temporary files are made where there is no folder for them

os.CreateTemp, os.MkdirTemp and what builds on them, such as large uploads in
ParseMultipartForm, write to the folder that TMPDIR names, else to /tmp. An image
from scratch has no /tmp: the call fails with "no such file or directory". And
where a workload makes the root file system read-only, /tmp must be a volume.

The rule fails where code that main reaches makes temporary files in the default
folder and the image lacks it or does not let its user write there, or a workload
with readOnlyRootFilesystem mounts nothing over it. TMPDIR is heeded.

# Fails

	FROM scratch
	COPY --from=build /app /app      // os.CreateTemp("", "upload-*")
	ENTRYPOINT ["/app"]

# Holds

	FROM gcr.io/distroless/static-debian13
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

# How to mend it

Take a base image with a /tmp, such as gcr.io/distroless/static-debian13, or bring
an empty one from the stage that builds:

	RUN mkdir -m 1777 /empty
	...
	COPY --from=build /empty /tmp

Under a read-only root file system mount an emptyDir at /tmp.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs:   rule.Image,
	Applies: has(effects.Temp),
	Run:     onEachImage(worst(missingTmp)),
}

func missingTmp(p *rule.Pass) {
	var uses []*effects.Instance
	for _, e := range p.Contract.Of(effects.Temp) {
		if dir, known := e.Value("dir").Default(); known && dir == "" {
			uses = append(uses, e)
		}
	}
	for _, e := range p.Contract.Of(effects.Write, effects.Mkdir) {
		for _, root := range effects.PathRoots(e.Value("path")) {
			if root.Kind == effects.System && root.Text == "tempdir" {
				uses = append(uses, e)
			}
		}
	}
	if len(uses) == 0 {
		return
	}
	first := uses[0]
	for _, e := range uses[1:] {
		if e.Reach < first.Reach {
			first = e
		}
	}
	severity := finding.Warning
	if first.Reach == effects.OnRequest {
		severity = finding.Note
	}
	for _, r := range runnings(p) {
		subject := "temporary files" + r.by()
		dir, known := "/tmp", true
		if v, set := r.env(p, "TMPDIR"); set {
			if dir, known = v.Default(); dir == "" {
				dir = "/tmp"
			}
		}
		if !known {
			p.CannotTell(severity, subject, "TMPDIR is set to something that is not known", r.envPosition(p, "TMPDIR"))
			continue
		}
		if m := r.mount(dir); m != nil {
			if m.ReadOnly {
				p.Fails(severity, subject, finding.Finding{
					Position: m.Position,
					Message:  fmt.Sprintf("makes temporary files in %s (%s), which %s mounts read-only: the call fails; mount an emptyDir there", dir, called(first), r.workload.ID()),
					Related:  []finding.Related{relatedCode(first, "makes a temporary file")},
				})
				continue
			}
			p.Holds(severity, subject)
			continue
		}
		if ro := r.container.ReadOnlyRoot; ro.Known() && ro.Value {
			p.Fails(severity, subject, finding.Finding{
				Position: ro.Position,
				Message:  fmt.Sprintf("makes temporary files in %s (%s), but %s makes the root file system read-only and mounts nothing there: the call fails with \"read-only file system\"; mount an emptyDir at %s", dir, called(first), r.workload.ID(), dir),
				Related:  []finding.Related{relatedCode(first, "makes a temporary file")},
			})
			continue
		}
		tmpOfImage(p, r, first, severity, "temporary files", dir)
	}
}

// tmpOfImage judges the folder that the image itself has.
func tmpOfImage(p *rule.Pass, r running, first *effects.Instance, severity finding.Severity, subject, dir string) {
	f := p.Image.File(dir)
	switch f.Has {
	case image.Unknown:
		p.CannotTell(severity, subject, fmt.Sprintf("whether the image has %s cannot be told: %s", dir, f.Why), f.At)
	case image.No:
		p.Fails(severity, subject, finding.Finding{
			Position: p.Stage.Base.Position,
			Message: fmt.Sprintf("makes temporary files in %s (%s), but the image has no such folder (%s): the call fails with \"no such file or directory\"; copy an empty folder of mode 1777 to %s, or take a base image that has one, such as distroless/static",
				dir, called(first), f.Why, dir),
			Related: []finding.Related{relatedCode(first, "makes a temporary file")},
		})
	default:
		user, _ := r.user(p)
		may := p.Image.Writable(dir, user)
		switch may.Has {
		case image.Yes:
			p.Holds(severity, subject)
		case image.Unknown:
			p.CannotTell(severity, subject, "whether its user may write to "+dir+" cannot be told: "+may.Why, may.At)
		default:
			p.Fails(severity, subject, finding.Finding{
				Position: f.At,
				Message: fmt.Sprintf("makes temporary files in %s (%s), where the image's user may not write (%s): the call fails with \"permission denied\"; give the folder the mode 1777",
					dir, called(first), may.Why),
				Related: []finding.Related{relatedCode(first, "makes a temporary file")},
			})
		}
	}
}
