package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"math/bits"

	"github.com/cnready/cnready/internal/effects"
)

// Variables that are assigned in a loop are made of each other, in circles, which
// are cut where they close. What a variable in a circle comes to therefore depends
// on what is being evaluated already. It is remembered together with the marks
// that it met, and taken again where the same of them are active, and so are the
// expressions that it is made of. Without that the ways through a circle are walked
// one by one: a generated parser has millions of them.

// A view is a variable with those of its assignments that a use of it sees. Uses
// with the same view come to the same, so a circle closes at the second of them.
type view struct {
	obj types.Object
	// initial is set where the value before all assignments is seen too.
	initial bool
	// which are the assignments, a bit for each; of those beyond the bits only the
	// number and the last one count.
	which  uint64
	number int
	last   token.Pos
	// stores is the number of assignments to its fields: while they are collected
	// not all are known.
	stores int
}

// viewOf is the view of a use that sees some of all assignments, in their order.
func (s *summarizer) viewOf(obj types.Object, visible []source, initial bool) view {
	v := view{obj: obj, initial: initial, number: len(visible), stores: len(s.fields[obj])}
	all := s.sources[obj]
	next := 0
	for i := range min(len(all), 64) {
		if next < len(visible) && all[i].site.pos == visible[next].site.pos && all[i].expr == visible[next].expr {
			v.which |= 1 << i
			next++
		}
	}
	if next < len(visible) {
		v.last = visible[len(visible)-1].site.pos
	}
	return v
}

// A mark is a view of a variable, or a variable whose fields are filled: on these
// circles are cut.
type mark struct {
	// active is set while it is being evaluated.
	active bool
	// id is its bit in sets of marks; 0 for one that is in none.
	id int
}

// An outcome is what a view or an expression came to, and under which
// circumstances.
type outcome[V any] struct {
	next  *outcome[V]
	value V
	// cut is set where a circle was cut.
	cut bool
	// met are the marks that were met, held those of them that were active before.
	met  markSet
	held []*mark
	// depth is the only one at which it holds, because what lay too deep was left
	// out; -1 for any.
	depth int
}

// A meeting is a mark that was met, or all those that an outcome met.
type meeting struct {
	mark *mark
	set  markSet
}

// counts are how often a circle was cut, and how often something was left out for
// a bound on depth or on steps.
type counts struct{ cuts, tooDeep, tooLong int }

// A reuse is what is remembered of circles.
type reuse struct {
	uses   map[view]*mark
	filled map[types.Object]*mark
	views  map[view]*outcome[*evaluated]
	exprs  map[ast.Expr]*outcome[*effects.Value]
	// byID are the marks that are in sets, active those of them that are being
	// evaluated; running counts all that are.
	byID    []*mark
	active  markSet
	running int
	// met are the marks met since the outermost view.
	met []meeting
	counts
	// forgetful is set by the test that compares outcomes with what they stand for.
	forgetful bool
}

// maxMarks is the number of marks after which all is forgotten: circles stay within
// a function, and sets of all marks of a package would be large.
const maxMarks = 1024

func newReuse() reuse {
	return reuse{
		uses: map[view]*mark{}, filled: map[types.Object]*mark{},
		views: map[view]*outcome[*evaluated]{}, exprs: map[ast.Expr]*outcome[*effects.Value]{},
	}
}

// forget drops what is remembered. Nothing may be active.
func (u *reuse) forget() {
	clear(u.uses)
	clear(u.filled)
	clear(u.views)
	clear(u.exprs)
	u.byID, u.active, u.met = nil, nil, nil
}

// enter meets the mark of a key and makes it active; ok is false where it is so
// already, and the circle is cut.
func enter[K comparable](u *reuse, marks map[K]*mark, key K) (m *mark, ok bool) {
	m = marks[key]
	if m == nil {
		m = &mark{}
		marks[key] = m
	}
	u.met = append(u.met, meeting{mark: m})
	if m.active {
		u.cuts++
		return m, false
	}
	m.active = true
	u.running++
	if m.id > 0 {
		u.active.add(m.id)
	}
	return m, true
}

// leave ends what enter began.
func (u *reuse) leave(m *mark) {
	m.active = false
	u.running--
	if m.id > 0 {
		u.active[m.id/64] &^= 1 << (m.id % 64)
	}
}

// recall is what a key came to before under the same circumstances; ok is false
// where that is not known.
func recall[K comparable, V any](u *reuse, outcomes map[K]*outcome[V], key K, depth int) (value V, ok bool) {
	for o := outcomes[key]; o != nil; o = o.next {
		if o.depth >= 0 && o.depth != depth || !o.holds(u.active) {
			continue
		}
		if o.cut {
			u.cuts++
		}
		if o.depth >= 0 {
			u.tooDeep++
		}
		if len(o.met) > 0 && u.running > 0 {
			u.met = append(u.met, meeting{set: o.met})
		}
		return o.value, true
	}
	return value, false
}

// holds tells whether of the marks that were met the same ones are active.
func (o *outcome[V]) holds(active markSet) bool {
	for _, m := range o.held {
		if !m.active {
			return false
		}
	}
	return active.common(o.met) == len(o.held)
}

// A start is what was counted when an evaluation began.
type start struct {
	counts
	met, depth int
}

func (u *reuse) start(depth int) start { return start{u.counts, len(u.met), depth} }

// remember keeps what a key came to.
func remember[K comparable, V any](u *reuse, outcomes map[K]*outcome[V], key K, value V, from start) {
	if u.forgetful || u.tooLong != from.tooLong {
		return
	}
	o := &outcome[V]{next: outcomes[key], value: value, cut: u.cuts != from.cuts, depth: -1}
	outcomes[key] = o
	if u.tooDeep != from.tooDeep {
		o.depth = from.depth
	}
	if u.counts == from.counts {
		u.met = u.met[:from.met] // it has to do with no circle
		return
	}
	o.met = u.gather(from.met)
	for i := range min(len(o.met), len(u.active)) {
		for w := u.active[i] & o.met[i]; w != 0; w &= w - 1 {
			o.held = append(o.held, u.byID[i*64+bits.TrailingZeros64(w)-1])
		}
	}
	if u.running == 0 {
		u.met = u.met[:from.met]
	}
}

// gather makes one set of all that was met since.
func (u *reuse) gather(since int) markSet {
	list := u.met[since:]
	if len(list) == 1 && list[0].mark == nil {
		return list[0].set
	}
	var out markSet
	for _, x := range list {
		if m := x.mark; m != nil {
			if m.id == 0 {
				u.byID = append(u.byID, m)
				m.id = len(u.byID)
				if m.active {
					u.active.add(m.id)
				}
			}
			out.add(m.id)
			continue
		}
		for len(out) < len(x.set) {
			out = append(out, 0)
		}
		for i, w := range x.set {
			out[i] |= w
		}
	}
	u.met = append(u.met[:since], meeting{set: out})
	return out
}

// A markSet is a set of marks, a bit for each by its id.
type markSet []uint64

func (s *markSet) add(id int) {
	for len(*s) <= id/64 {
		*s = append(*s, 0)
	}
	(*s)[id/64] |= 1 << (id % 64)
}

// common is the number of marks that are in both sets.
func (s markSet) common(t markSet) int {
	n := 0
	for i := range min(len(s), len(t)) {
		n += bits.OnesCount64(s[i] & t[i])
	}
	return n
}
