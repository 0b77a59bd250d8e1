package report

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/service"
)

// Contracts is what cnready contract says of one directory: what each service
// needs from its surroundings. Paths and places are as in a report.
type Contracts struct {
	// Version is the version of this format, which is that of the report.
	Version string `json:"version" jsonschema:"enum=1"`
	// Tool is what wrote it.
	Tool Tool `json:"tool"`
	// Services has one entry for each main that serves or runs as a daemon or
	// function, and for those that were asked for by name.
	Services []ServiceContract `json:"services"`
	// NotShown are the main packages that are no services; none where services were
	// asked for by name.
	NotShown []Main `json:"notShown"`
	// NotAnalyzed are files and packages that were not read, or only in part.
	NotAnalyzed []NotAnalyzed `json:"notAnalyzed"`
}

// ServiceContract is the contract of one main.
type ServiceContract struct {
	// Name is that of the service in a report.
	Name string `json:"name"`
	// Dir is the folder of the main package.
	Dir string `json:"dir"`
	// Main is the import path of the main package.
	Main string `json:"main"`
	// Contract is what the main needs from its surroundings.
	Contract Contract `json:"contract"`
}

// BuildContracts makes the contracts of an outcome's services, with every list
// sorted. Results are not looked at; the outcome is not changed.
func BuildContracts(o Outcome) *Contracts {
	o.Loose = nil
	services := slices.Clone(o.Services)
	for i := range services {
		services[i].Results = nil
	}
	o.Services = services
	r := Build(o)
	c := &Contracts{Version: r.Version, Tool: r.Tool, NotShown: r.Mains, NotAnalyzed: r.NotAnalyzed}
	for _, s := range r.Services {
		c.Services = append(c.Services, ServiceContract{Name: s.Name, Dir: s.Dir, Main: s.Main, Contract: s.Contract})
	}
	fillLists(reflect.ValueOf(c).Elem())
	return c
}

// EntryPointOf is a selected subcommand as the report shows it, nil for nil.
func EntryPointOf(e *service.EntryPoint) *EntryPoint {
	if e == nil {
		return nil
	}
	return &EntryPoint{Command: slices.Clone(e.Command), File: e.At.File, Line: e.At.Line, Reason: e.Reason}
}

// WriteJSON writes the contracts as JSON, indented, with a newline at the end.
// The same contracts give the same bytes.
func (c *Contracts) WriteJSON(w io.Writer) error { return writeJSON(w, c) }

// WriteYAML writes the contracts as YAML with the keys of the JSON, in the same
// order.
func (c *Contracts) WriteYAML(w io.Writer) error {
	var text bytes.Buffer
	if err := writeJSON(&text, c); err != nil {
		return err
	}
	// JSON is YAML: its nodes keep the order of the keys.
	var doc yaml.Node
	if err := yaml.Unmarshal(text.Bytes(), &doc); err != nil {
		return err
	}
	if err := blockStyle(&doc); err != nil {
		return err
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return err
	}
	return enc.Close()
}

// blockStyle turns nodes that were read from JSON into those of YAML as people
// write it: without braces, and with quotes only where a text needs them.
func blockStyle(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str":
		if err := n.Encode(n.Value); err != nil {
			return err
		}
		return nil
	case len(n.Content) > 0:
		n.Style = 0 // an empty list stays []
	}
	for _, c := range n.Content {
		if err := blockStyle(c); err != nil {
			return err
		}
	}
	return nil
}

// writeJSON writes a value as reports are written.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
