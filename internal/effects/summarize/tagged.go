package summarize

import (
	"go/ast"
	"go/types"
	"reflect"
	"strconv"
)

// fileTags are the keys of tags that name fields for configuration files. json is
// none of them: what comes over a network has it too.
var fileTags = []string{"toml", "yaml", "mapstructure", "koanf", "hcl", "ini"}

// tagged records the exported fields of the package's types that a tag names for a
// configuration file.
func (s *summarizer) tagged() {
	for _, f := range s.Files {
		for _, d := range f.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					s.taggedOf(t)
				}
			}
		}
	}
}

func (s *summarizer) taggedOf(spec *ast.TypeSpec) {
	st, ok := spec.Type.(*ast.StructType)
	obj, known := s.Info.Defs[spec.Name].(*types.TypeName)
	if !ok || !known {
		return
	}
	key := typeKey(obj.Type())
	if key == "" {
		return
	}
	for _, field := range st.Fields.List {
		if field.Tag == nil {
			continue
		}
		text, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			continue
		}
		for _, tag := range fileTags {
			if name, ok := reflect.StructTag(text).Lookup(tag); ok && name != "-" {
				for _, id := range field.Names {
					if id.IsExported() {
						s.out.Tagged[key+"."+id.Name] = tag
					}
				}
				break
			}
		}
	}
}
