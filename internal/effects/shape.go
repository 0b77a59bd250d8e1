package effects

import "github.com/cnready/cnready/internal/finding"

// A Shape is a struct type whose fields something sets from outside: a
// configuration library, a decoder.
type Shape struct {
	Fields []ShapeField
}

// A ShapeField is an exported or embedded field of a Shape.
type ShapeField struct {
	Name string
	Tag  string
	// Type is the key of the field's type in Package.Shapes where that is a
	// struct, or points to one, that is looked into.
	Type string
	// Many is set where the field is a list or map of Type.
	Many     bool
	Embedded bool
	// At is where the field is declared.
	At finding.Position
}
