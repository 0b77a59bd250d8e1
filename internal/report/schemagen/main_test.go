package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"github.com/cnready/cnready/internal/config"
)

const docs = "../../../docs"

// generateHere runs the generator where go generate runs it.
func generateHere(t *testing.T, tg target) []byte {
	t.Helper()
	t.Chdir("..")
	schema, err := tg.generate()
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestUpToDate(t *testing.T) {
	for _, tg := range targets {
		t.Run(tg.file, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join(docs, tg.file))
			if err != nil {
				t.Fatal(err)
			}
			if got := generateHere(t, tg); !bytes.Equal(got, want) {
				t.Errorf("docs/%s is not what the types say: run go generate ./internal/report", tg.file)
			}
		})
	}
}

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open(filepath.Join(docs, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaBase+name, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(schemaBase + name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestReportsAreValid validates the golden JSON of package report.
func TestReportsAreValid(t *testing.T) {
	for pattern, schemaFile := range map[string]string{
		"../testdata/*.json": "report.schema.json", "../testdata/contracts/*.json": "contract.schema.json",
	} {
		schema := compile(t, schemaFile)
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("found %d files: %v", len(files), err)
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
}

// TestConfigSchema: the schema of the configuration file and its reader agree on
// what is right.
func TestConfigSchema(t *testing.T) {
	schema := compile(t, "config.schema.json")
	page, err := os.ReadFile(filepath.Join(docs, "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("docs/configuration.md has no example")
	}
	for name, tt := range map[string]struct {
		text  string
		right bool
	}{
		"the documented example": {example, true},
		"nothing":                {"{}", true},
		"one block of entries":   {"api: |\n  package a.example/b\n", true},
		"no workload":            {"services: {cmd/x: {workloads: []}}", true},
		"an unknown key":         {"exclud: []", false},
		"an unknown key below":   {"services: {cmd/x: {nam: a}}", false},
		"text for a list":        {"exclude: a", false},
		"a number":               {"manifests: [1]", false},
		"an empty text":          {"exclude: ['']", false},
		"a mapping for entries":  {"api: {a: b}", false},
		"another version":        {"version: '2'", false},
		"a version as a number":  {"version: 1", false},
	} {
		_, parseErr := config.Parse("c.yml", []byte(tt.text))
		data, err := yaml.YAMLToJSON([]byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		schemaErr := schema.Validate(instance)
		if (parseErr == nil) != tt.right || (schemaErr == nil) != tt.right {
			t.Errorf("%s: the reader says %v, the schema %v", name, parseErr, schemaErr)
		}
	}
}

// TestSchemaRefuses makes sure that the schema says something.
func TestSchemaRefuses(t *testing.T) {
	schema := compile(t, "report.schema.json")
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
	for _, tg := range targets {
		t.Run(tg.file, func(t *testing.T) {
			var schema struct {
				Defs map[string]struct {
					Description string
					Properties  map[string]property
				} `json:"$defs"`
			}
			if err := json.Unmarshal(generateHere(t, tg), &schema); err != nil {
				t.Fatal(err)
			}
			fields := 0
			for name, def := range schema.Defs {
				if def.Description == "" {
					t.Errorf("type %s has no doc comment", name)
				}
				for field, p := range def.Properties {
					fields++
					if p.Description == "" && (len(p.OneOf) == 0 || p.OneOf[0].Description == "") {
						t.Errorf("field %s of %s has no doc comment", field, name)
					}
				}
			}
			if fields < 9 {
				t.Errorf("only %d fields in the schema", fields)
			}
		})
	}
}
