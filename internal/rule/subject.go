package rule

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
)

// Subject names one check on a part of an object for Fails, Holds and CannotTell.
// A tree often holds one object in several files, and one file is rendered in
// several variants, so both are part of the name. part and check may be empty.
func Subject(o deploy.Object, part, check string) string {
	var b strings.Builder
	b.WriteString(o.ID())
	if o.Namespace != "" {
		b.WriteString(" in " + o.Namespace)
	}
	if part != "" {
		b.WriteString(" " + part)
	}
	if check != "" {
		b.WriteString(": " + check)
	}
	fmt.Fprintf(&b, " (%s", o.Position.File)
	if o.Variant != "" {
		b.WriteString(", " + o.Variant)
	}
	b.WriteString(")")
	return b.String()
}
