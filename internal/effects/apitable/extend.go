package apitable

import (
	"maps"
	"reflect"
	"slices"
)

// With returns a copy of the table that has the entries of text too, which is in
// the format of the package comment. Entries of a symbol that the table knows are
// added to what it says; one that it has already is not added again. Errors begin
// with name:line. The table itself is not changed.
func (t *Table) With(name, text string) (*Table, error) {
	out := &Table{entries: maps.Clone(t.entries), known: maps.Clone(t.known)}
	added := &Table{entries: map[string][]Entry{}, known: map[string]bool{}}
	if err := added.parse(name, text); err != nil {
		return nil, err
	}
	for symbol, entries := range added.entries {
		// The copy must not write behind the end of the table's own list.
		list := slices.Clip(out.entries[symbol])
		for _, e := range entries {
			if !slices.ContainsFunc(list, func(o Entry) bool { return reflect.DeepEqual(o, e) }) {
				list = append(list, e)
			}
		}
		out.entries[symbol] = list
	}
	maps.Copy(out.known, added.known)
	return out, nil
}
