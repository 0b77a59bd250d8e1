package link

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// reachable tells, of every reached function, under which conditions it is: the
// weakest of all ways to it.
func (l *linker) reachable() {
	l.reaches = map[string]effects.Reach{}
	done := map[string]bool{}
	var next [effects.OnRequest + 1][]string
	next[effects.Always] = append(next[effects.Always], l.roots...)
	for at := effects.Always; at <= effects.OnRequest; at++ {
		for len(next[at]) > 0 {
			id := next[at][0]
			next[at] = next[at][1:]
			f := l.funcs[id]
			if f == nil || done[id] {
				continue
			}
			done[id] = true
			l.reaches[id] = at
			push := func(to string, r effects.Reach) {
				if to != "" && !done[to] {
					next[max(at, r)] = append(next[max(at, r)], to)
				}
			}
			for i := range f.Nodes {
				n := &f.Nodes[i]
				for _, to := range l.targets(f, i) {
					push(to, l.underDefaults(n.When, nil))
				}
				if n.Call != nil && n.Call.Func != nil {
					for _, fn := range l.functions(n.Call.Func) {
						push(fn.Text, l.underDefaults(n.When, nil))
					}
				}
			}
			for _, ref := range f.Refs {
				if !ref.Command {
					push(ref.ID, max(l.underDefaults(ref.When, nil), l.oneOfMany(ref)))
				}
			}
		}
	}
}

// oneOfMany makes a method that is callable through an interface one that may be
// called where other types of the program have it too.
func (l *linker) oneOfMany(ref effects.Ref) effects.Reach {
	key := l.methodKeys[ref.ID]
	if key == "" || ref.Prev >= 0 {
		return effects.Always
	}
	n := 0
	for _, id := range l.methods[key] {
		if l.live[id] || l.late[id] {
			n++
		}
	}
	if n > 1 {
		return effects.Perhaps
	}
	return effects.Always
}

// ofCall is what the conditions of a call make of it.
func (l *linker) ofCall(e edge) effects.Reach {
	if e.node == nil {
		return effects.Always
	}
	return l.underDefaults(e.node.When, nil)
}

// underDefaults says what conditions make of a statement where nothing is
// configured.
func (l *linker) underDefaults(when []*effects.Value, fr *frame) effects.Reach {
	out := effects.Always
	for _, c := range when {
		c = l.resolver.value(c, fr)
		switch c.Holds() {
		case effects.False:
			if chosen(c) {
				out = max(out, effects.Perhaps)
				continue
			}
			return effects.OnRequest
		case effects.Maybe:
			if c.Text != "passed" || c.Kind != effects.Test {
				out = max(out, effects.Perhaps)
			}
		case effects.True:
			if c.Always() != effects.True {
				out = max(out, effects.ByDefault)
			}
		}
	}
	return out
}

// chosen tells a condition that asks for one of several words, a driver's name for
// instance, of a setting that has no default: configuration has to name one, and
// which one that is cannot be told.
func chosen(c *effects.Value) bool {
	if c.Kind != effects.Test || c.Text == "passed" {
		return false
	}
	if c.Text == "or" || c.Text == "and" {
		return slices.ContainsFunc(c.Args, chosen)
	}
	if c.Text != "==" || len(c.Args) != 2 {
		return false
	}
	setting, word := c.Args[0], c.Args[1]
	if setting.Kind == effects.Literal {
		setting, word = word, setting
	}
	if word.Kind != effects.Literal || !setting.Configurable() {
		return false
	}
	switch strings.ToLower(word.Text) {
	case "", "true", "1", "yes", "on", "y", "enabled", "debug", "dev", "development", "local", "test":
		return false
	}
	text, known := setting.Default()
	return known && text == ""
}

// jobs says of each schedule what it does that others see, as far as the code
// tells: what the scheduled function reaches, or the loop around the ticker.
func (l *linker) jobs(list []effects.Instance) []effects.Instance {
	byFunc := map[string][]*effects.Instance{}
	for i := range list {
		if outward(&list[i]) {
			byFunc[list[i].Func] = append(byFunc[list[i].Func], &list[i])
		}
	}
	for i := range list {
		if list[i].Kind != effects.Schedule {
			continue
		}
		if done := l.firstOutward(&list[i], byFunc); done != nil {
			list[i] = list[i].With("does", effects.Lit(done.API, done.At))
		}
	}
	return list
}

// outward tells effects that others see: what a second replica that does the same
// would do twice. What is written to an instance's own disk is no such thing.
func outward(i *effects.Instance) bool { return i.Kind == effects.Change && !harmless(i) }

// harmless tells SQL that gives the same however often it runs.
func harmless(i *effects.Instance) bool {
	text, _ := i.Value("what").Pattern()
	verb, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " ")
	switch strings.TrimSpace(verb) {
	case "delete", "create", "drop", "alter", "vacuum", "pragma", "analyze", "set", "begin", "commit", "rollback", "truncate", "optimize", "refresh", "reindex", "checkpoint":
		return true
	}
	return false
}

func (l *linker) firstOutward(s *effects.Instance, byFunc map[string][]*effects.Instance) *effects.Instance {
	var queue []string
	seen := map[string]bool{}
	push := func(id string) {
		if l.funcs[id] != nil && !seen[id] {
			seen[id] = true
			queue = append(queue, id)
		}
	}
	loops := false
	if job := s.Value("job"); job != nil {
		for _, a := range job.Alternatives() {
			if a.Kind == effects.Func {
				push(a.Text)
			}
		}
	} else if f := l.funcs[s.Func]; f != nil {
		loops = true
		for i := range f.Nodes {
			if n := &f.Nodes[i]; n.Loop {
				for _, id := range l.targets(f, i) {
					push(id)
				}
			}
		}
		for _, ref := range f.Refs {
			if ref.Loop && !ref.Command {
				push(ref.ID)
			}
		}
	}
	if loops {
		if done := inLoop(l.funcs[s.Func], byFunc[s.Func]); done != nil {
			return done
		}
		delete(seen, s.Func)
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if done := byFunc[id]; len(done) > 0 {
			return slices.MinFunc(done, func(a, b *effects.Instance) int { return cmp.Compare(a.At.Line, b.At.Line) })
		}
		f := l.funcs[id]
		for i := range f.Nodes {
			for _, to := range l.targets(f, i) {
				push(to)
			}
			if c := f.Nodes[i].Call; c != nil && c.Func != nil {
				for _, fn := range l.functions(c.Func) {
					push(fn.Text)
				}
			}
		}
		for _, ref := range f.Refs {
			if !ref.Command {
				push(ref.ID)
			}
		}
	}
	return nil
}

// inLoop is the first of a function's effects that stands in a loop of it.
func inLoop(f *effects.Function, list []*effects.Instance) *effects.Instance {
	for i := range f.Nodes {
		n := &f.Nodes[i]
		if n.Effect == nil || !n.Loop {
			continue
		}
		for _, inst := range list {
			if inst.At == n.At && inst.API == n.Effect.API {
				return inst
			}
		}
	}
	return nil
}
