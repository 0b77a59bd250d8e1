package systemd

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Bounds of one unit.
const (
	maxSettings = 500
	maxWords    = 500
)

// A setting is one assignment of a unit file.
type setting struct {
	section, key string
	value        deploy.Field[string]
	// offsets are those of the value's bytes in the file, for its lines are joined.
	offsets []int
	file    *source.File
}

// parse reads the assignments of a unit file, those of no section left out. A line
// that ends in a backslash goes on in the next; lines that start with # or ; are
// comments.
//
// Source: systemd.syntax(7).
func parse(f *source.File) []setting {
	var list []setting
	section := ""
	at := 0
	for at < len(f.Text) && len(list) < maxSettings {
		start := at
		line := cutLine(f.Text, &at)
		trimmed := bytes.TrimSpace(line)
		switch {
		case len(trimmed) == 0 || trimmed[0] == '#' || trimmed[0] == ';':
			continue
		case trimmed[0] == '[' && trimmed[len(trimmed)-1] == ']':
			section = string(trimmed[1 : len(trimmed)-1])
			continue
		}
		key, value, found := bytes.Cut(line, []byte("="))
		if !found || section == "" {
			continue
		}
		s := setting{section: section, key: strings.TrimSpace(string(key)), file: f}
		var text []byte
		add := func(part []byte, from int) {
			lead := len(part) - len(bytes.TrimLeft(part, " \t"))
			for i, c := range bytes.TrimSpace(part) {
				text = append(text, c)
				s.offsets = append(s.offsets, from+lead+i)
			}
		}
		add(value, start+len(key)+1)
		for len(text) > 0 && text[len(text)-1] == '\\' && at < len(f.Text) {
			next := at
			more := cutLine(f.Text, &at)
			if body := bytes.TrimSpace(more); len(body) > 0 && (body[0] == '#' || body[0] == ';') {
				continue
			}
			text[len(text)-1] = ' ' // systemd puts a blank in the backslash's place
			add(more, next)
		}
		value = bytes.TrimRight(text, " \t")
		s.offsets = s.offsets[:len(value)]
		s.value = deploy.Field[string]{Value: string(value), Set: true, Unknown: filledIn(string(value))}
		if len(value) > 0 {
			s.value.Position = f.At(s.offsets[0], s.offsets[len(s.offsets)-1]+1)
		} else {
			end := start + len(bytes.TrimRight(line, " \t"))
			s.value.Position = f.At(end, end)
		}
		list = append(list, s)
	}
	return list
}

func cutLine(text []byte, at *int) []byte {
	line, _, _ := bytes.Cut(text[*at:], []byte("\n"))
	*at += len(line) + 1
	return bytes.TrimSuffix(line, []byte("\r"))
}

// filledIn tells of a value that a template engine or configure script makes.
// Specifiers such as %i and variables such as ${OPTIONS} are systemd's own.
func filledIn(text string) bool {
	for _, open := range []string{"{{", "<%", "{%", "[[", "#{"} {
		if strings.Contains(text, open) {
			return true
		}
	}
	_, _, ok := substitution(text)
	return ok
}

// substitution finds the @NAME@ of a configure script or meson.
func substitution(text string) (start, end int, ok bool) {
	start = strings.IndexByte(text, '@')
	if start < 0 {
		return 0, 0, false
	}
	n := strings.IndexByte(text[start+1:], '@')
	if n < 1 || strings.Trim(text[start+1:start+1+n], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") != "" {
		return 0, 0, false
	}
	return start, start + n + 2, true
}

// A word is one of a command line or list, with its place.
type word struct {
	text string
	at   finding.Position
}

// words are those of a setting's value.
func (s *setting) words() []word {
	list := split(s.value.Value)
	out := make([]word, len(list))
	for i, w := range list {
		out[i] = word{w.text, s.file.At(s.offsets[w.start], s.offsets[w.end-1]+1)}
	}
	return out
}

type span struct {
	text       string
	start, end int
}

// holes are the ways in which template engines mark what they fill in.
var holes = [][2]string{{"{{", "}}"}, {"{%", "%}"}, {"<%", "%>"}, {"#{", "}"}, {"${", "}"}}

// split splits a command line or a list of assignments as systemd does: quotes
// keep blanks, a backslash escapes. What a template engine fills in is part of a
// word.
//
// Source: systemd.service(5), "Command lines"; systemd.exec(5), "Environment=".
func split(text string) []span {
	var list []span
	var b strings.Builder
	in, quote, start := false, byte(0), 0
	begin := func(i int) {
		if !in {
			in, start = true, i
		}
	}
next:
	for i := 0; i < len(text) && len(list) < maxWords; i++ {
		c := text[i]
		for _, h := range holes {
			if n := strings.Index(text[i:], h[1]); n > 0 && strings.HasPrefix(text[i:], h[0]) {
				begin(i)
				b.WriteString(text[i : i+n+len(h[1])])
				i += n + len(h[1]) - 1
				continue next
			}
		}
		switch {
		case c == '\\' && i+1 < len(text):
			begin(i)
			i++
			b.WriteByte(text[i])
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				b.WriteByte(c)
			}
		case c == '"' || c == '\'':
			begin(i)
			quote = c
		case c == ' ' || c == '\t':
			if in {
				list = append(list, span{b.String(), start, i})
				b.Reset()
				in = false
			}
		default:
			begin(i)
			b.WriteByte(c)
		}
	}
	if in {
		list = append(list, span{b.String(), start, len(text)})
	}
	return list
}

// spanUnits are the units of time spans.
//
// Source: systemd.time(7).
var spanUnits = map[string]time.Duration{
	"": time.Second, "s": time.Second, "sec": time.Second, "second": time.Second, "seconds": time.Second,
	"ms": time.Millisecond, "msec": time.Millisecond, "us": time.Microsecond, "usec": time.Microsecond,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour, "hours": time.Hour, "d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
}

// duration reads a time span: 90, 1min 30s.
func duration(text string) (time.Duration, bool) {
	var total time.Duration
	rest := strings.TrimSpace(text)
	if rest == "" {
		return 0, false
	}
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		n, err := strconv.ParseFloat(rest[:digits], 64)
		if err != nil {
			return 0, false
		}
		rest = strings.TrimLeft(rest[digits:], " ")
		letters := len(rest) - len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz"))
		unit, ok := spanUnits[rest[:letters]]
		if !ok || n*float64(unit) > float64(1000*time.Hour) {
			return 0, false
		}
		total += time.Duration(n * float64(unit))
		if total > 1000*time.Hour {
			return 0, false
		}
		rest = strings.TrimLeft(rest[letters:], " ")
	}
	return total, true
}

// seconds is a time span in whole seconds, rounded down. None and infinity are
// the same: there is no bound that is known.
func seconds(f deploy.Field[string]) deploy.Field[int] {
	n := deploy.Field[int]{Set: f.Set, Unknown: f.Unknown, Position: f.Position}
	if !f.Set || f.Unknown {
		return n
	}
	d, ok := duration(f.Value)
	n.Value, n.Unknown = int(d/time.Second), !ok || d == 0
	return n
}
