package continuum

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/image"
)

// nonRoot asks whether the image runs as another user than root.
func nonRoot(_ *Constraint, r *running) answer {
	if r.service == nil || r.service.Image == nil || r.service.Image.Image == nil {
		return holds() // see the constraint image
	}
	u := r.service.Image.Image.User()
	switch {
	case u.Root() == image.Yes:
		return holds()
	case u.Has != image.Yes || u.ID == "" && u.Name == "":
		return unclear(u.Why)
	}
	name := u.Name
	if name == "" {
		name = u.ID
	}
	return offends(Offence{At: u.At, What: fmt.Sprintf("the image runs as %s", name), Mend: "build a variant of the image that runs as root"})
}

// arm64 asks whether the image is for other processors only.
func arm64(_ *Constraint, r *running) answer {
	if r.service == nil || r.service.Image == nil || r.service.Image.Stage == nil {
		return holds()
	}
	for _, s := range []*image.Stage{r.service.Image.Stage, r.service.Image.Stage.Root()} {
		if p := s.Platform; strings.HasPrefix(p, "linux/") && p != "linux/amd64" && !strings.Contains(p, "$") {
			return offends(Offence{At: s.Position, What: "the image is for " + p + " only", Mend: "leave --platform to the build"})
		}
	}
	return holds()
}
