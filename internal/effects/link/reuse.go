package link

import (
	"math/bits"

	"github.com/cnready/cnready/internal/effects"
)

// What a value comes to depends on more than the value and the frame: a circle is
// cut where it closes, so what is being resolved already counts too. A value that
// met a circle is therefore remembered together with the marks that it met, and
// taken again only where the same of them are being resolved: resolving it anew
// would then give the same. Without that the ways through a circle are walked one
// by one, and a program of some size has millions of them.
//
// Steps and depth are counted as if nothing were remembered here, so that what is
// too large to follow does not depend on it.

// A mark is a parameter, a field or a package variable, on which a circle is cut.
type mark struct {
	// active is set while it is being resolved; provisional is then what it is
	// without going in a circle, see assigned.
	active      bool
	provisional *effects.Value
	// id is its bit in sets of marks; 0 for one that is in none.
	id int
	// callers are of a parameter the calls of its function, once these are settled.
	callers []edge
}

// A parameter is the key of a parameter's mark.
type parameter struct {
	fn    string
	index int
}

// A subject is what is resolved.
type subject struct {
	value *effects.Value
	frame *frame
}

// An outcome is what a subject came to, and under which circumstances.
type outcome struct {
	next  *outcome
	value *effects.Value
	// steps and height are how many steps it would take again and how deep these
	// would go.
	steps, height int
	// cut is set where a circle was cut.
	cut bool
	// met are the marks that were met, held those of them that were active before.
	met  markSet
	held []heldMark
	// depth is the only one at which it holds, for the bound on depth was met
	// below; -1 for any. learned is then how much was known.
	depth, learned int
}

type heldMark struct {
	*mark
	provisional *effects.Value
}

// A meeting is a mark that was met, or all those that an outcome met.
type meeting struct {
	mark *mark
	set  markSet
}

// A callSite is the key of a frame, an application that of a call of a function
// value: equal ones share what is remembered.
type callSite struct {
	callee *effects.Function
	call   *effects.Value
	outer  *frame
}

type application struct {
	result *effects.Value
	fn     string
	recv   *effects.Value
}

// A reuse is what a resolver remembers of values in circles and frames.
type reuse struct {
	// settled is set when nothing is added any more to what values are made of.
	settled  bool
	outcomes map[subject]*outcome
	sites    map[callSite]*frame
	calls    map[application]*effects.Value

	paramMarks              map[parameter]*mark
	fieldMarks, globalMarks map[string]*mark
	// byID are the marks that are in sets, active those being resolved.
	byID   []*mark
	active markSet
	// met are the marks met since the outermost value, repeated the steps that it
	// would take to resolve that again, deepest how deep these go.
	met               []meeting
	repeated, deepest int
	// tooLong and tooDeep count how often a bound was met, on steps and on depth.
	tooLong, tooDeep int
	// circular are values that met a circle. One that is remembered for good after
	// all, because a bound kept it from the circle, makes what came of it before
	// void: lost counts these. beyond are values that lay too deep; one that is
	// remembered for good is no more too deep: learned counts these.
	circular, beyond map[*effects.Value]bool
	lost, learned    int
	// fresh is set for a value that was made just now, which nobody will ask for
	// again.
	fresh bool
}

// minSteps is the number of steps from which on it is worth remembering what came
// of them.
const minSteps = 4

func newReuse() reuse {
	return reuse{
		outcomes: map[subject]*outcome{}, sites: map[callSite]*frame{}, calls: map[application]*effects.Value{},
		paramMarks: map[parameter]*mark{}, fieldMarks: map[string]*mark{}, globalMarks: map[string]*mark{},
		circular: map[*effects.Value]bool{}, beyond: map[*effects.Value]bool{},
	}
}

func markOf[K comparable](marks map[K]*mark, key K) *mark {
	m := marks[key]
	if m == nil {
		m = &mark{}
		marks[key] = m
	}
	return m
}

// begin makes a mark active, end ends that.
func (u *reuse) begin(m *mark) {
	m.active = true
	if m.id > 0 {
		u.active.add(m.id)
	}
}

func (u *reuse) end(m *mark) {
	m.active = false
	if m.id > 0 {
		u.active[m.id/64] &^= 1 << (m.id % 64)
	}
}

// meet notes that what comes of the values being resolved depends on whether m is
// active.
func (u *reuse) meet(m *mark) { u.met = append(u.met, meeting{mark: m}) }

// frameOf is the frame of one call of a function.
func (u *reuse) frameOf(site callSite) *frame {
	fr := u.sites[site]
	if fr == nil {
		fr = &frame{fn: site.callee.ID, args: site.call.Args, outer: site.outer, at: &site.call.At}
		if len(fr.args) > 0 {
			fr.recv, fr.args = fr.args[0], fr.args[1:]
		}
		u.sites[site] = fr
	}
	return fr
}

// callOf is the call of one of the functions that a function value may be. where
// is the call of the value.
func (u *reuse) callOf(fn, where *effects.Value) *effects.Value {
	key := application{result: where, fn: fn.Text}
	if len(fn.Args) > 0 {
		key.recv = fn.Args[0]
	}
	call := u.calls[key]
	if call == nil {
		recv := key.recv
		if recv == nil {
			recv = effects.Unresolved("has no receiver", where.At)
		}
		call = &effects.Value{
			Kind: effects.Result, Text: fn.Text, Index: where.Index, At: where.At,
			Args: append([]*effects.Value{recv}, where.Args[1:]...),
		}
		u.calls[key] = call
	}
	return call
}

// reusing tells whether outcomes may be remembered and recalled: not while the
// rows of a table are told apart or parameters stay what they are.
func (r *resolver) reusing() bool {
	return r.settled && r.rows == nil && r.kept == "" && !r.forgetful
}

// recall is what a subject came to before under the same circumstances, nil where
// that is not known.
func (r *resolver) recall(s subject, depth int) *outcome {
	for o := r.outcomes[s]; o != nil; o = o.next {
		bounded := depth+o.height <= maxDepth
		if o.depth >= 0 {
			bounded = depth == o.depth && r.learned == o.learned
		}
		if !bounded || r.steps+o.steps > maxSteps || !o.holds(r.active) {
			continue
		}
		r.steps += o.steps
		r.repeated += o.steps
		r.deepest = max(r.deepest, depth+o.height)
		if o.cut {
			r.cuts++
		}
		if o.depth >= 0 {
			r.tooDeep++
		}
		if len(o.met) > 0 {
			r.met = append(r.met, meeting{set: o.met})
		}
		return o
	}
	return nil
}

// holds tells whether of the marks that were met the same ones are active.
func (o *outcome) holds(active markSet) bool {
	for _, h := range o.held {
		if !h.active || h.mark.provisional != h.provisional {
			return false
		}
	}
	return active.common(o.met) == len(o.held)
}

// An attempt is what was counted when the resolution of a subject began.
type attempt struct {
	subject
	fresh                               bool
	depth, met, cuts, repeated, deepest int
	tooLong, tooDeep, lost, learned     int
}

// attempt counts a step.
func (r *resolver) attempt(s subject, depth int, fresh bool) attempt {
	a := attempt{
		subject: s, fresh: fresh, depth: depth, met: len(r.met), cuts: r.cuts, repeated: r.repeated, deepest: r.deepest,
		tooLong: r.tooLong, tooDeep: r.tooDeep, lost: r.lost, learned: r.learned,
	}
	r.steps++
	r.repeated++
	r.deepest = depth
	return a
}

// beyondBounds tells whether a subject is too far to follow.
func (r *resolver) beyondBounds(a attempt) bool {
	switch {
	case r.steps > maxSteps:
		r.tooLong++
		return true
	case a.depth > maxDepth:
		r.tooDeep++
		if a.frame == nil {
			r.beyond[a.value] = true
		}
		return true
	}
	return false
}

// done remembers what a subject came to: for good where neither frames nor
// circles have to do with it.
func (r *resolver) done(a attempt, out *effects.Value) {
	if a.frame == nil && a.cuts == r.cuts && !a.fresh {
		r.memo[a.value] = out
		if r.beyond[a.value] {
			delete(r.beyond, a.value)
			r.learned++
		}
		if r.circular[a.value] {
			clear(r.outcomes)
			r.lost++
		}
		// Next time it costs nothing.
		r.repeated, r.deepest, r.met = a.repeated, a.deepest, r.met[:a.met]
		return
	}
	if a.frame == nil {
		r.circular[a.value] = true
	}
	o := &outcome{value: out, steps: r.repeated - a.repeated, height: r.deepest - a.depth, cut: a.cuts != r.cuts, depth: -1}
	r.deepest = max(r.deepest, a.deepest)
	if a.tooDeep != r.tooDeep {
		o.depth, o.learned = a.depth, a.learned
	}
	switch {
	case !r.reusing(), o.steps < minSteps, a.tooLong != r.tooLong, a.lost != r.lost, o.depth >= 0 && a.learned != r.learned:
		return
	}
	o.met = r.gather(a.met)
	for i := range min(len(o.met), len(r.active)) {
		for w := r.active[i] & o.met[i]; w != 0; w &= w - 1 {
			m := r.byID[i*64+bits.TrailingZeros64(w)-1]
			o.held = append(o.held, heldMark{m, m.provisional})
		}
	}
	o.next = r.outcomes[a.subject]
	r.outcomes[a.subject] = o
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
