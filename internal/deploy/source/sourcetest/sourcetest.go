// Package sourcetest runs the readers of platform files on small trees and compares
// all that they read, with the text at each place.
package sourcetest

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
	"github.com/cnready/cnready/internal/tree/treetest"
)

var update = flag.Bool("update", false, "write what is wanted into the archives anew")

// Want is the name of the file of an archive that holds what must be read.
const Want = "WANT"

// Run reads each archive testdata/*.txtar and compares what is read with the
// archive's file WANT.
func Run(t *testing.T, read func(trees ...*tree.Tree) *deploy.Manifests) {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(data)
			want := ""
			archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
				if f.Name == Want {
					want = string(f.Data)
				}
				return f.Name == Want
			})
			tr := treetest.Open(t, string(txtar.Format(archive)))
			got := Describe(tr, read(tr))
			if *update {
				archive.Files = append(archive.Files, txtar.File{Name: Want, Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("%s: read is\n%s\nbut wanted is\n%s\nfirst difference: %s", name, got, want, difference(got, want))
			}
		})
	}
}

func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return fmt.Sprintf("line %d:\n got  %s\n want %s", i+1, a, b)
		}
	}
	return "none"
}

// Describe writes the workloads, platforms and notes of a reading, a line for each
// field that is set, with its place and the text there.
func Describe(t *tree.Tree, m *deploy.Manifests) string {
	d := &describer{tree: t}
	for _, w := range m.Workloads {
		d.head("workload", w.Platform+" "+w.ID(), w.Position)
		for _, id := range w.Platforms {
			fmt.Fprintf(&d.out, "  runs on %s\n", id)
		}
		d.value("", reflect.ValueOf(*w))
	}
	for _, p := range m.Platforms {
		if p.Workload != nil {
			fmt.Fprintf(&d.out, "platform %s of %s, %s, told by %s\n", p.ID, p.Workload.ID(), p.Format, d.place(p.Evidence))
			continue
		}
		d.head("platform", string(p.ID)+" "+p.Object.ID()+", "+p.Format, p.Position)
		if p.Evidence != p.Position {
			fmt.Fprintf(&d.out, "  told by %s\n", d.place(p.Evidence))
		}
		d.value("Data", reflect.ValueOf(p.Data))
		d.value("Settings", reflect.ValueOf(p.Settings))
	}
	for _, n := range m.NotAnalyzed {
		fmt.Fprintf(&d.out, "not analyzed %s: %s\n", n.File, n.Reason)
	}
	fmt.Fprintf(&d.out, "%d files, %d objects\n", m.Read.Files, m.Read.Objects)
	return d.out.String()
}

type describer struct {
	tree *tree.Tree
	out  strings.Builder
}

func (d *describer) head(what, name string, at finding.Position) {
	fmt.Fprintf(&d.out, "%s %s at %s\n", what, name, d.place(at))
}

// place is a position with the text there.
func (d *describer) place(p finding.Position) string {
	if p.Line == 0 {
		return "no place " + p.File
	}
	text, err := d.tree.Read(strings.TrimPrefix(p.File, d.tree.Prefix+"/"), 1<<22)
	if err != nil {
		return p.String() + " which cannot be read"
	}
	lines := strings.Split(string(text), "\n")
	if p.Line > len(lines) || p.Column > len(lines[p.Line-1])+1 || p.Column < 1 {
		return p.String() + " which is not in the file"
	}
	line := lines[p.Line-1][p.Column-1:]
	if p.EndLine == p.Line && p.EndColumn >= p.Column && p.EndColumn-p.Column <= len(line) {
		line = line[:p.EndColumn-p.Column]
	} else {
		line += "..."
	}
	return fmt.Sprintf("%s:%d:%d ", p.File, p.Line, p.Column) + "`" + line + "`"
}

var position = reflect.TypeFor[finding.Position]()

// skipped are fields that head lines have, or that follow from others.
var skipped = map[string]bool{"Platform": true, "Platforms": true, "Kind": true, "Dir": true, "Position": true}

func (d *describer) value(name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			d.value(name, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			d.value(fmt.Sprintf("%s[%d]", name, i), v.Index(i))
		}
	case reflect.Map:
		var keys []string
		for _, k := range v.MapKeys() {
			keys = append(keys, k.String())
		}
		slices.Sort(keys)
		for _, k := range keys {
			d.line(name+"."+k, fmt.Sprintf("%q", v.MapIndex(reflect.ValueOf(k)).String()), finding.Position{})
		}
	case reflect.Struct:
		d.structure(name, v)
	default:
		if !v.IsZero() {
			d.line(name, fmt.Sprintf("%v", v.Interface()), finding.Position{})
		}
	}
}

func (d *describer) structure(name string, v reflect.Value) {
	if set := v.FieldByName("Set"); set.IsValid() && v.FieldByName("Value").IsValid() {
		if !set.Bool() {
			return
		}
		at, _ := v.FieldByName("Position").Interface().(finding.Position)
		value := v.FieldByName("Value")
		known := ""
		if v.FieldByName("Unknown").Bool() {
			known = " (unknown)"
		}
		if value.Kind() == reflect.Struct {
			d.line(name, "set"+known, at)
			d.structure(name, value)
			return
		}
		text := fmt.Sprintf("%v", value.Interface())
		if value.Kind() == reflect.String || value.Kind() == reflect.Slice {
			text = fmt.Sprintf("%q", value.Interface())
		}
		d.line(name, text+known, at)
		return
	}
	// What has one text is one line.
	var words []string
	nested := false
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		switch {
		case skipped[f.Name] && (name == "" || f.Type == position):
		case f.Type.Kind() == reflect.Struct && f.Type != position || f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Pointer || f.Type.Kind() == reflect.Map:
			nested = true
		case f.Type == position || field.IsZero():
		default:
			words = append(words, fmt.Sprintf("%s=%v", f.Name, field.Interface()))
		}
	}
	at := finding.Position{}
	if p := v.FieldByName("Position"); p.IsValid() && p.Type() == position {
		at, _ = p.Interface().(finding.Position)
	}
	if len(words) > 0 {
		d.line(cmp.Or(name, "it"), strings.Join(words, " "), at)
	}
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		if f.Type == position && f.Name != "Position" && !field.IsZero() {
			p, _ := field.Interface().(finding.Position)
			if p != at {
				d.line(name+"."+f.Name, "", p)
			}
		}
	}
	if !nested {
		return
	}
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		if f.Type == position || skipped[f.Name] && name == "" {
			continue
		}
		switch f.Type.Kind() {
		case reflect.Struct, reflect.Slice, reflect.Pointer, reflect.Map:
			inner := f.Name
			if name != "" {
				inner = name + "." + f.Name
			}
			d.value(inner, field)
		}
	}
}

func (d *describer) line(name, text string, at finding.Position) {
	fmt.Fprintf(&d.out, "  %s", name)
	if text != "" {
		fmt.Fprintf(&d.out, ": %s", text)
	}
	if at.Line > 0 {
		fmt.Fprintf(&d.out, " at %s", d.place(at))
	}
	d.out.WriteString("\n")
}
