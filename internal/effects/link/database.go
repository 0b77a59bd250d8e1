package link

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// fileDatabases are the names under which drivers of database/sql for databases
// in a file are registered (documentation of each driver).
var fileDatabases = []string{"sqlite", "sqlite3", "duckdb", "libsql"}

// embeddedDatabase is a connection to a database in a file as what it is: a
// write to that file.
func embeddedDatabase(inst effects.Instance) effects.Instance {
	driver, dsn := inst.Value("driver"), inst.Value("dsn")
	if driver == nil || dsn == nil || driver.Kind != effects.Literal || !slices.Contains(fileDatabases, driver.Text) {
		return inst
	}
	path := databaseFile(dsn)
	if text, known := path.Default(); known && (!path.Configurable() || text != "") && (text == "" || strings.Contains(text, ":memory:")) {
		inst.Kind, inst.Names, inst.Values = effects.Memory, []string{"what"}, []*effects.Value{effects.Lit("a "+driver.Text+" database", driver.At)}
		return inst
	}
	inst.Kind, inst.Names, inst.Values = effects.Write, []string{"path"}, []*effects.Value{path}
	return inst
}

// databaseFile is the file that a data source names: without the scheme file:
// and without parameters.
func databaseFile(dsn *effects.Value) *effects.Value {
	switch dsn.Kind {
	case effects.Literal:
		text := strings.TrimPrefix(dsn.Text, "file:")
		if strings.Contains(dsn.Text, "mode=memory") {
			text = ":memory:"
		}
		text, _, _ = strings.Cut(text, "?")
		return effects.Lit(text, dsn.At)
	case effects.Concat:
		var parts []*effects.Value
		for _, a := range dsn.Args {
			parts = append(parts, databaseFile(a))
			if a.Kind == effects.Literal && strings.Contains(a.Text, "?") {
				break
			}
		}
		return effects.ConcatOf(parts...)
	case effects.Choice:
		var each []*effects.Value
		for _, a := range dsn.Args {
			each = append(each, databaseFile(a))
		}
		return effects.ChoiceOf(each...)
	}
	return dsn
}
