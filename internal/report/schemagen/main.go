// Command schemagen writes the JSON Schemas of the JSON report, of the contracts
// and of the configuration file, made from the Go types and their doc comments.
//
//	go run ./schemagen ../../docs
//
// It is run in the folder of package report, by go generate.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/cnready/cnready/internal/config"
	"github.com/cnready/cnready/internal/report"
)

const schemaBase = "https://github.com/cnready/cnready/blob/main/docs/"

// A source is a package whose doc comments describe the types.
type source struct{ path, dir string }

// A target is one schema.
type target struct {
	file, title string
	of          any
	source      source
	// open is true where fields may be added within the version.
	open bool
}

var (
	reportSource = source{"github.com/cnready/cnready/internal/report", "."}
	targets      = []target{
		{"report.schema.json", "The report of cnready check --format json, version " + report.SchemaVersion, &report.Report{}, reportSource, true},
		{"contract.schema.json", "The contracts of cnready contract --format json, version " + report.SchemaVersion, &report.Contracts{}, reportSource, true},
		{"config.schema.json", "The configuration file .cnready.yml, version " + config.Version, &config.Config{}, source{"github.com/cnready/cnready/internal/config", "../config"}, false},
	}
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: schemagen FOLDER")
		os.Exit(2)
	}
	for _, t := range targets {
		schema, err := t.generate()
		if err == nil {
			err = os.WriteFile(filepath.Join(os.Args[1], t.file), schema, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "schemagen:", err)
			os.Exit(1)
		}
	}
}

// generate returns the schema, from the sources as they lie relative to the
// folder of package report.
func (t *target) generate() ([]byte, error) {
	r := &jsonschema.Reflector{AllowAdditionalProperties: t.open, Mapper: texts}
	if err := r.AddGoComments(t.source.path, t.source.dir, jsonschema.WithFullComment()); err != nil {
		return nil, err
	}
	for name, text := range r.CommentMap {
		r.CommentMap[name] = strings.Join(strings.Fields(text), " ")
	}
	s := r.Reflect(t.of)
	s.ID = jsonschema.ID(schemaBase + t.file)
	s.Title = t.title
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// texts are the schemas of the types that keep the places of strings.
func texts(t reflect.Type) *jsonschema.Schema {
	text := func() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Pattern: `\S`} }
	switch t {
	case reflect.TypeFor[config.Text]():
		return text()
	case reflect.TypeFor[config.Entries]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text(), {Type: "array", Items: text()}}}
	}
	return nil
}
