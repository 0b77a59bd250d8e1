package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteContractsText writes the contracts for people: a page for each service,
// with a line for each thing that it does to its surroundings, and behind it the
// places where it does.
func WriteContractsText(w io.Writer, c *Contracts, opts TextOptions) error {
	t := &textWriter{
		report: &Report{NotAnalyzed: c.NotAnalyzed},
		opts:   opts, width: max(cmp.Or(opts.Width, contractWidth), minWidth), paint: newPalette(opts.Color),
	}
	for i := range c.Services {
		t.contract(&c.Services[i])
	}
	if len(c.Services) == 0 {
		t.line("No Go service was found.")
		t.line("")
	}
	for i, m := range c.NotShown {
		head := "not shown: "
		if i > 0 {
			head = strings.Repeat(" ", len(head))
		}
		t.hang(t.paint.dim(head), len(head), because(cmp.Or(m.Dir, m.Name), m.Reason), t.paint.dim)
	}
	if len(c.NotShown) > 0 {
		t.hang("", 0, "cnready contract --service NAME shows one of them.", t.paint.dim)
		t.line("")
	}
	t.notAnalyzed()
	out := append([]byte(strings.TrimRight(t.out.String(), "\n")), '\n')
	_, err := w.Write(out)
	return err
}

// Columns of a contract.
const (
	contractWidth = 140 // of the page where the terminal's is not known
	kindWidth     = 9   // of the first column
	mostDetail    = 40  // of the second
	leastText     = 64  // of all that stands before the places
)

// A row is one line of a contract.
type row struct {
	kind   string
	detail string // what kind of it, or its name
	value  string
	file   string
	line   int
}

// contract writes the page of one service.
func (t *textWriter) contract(s *ServiceContract) {
	c := &s.Contract
	t.line(t.paint.bold(clean(s.Name)) + "  " + t.paint.dim(clean(s.Dir)))
	if e := c.EntryPoint; e != nil {
		t.hang(fmt.Sprintf("  %-*s ", kindWidth, "starts"), kindWidth+3,
			fmt.Sprintf("%s (%s, %s)", cmp.Or(strings.Join(e.Command, " "), "no subcommand"), e.Reason, place(e.File, e.Line)), nil)
	}
	groups := [][]row{
		listenRows(c), routeRows(c), dialRows(c), envRows(c), flagRows(c), accessRows("read", c.Reads),
		accessRows("write", c.Writes), execRows(c), useRows(c), shutdownRows(c),
	}
	var gaps []row
	for _, g := range c.Gaps {
		gaps = append(gaps, row{value: g.What, file: g.File, line: g.Line})
	}
	groups = append(groups, gaps)
	columns := t.columns(groups)
	empty := true
	for _, g := range groups[:len(groups)-1] {
		if len(g) > 0 {
			empty = false
			t.rows(g, 2+kindWidth+1, columns)
		}
	}
	if empty {
		t.line("  does nothing that was seen")
	}
	if len(gaps) > 0 {
		t.line("")
		t.line("  " + t.paint.yellow("could not be told"))
		t.rows(gaps, 4, columns)
	}
	t.subcommands(c)
	t.line("")
}

// columns is the column at which places stand on a page: behind the longest
// text, unless that leaves too little for them.
func (t *textWriter) columns(groups [][]row) int {
	text, longest := 0, 0
	for _, g := range groups {
		lines := together(g)
		detail := detailWidth(lines)
		for _, l := range lines {
			if l.places == "" {
				continue // it may take the whole line
			}
			longest = max(longest, textWidth(clean(l.places)))
			text = max(text, 2+kindWidth+1+detail+textWidth(clean(l.value))+2)
		}
	}
	return min(text, max(leastText, t.width-longest))
}

// detailWidth is the width of a group's second column, with the gap behind it.
func detailWidth(lines []placedRow) int {
	n := 0
	for _, l := range lines {
		// One that is too long pushes its own line only.
		if w := textWidth(clean(l.detail)); w <= mostDetail {
			n = max(n, w)
		}
	}
	if n > 0 {
		n += 2
	}
	return n
}

// rows writes the lines of one kind, from the column indent on, with their places
// at the column at.
func (t *textWriter) rows(list []row, indent, at int) {
	lines := together(list)
	detail := detailWidth(lines)
	for _, l := range lines {
		head := strings.Repeat(" ", indent)
		if l.kind != "" {
			head = "  " + t.paint.blue(fmt.Sprintf("%-*s", kindWidth, l.kind)) + " "
		}
		name := clean(l.detail)
		used := max(detail, textWidth(name)+2)
		if name == "" {
			used = 0
		}
		head += name + strings.Repeat(" ", max(0, used-textWidth(name)))
		width := at - 2 - indent - used
		if l.places == "" {
			width = t.width - indent - used
		}
		parts := []string{clean(l.value)}
		if textWidth(parts[0]) > width {
			parts = wrap(l.value, max(width, minWidth/2))
		}
		for i, p := range parts {
			switch {
			case i > 0:
				head = strings.Repeat(" ", indent+used)
			case l.places != "":
				p += strings.Repeat(" ", max(2, at-indent-used-textWidth(p))) + t.paint.dim(clean(l.places))
			}
			t.line(head + p)
		}
	}
}

// A placedRow stands for all rows that say the same.
type placedRow struct {
	row
	places string
}

// together makes one of the rows that differ only in their place.
func together(list []row) []placedRow {
	type key struct{ kind, detail, value string }
	var order []key
	places := map[key][]string{}
	for _, r := range list {
		k := key{r.kind, r.detail, r.value}
		if _, ok := places[k]; !ok {
			order = append(order, k)
			places[k] = nil
		}
		if p := place(r.file, r.line); p != "" && !slices.Contains(places[k], p) {
			places[k] = append(places[k], p)
		}
	}
	out := make([]placedRow, 0, len(order))
	for _, k := range order {
		out = append(out, placedRow{row{kind: k.kind, detail: k.detail, value: k.value}, firstOf(places[k])})
	}
	return out
}

// firstOf is the first of several places, and how many more there are.
func firstOf(places []string) string {
	switch len(places) {
	case 0:
		return ""
	case 1:
		return places[0]
	}
	return fmt.Sprintf("%s and %d more", places[0], len(places)-1)
}

func listenRows(c *Contract) (out []row) {
	for _, l := range c.Listens {
		out = append(out, row{"listen", l.Network, cmp.Or(l.Expression, "*"), l.File, l.Line})
	}
	return out
}

func routeRows(c *Contract) (out []row) {
	for _, r := range c.Routes {
		value := r.Path
		if r.Method != "" {
			value = r.Method + " " + value
		}
		var notes []string
		if r.Role != "" {
			notes = append(notes, r.Role)
		}
		if by := settings(r.From); len(by) > 0 {
			notes = append(notes, "changed by "+few(by, 2))
		}
		if len(notes) > 0 {
			value += "  (" + strings.Join(notes, ", ") + ")"
		}
		out = append(out, row{"serve", r.Protocol, value, r.File, r.Line})
	}
	return out
}

// settings are the sources that configure something, a key of the configuration
// only where no flag is called so.
func settings(from []Source) (out []string) {
	for _, s := range from {
		switch s.Kind {
		case "env":
			out = append(out, "env "+s.Name)
		case "flag":
			out = append(out, "flag --"+s.Name)
		case "config":
			if !slices.ContainsFunc(from, func(o Source) bool { return o.Kind == "flag" && o.Name == s.Name }) {
				out = append(out, "config "+s.Name)
			}
		}
	}
	// A flag is what most people would set.
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(-cmp.Compare(strings.Count(a, "flag --"), strings.Count(b, "flag --")), strings.Compare(a, b))
	})
	return slices.Compact(out)
}

func dialRows(c *Contract) (out []row) {
	for _, d := range c.Dials {
		out = append(out, row{"dial", d.Network, cmp.Or(d.Expression, "*"), d.File, d.Line})
	}
	return out
}

// envRows has each variable of the code once, with all that its places say.
// Those that only a library reads are together by the call that makes it do so,
// and of many the first are named. Those that the runtime of every Go program
// reads share a row without a place, for no line of the program says so.
func envRows(c *Contract) (out []row) {
	var byRuntime []string
	var calls []row // of libraries
	byCall := map[row][]string{}
	for i := 0; i < len(c.Env); {
		name := c.Env[i].Name
		required := false
		var defaults, readers []string
		begin := i
		for ; i < len(c.Env) && c.Env[i].Name == name; i++ {
			e := c.Env[i]
			required = required || e.Required
			if e.Default != nil && !slices.Contains(defaults, *e.Default) {
				defaults = append(defaults, *e.Default)
			}
			if !slices.Contains(readers, e.ReadBy) {
				readers = append(readers, e.ReadBy)
			}
		}
		var says []string
		if required {
			says = append(says, "required")
		}
		for _, d := range defaults {
			says = append(says, "default "+strconv.Quote(d))
		}
		indirect := len(says) == 0 && !slices.ContainsFunc(readers, func(r string) bool { return r != "runtime" && r != "library" })
		switch {
		case indirect && slices.Contains(readers, "runtime"):
			byRuntime = append(byRuntime, name)
			continue
		case indirect:
			call := row{file: c.Env[begin].File, line: c.Env[begin].Line}
			if byCall[call] == nil {
				calls = append(calls, call)
			}
			byCall[call] = append(byCall[call], name)
			continue
		}
		if readers = slices.DeleteFunc(readers, func(r string) bool { return r == "code" }); len(readers) > 0 {
			says = append(says, "read by "+strings.Join(readers, " and "))
		}
		for _, e := range c.Env[begin:i] {
			out = append(out, row{"env", name, strings.Join(says, ", "), e.File, e.Line})
		}
	}
	slices.SortFunc(calls, func(a, b row) int { return comparePlace(a.file, a.line, b.file, b.line) })
	for _, call := range calls {
		out = append(out, row{"env", "", "by a library: " + few(byCall[call], 3), call.file, call.line})
	}
	if len(byRuntime) > 0 {
		out = append(out, row{kind: "env", value: "by Go itself: " + strings.Join(byRuntime, ", ")})
	}
	return out
}

func flagRows(c *Contract) (out []row) {
	for _, f := range c.Flags {
		value := "default *"
		if f.Default != nil {
			value = "default " + strconv.Quote(*f.Default)
		}
		out = append(out, row{"flag", "--" + f.Name, value, f.File, f.Line})
	}
	return out
}

func accessRows(kind string, list []Access) (out []row) {
	for _, a := range list {
		value := cmp.Or(a.Expression, "*")
		if a.Durable {
			value += "  (durable)"
		}
		out = append(out, row{kind, "", value, a.File, a.Line})
	}
	return out
}

func execRows(c *Contract) (out []row) {
	for _, e := range c.Execs {
		out = append(out, row{"exec", "", cmp.Or(e.Expression, e.Program), e.File, e.Line})
	}
	return out
}

func useRows(c *Contract) (out []row) {
	for _, u := range c.Uses {
		out = append(out, row{"use", u.Kind, u.What, u.File, u.Line})
	}
	return out
}

func shutdownRows(c *Contract) []row {
	s := c.Shutdown
	if s == nil {
		if len(c.Listens)+len(c.Routes) == 0 || !c.Complete {
			return nil
		}
		return []row{{kind: "handle", value: "no signal"}}
	}
	value := "signals -> " // signal.Notify without any handles all
	if len(s.Signals) > 0 {
		value = strings.Join(s.Signals, ", ") + " -> "
	} else {
		value = "all " + value
	}
	switch {
	case len(s.Drains) == 0:
		value += "drains nothing"
	case s.TimeoutSeconds != nil:
		value += fmt.Sprintf("drains %s (%s s)", strings.Join(s.Drains, ", "), strconv.FormatFloat(*s.TimeoutSeconds, 'f', -1, 64))
	default:
		value += "drains " + strings.Join(s.Drains, ", ")
	}
	return []row{{"handle", "", value, s.File, s.Line}}
}

// subcommands names those whose effects are not in the contract.
func (t *textWriter) subcommands(c *Contract) {
	var names []string
	unnamed := 0
	for _, s := range c.Subcommands {
		switch {
		case s.Serves:
		case s.Name == "":
			unnamed++
		default:
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if unnamed > 0 {
		names = append(names, plural(unnamed, "other")+" whose name could not be told")
	}
	if len(names) == 0 {
		return
	}
	t.line("")
	head := "  left out: "
	t.hang(t.paint.dim(head), len(head), "what subcommands do that do not serve: "+strings.Join(names, ", "), t.paint.dim)
}
