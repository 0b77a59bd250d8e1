package link

import (
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// inFile tells the names under which drivers of database/sql for databases in a
// file are registered (documentation of each driver): sqlite, sqlite3 and what
// programs make of them, such as sqlite3_with_hook.
func inFile(driver string) bool {
	driver = strings.ToLower(driver)
	return strings.Contains(driver, "sqlite") || driver == "duckdb" || driver == "libsql" || driver == "ramsql"
}

// databases gives a connection whose driver configuration chooses a write of its
// own, where a driver for databases in a file is linked into the program.
func databases(list []effects.Instance) []effects.Instance {
	linked := ""
	for i := range list {
		if list[i].Kind == effects.Driver && linked == "" {
			linked, _ = list[i].Value("name").Default()
		}
	}
	out := list
	for _, inst := range list {
		driver, dsn := inst.Value("driver"), inst.Value("dsn")
		if inst.Kind != effects.Dial || driver == nil || dsn == nil || driver.Kind == effects.Literal {
			continue
		}
		name := ""
		for _, a := range driver.Alternatives() {
			if a.Kind == effects.Literal && inFile(a.Text) {
				name = a.Text
			}
		}
		text, known := driver.Default()
		switch {
		case known && inFile(text):
			name = text
		case name == "" && (linked == "" || !driver.Configurable()):
			continue
		case name == "":
			name = linked
			inst.Reach = max(inst.Reach, effects.Perhaps)
			if known && text != "" {
				inst.Reach = effects.OnRequest
			}
		case known && text != "":
			inst.Reach = effects.OnRequest
		default:
			inst.Reach = max(inst.Reach, effects.Perhaps)
		}
		out = append(out, asFile(inst, effects.Lit(name, driver.At), dsn))
	}
	return out
}

// embeddedDatabase is a connection to a database in a file as what it is: a
// write to that file.
func embeddedDatabase(inst effects.Instance) effects.Instance {
	driver, dsn := inst.Value("driver"), inst.Value("dsn")
	if driver == nil || dsn == nil || driver.Kind != effects.Literal || !inFile(driver.Text) {
		return inst
	}
	return asFile(inst, driver, dsn)
}

func asFile(inst effects.Instance, driver, dsn *effects.Value) effects.Instance {
	path := withoutEmpty(databaseFile(dsn))
	text, known := path.Default()
	if known && strings.Contains(text, "://") {
		return inst // libSQL's own server
	}
	if inMemory(path) && known && (!path.Configurable() || text != "") {
		inst.Kind, inst.Names, inst.Values = effects.Memory, []string{"what"}, []*effects.Value{effects.Lit("a "+driver.Text+" database", driver.At)}
		return inst
	}
	inst.Kind, inst.Names, inst.Values = effects.Write, []string{"path", "database"}, []*effects.Value{path, driver}
	return inst
}

// inMemory tells whether all that a path may be names a database in memory.
func inMemory(path *effects.Value) bool {
	for _, a := range path.Alternatives() {
		if text, known := a.Default(); !known || text != "" && !strings.Contains(text, ":memory:") {
			return false
		}
	}
	return true
}

// withoutEmpty is a path without the empty ones that a function returns beside an
// error.
func withoutEmpty(path *effects.Value) *effects.Value {
	var kept []*effects.Value
	for _, a := range path.Alternatives() {
		if a.Kind != effects.Literal || a.Text != "" {
			kept = append(kept, a)
		}
	}
	if path.Kind != effects.Choice || len(kept) == len(path.Args) || path.Configurable() {
		return path
	}
	if v := effects.ChoiceOf(kept...); v != nil {
		return v
	}
	return path
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
