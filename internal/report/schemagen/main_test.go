package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFile = "../../../docs/report.schema.json"

// generateHere runs the generator where go generate runs it.
func generateHere(t *testing.T) []byte {
	t.Helper()
	t.Chdir("..")
	schema, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestUpToDate(t *testing.T) {
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if got := generateHere(t); !bytes.Equal(got, want) {
		t.Error("docs/report.schema.json is not what the types say: run go generate ./internal/report")
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaID, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestReportsAreValid validates the golden JSON reports of package report.
func TestReportsAreValid(t *testing.T) {
	schema := compile(t)
	files, err := filepath.Glob("../testdata/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d reports: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestSchemaRefuses makes sure that the schema says something.
func TestSchemaRefuses(t *testing.T) {
	schema := compile(t)
	data, err := os.ReadFile("../testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	for name, change := range map[string][2]string{
		"a null list":         {`"notAnalyzed": [`, `"notAnalyzed": null, "x": [`},
		"an unknown severity": {`"severity": "error"`, `"severity": "fatal"`},
		"an unknown status":   {`"status": "open"`, `"status": "closed"`},
		"a missing field":     {`"related"`, `"relatd"`},
		"a score above 100":   {`"score": 0,`, `"score": 101,`},
		"a score as text":     {`"score": 0,`, `"score": "0",`},
		"a negative line":     {`"line": 5`, `"line": -1`},
		"another version":     {`"version": "1"`, `"version": "2"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing to change", name)
		}
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(instance) == nil {
			t.Errorf("%s passes", name)
		}
	}
}

// TestEverythingIsDescribed asks for a description of each type and field.
func TestEverythingIsDescribed(t *testing.T) {
	type property struct {
		Description string
		OneOf       []struct{ Description string }
	}
	var schema struct {
		Defs map[string]struct {
			Description string
			Properties  map[string]property
		} `json:"$defs"`
	}
	if err := json.Unmarshal(generateHere(t), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Defs) < 20 {
		t.Fatalf("only %d types in the schema", len(schema.Defs))
	}
	for name, def := range schema.Defs {
		if def.Description == "" {
			t.Errorf("type %s has no doc comment", name)
		}
		for field, p := range def.Properties {
			if p.Description == "" && (len(p.OneOf) == 0 || p.OneOf[0].Description == "") {
				t.Errorf("field %s of %s has no doc comment", field, name)
			}
		}
	}
}
