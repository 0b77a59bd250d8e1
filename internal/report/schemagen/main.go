// Command schemagen writes the JSON Schema of the JSON report, made from the Go
// types and their doc comments.
//
//	go run ./schemagen ../../docs/report.schema.json
//
// It is run in the folder of package report, by go generate.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/cnready/cnready/internal/report"
)

const (
	reportPackage = "github.com/cnready/cnready/internal/report"
	schemaID      = "https://github.com/cnready/cnready/blob/main/docs/report.schema.json"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: schemagen FILE")
		os.Exit(2)
	}
	schema, err := generate()
	if err == nil {
		err = os.WriteFile(os.Args[1], schema, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

// generate returns the schema, from the sources in the current folder.
func generate() ([]byte, error) {
	r := &jsonschema.Reflector{
		// Fields may be added to the report within its version.
		AllowAdditionalProperties: true,
	}
	if err := r.AddGoComments(reportPackage, ".", jsonschema.WithFullComment()); err != nil {
		return nil, err
	}
	for name, text := range r.CommentMap {
		r.CommentMap[name] = strings.Join(strings.Fields(text), " ")
	}
	s := r.Reflect(&report.Report{})
	s.ID = schemaID
	s.Title = "The report of cnready check --format json, version " + report.SchemaVersion
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
