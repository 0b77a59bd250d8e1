package link

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// A stored is a change that a function makes of what lives longer.
type stored struct {
	effects.Store
	fn string
}

// states are the fields and package variables that request handlers put something
// into, of what was made before any request came.
func (l *linker) states(all map[string]handled) []effects.Instance {
	byKey := map[string][]stored{}
	makers := map[string][]string{}
	for _, id := range l.reached() {
		f := l.funcs[id]
		for _, s := range f.Stores {
			if _, inHandler := all[id]; inHandler && s.How != effects.StoreRemove {
				byKey[s.Key] = append(byKey[s.Key], stored{s, id})
			}
		}
		for _, t := range f.Makes {
			makers[t] = append(makers[t], id)
		}
	}
	var out []effects.Instance
	for _, key := range sortedKeys(byKey) {
		kept := l.kept(key)
		if kept == nil || kept.Decoded {
			continue
		}
		reach, lasts := effects.Always, true
		if owner := l.ownerOf(key); owner != "" {
			reach, lasts = l.lasts(owner, makers, all, 0)
		}
		if lasts {
			out = append(out, l.state(key, kept, byKey[key], all, reach))
		}
	}
	return out
}

func (l *linker) kept(key string) *effects.Kept {
	for _, pkg := range l.scope {
		if k := pkg.Kept[key]; k != nil {
			return k
		}
	}
	return nil
}

// ownerOf is the struct type of a field's key, "" for a package variable's.
func (l *linker) ownerOf(key string) string {
	owner := key[:lastDot(key)]
	if l.packages[owner] != nil {
		return ""
	}
	return owner
}

// maxHolders bounds how deep a struct may be a part of others.
const maxHolders = 4

// lasts tells whether the structs of a type are made before requests come, and
// none while one is answered: only then do they outlive it. reach says under what
// conditions they are made.
func (l *linker) lasts(t string, makers map[string][]string, all map[string]handled, depth int) (effects.Reach, bool) {
	made := false
	reach := effects.OnRequest
	for _, id := range makers[t] {
		if l.below(all, id) {
			return 0, false
		}
		made = true
		reach = min(reach, l.reaches[id])
	}
	for _, pkg := range l.scope {
		for _, holder := range pkg.Lasting[t] {
			if holder == "" {
				made, reach = true, effects.Always
				continue
			}
			if depth >= maxHolders {
				return 0, false
			}
			r, ok := l.lasts(holder, makers, all, depth+1)
			if !ok && len(makers[holder]) > 0 {
				return 0, false
			}
			if ok {
				made, reach = true, min(reach, r)
			}
		}
	}
	return reach, made
}

// below tells whether a function runs while a request is answered, or is reached
// from main by way of one that does.
func (l *linker) below(all map[string]handled, id string) bool {
	for range maxPath {
		if _, ok := all[id]; ok {
			return true
		}
		e, ok := l.parents[id]
		if !ok {
			return false
		}
		id = e.caller
	}
	return false
}

func (l *linker) state(key string, kept *effects.Kept, stores []stored, all map[string]handled, reach effects.Reach) effects.Instance {
	// The change that says most: one that is not a fill after a lookup that
	// missed, and the nearest to a handler.
	best := stores[0]
	fills := true
	for _, s := range stores {
		fills = fills && s.How == effects.StoreFill
	}
	for _, s := range stores[1:] {
		better := (s.How != effects.StoreFill) != (best.How != effects.StoreFill)
		if better && s.How != effects.StoreFill || !better && all[s.fn].depth < all[best.fn].depth {
			best = s
		}
	}
	holds := kept.Holds
	for _, s := range stores {
		if holds == effects.HoldsData && s.Holds != "" {
			holds = s.Holds
		}
	}
	how := best.How
	if how == effects.StoreFill && l.changes(kept, stores, all) {
		how = effects.StorePut // what is looked up is itself changed: no copy of something
	}
	lit := func(text string) *effects.Value { return effects.Lit(text, finding.Position{}) }
	return effects.Instance{
		Kind: effects.State, API: short(key), At: kept.At, Func: best.fn,
		Names: []string{"name", "type", "holds", "change", "saved"},
		Values: []*effects.Value{
			effects.Lit(key, kept.At), lit(kept.Type), lit(holds), effects.Lit(how, best.At), lit(best.Saved),
		},
		Reach: max(reach, effects.Always), Path: l.path(best.fn), Handling: l.handling(all, best.fn),
	}
}

// changes tells whether the elements themselves are changed while requests are
// answered: a method of their type sets one of their fields.
func (l *linker) changes(kept *effects.Kept, stores []stored, all map[string]handled) bool {
	types := []string{kept.Value}
	for _, s := range stores {
		types = append(types, s.Value)
	}
	inHandler := func(id string) bool {
		_, ok := all[id]
		return ok
	}
	for _, t := range types {
		if t == "" {
			continue
		}
		pkg := l.packages[t[:lastDot(t)]]
		if pkg == nil {
			continue
		}
		for field, assigned := range pkg.Fields {
			if field[:lastDot(field)] == t && slices.ContainsFunc(assigned, func(a effects.Assigned) bool {
				return !a.Literal && strings.HasPrefix(a.Func, t+".") && inHandler(a.Func)
			}) {
				return true
			}
		}
		for id, f := range pkg.Funcs {
			if strings.HasPrefix(id, t+".") && inHandler(id) && slices.ContainsFunc(f.Stores, func(s effects.Store) bool { return s.Key[:lastDot(s.Key)] == t }) {
				return true
			}
		}
	}
	return false
}

// short is a key without the folders of its package: server.Server.topics.
func short(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }
