// Package vsphere reads the files by which VMware's products describe a virtual
// machine into the model of package deploy: OVF envelopes and VMX configurations.
// What other tools say of vSphere's machines is read with those tools' files.
//
// Sources: DMTF DSP0243, "Open Virtualization Format Specification" 1.1;
// VMware knowledge base, "Virtual machine hardware versions" and "Understanding VMX
// files".
package vsphere

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// OVF is the format of envelopes: XML whose root is an Envelope of the DMTF's name
// space.
var OVF = &source.Format{Name: "OVF", Match: func(p string) bool { return strings.HasSuffix(trim(p), ".ovf") }, Read: readOVF}

// VMX is the format of a machine's own configuration: lines of name = "value" with
// a virtual hardware version.
var VMX = &source.Format{Name: "VMX", Match: func(p string) bool { return strings.HasSuffix(trim(p), ".vmx") }, Read: readVMX}

// trim takes what a template adds to a name.
func trim(p string) string {
	for _, s := range []string{".tpl", ".tmpl", ".tftpl", ".pkrtpl", ".j2", ".erb", ".template"} {
		p = strings.TrimSuffix(p, s)
	}
	return strings.ToLower(p)
}

const envelope = "http://schemas.dmtf.org/ovf/envelope/1"

// Bounds of one envelope.
const (
	maxTokens = 100_000
	maxDepth  = 100
)

// readOVF reads the machines of an envelope. Their platform is told by the type of
// virtual hardware: vmx-NN is VMware's.
func readOVF(f *source.File, out *deploy.Manifests) bool {
	if !f.Has(envelope) {
		return false
	}
	d := xml.NewDecoder(bytes.NewReader(f.Text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var machines []*deploy.Platform
	var machine *deploy.Platform
	var open []string
	found := false
	for range maxTokens {
		start := int(d.InputOffset())
		token, err := d.Token()
		if err != nil {
			if found && !errors.Is(err, io.EOF) {
				line, _ := d.InputPos()
				f.Note(out, line, "is not valid XML: "+reason(err))
			}
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == 0 {
				if t.Name.Local != "Envelope" || t.Name.Space != envelope {
					return false
				}
				found = true
			}
			if open = append(open, t.Name.Local); len(open) > maxDepth {
				f.Note(out, 0, "is nested deeper than "+strconv.Itoa(maxDepth))
				return true
			}
			if t.Name.Local == "VirtualSystem" && len(machines) < source.MaxObjects {
				at := f.At(start, int(d.InputOffset()))
				name := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
				for _, a := range t.Attr {
					if a.Name.Local == "id" && a.Value != "" {
						name = a.Value
					}
				}
				machine = &deploy.Platform{ID: deploy.OnVM, Object: f.Object(string(deploy.OnVM), "VirtualSystem", name, at), Format: "OVF", Evidence: at}
				machines = append(machines, machine)
			}
		case xml.CharData:
			if len(open) > 0 && machine != nil && open[len(open)-1] == "VirtualSystemType" {
				value := strings.TrimSpace(string(t))
				from := start + bytes.Index(t, []byte(value))
				text := f.At(from, from+len(value))
				if strings.HasPrefix(value, "vmx-") {
					machine.ID, machine.Platform, machine.Evidence = deploy.OnVSphere, string(deploy.OnVSphere), text
				}
			}
		case xml.EndElement:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	out.Platforms = append(out.Platforms, machines...)
	return found
}

// reason is a syntax error's words, without its line.
func reason(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Msg
	}
	return "it ends early"
}

// readVMX reads a machine's configuration.
func readVMX(f *source.File, out *deploy.Manifests) bool {
	name := strings.TrimSuffix(path.Base(trim(f.Path)), ".vmx")
	var version, named finding.Position
	at := 0
	for line := range bytes.SplitSeq(f.Text, []byte("\n")) {
		key, value, ok := strings.Cut(string(line), "=")
		start := at + strings.IndexByte(string(line), '=') + 1
		at += len(line) + 1
		if !ok {
			continue
		}
		start += len(value) - len(strings.TrimLeft(value, " \t"))
		value = strings.TrimSpace(value)
		place := f.At(start, start+len(value))
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "virtualhw.version":
			version = place
		case "displayname":
			named = place
			if v := strings.Trim(value, `"`); v != "" {
				name = v
			}
		}
	}
	if !version.IsValid() {
		return false
	}
	if !named.IsValid() {
		named = version
	}
	f.Declare(out, deploy.OnVSphere, "VMX", "virtual machine", name, named).Evidence = version
	return true
}
