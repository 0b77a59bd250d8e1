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
	added := newTable()
	if err := added.parse(name, 0, text); err != nil {
		return nil, err
	}
	must(t.loadAll())
	out := newTable()
	out.entries, out.known = maps.Clone(t.entries), maps.Clone(t.known)
	out.sources = append(slices.Clone(t.sources), text)
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
	for symbol, entries := range out.entries {
		pkg := entries[0].Package
		out.symbols[pkg] = append(out.symbols[pkg], symbol)
	}
	for _, symbols := range out.symbols {
		slices.Sort(symbols)
	}
	return out, nil
}
