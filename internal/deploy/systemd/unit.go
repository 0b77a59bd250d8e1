package systemd

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
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
		if !found {
			continue
		}
		text := strings.TrimSpace(string(value))
		from := start + len(key) + 1 + len(value) - len(bytes.TrimLeft(value, " \t"))
		end := from + len(text)
		for strings.HasSuffix(text, "\\") && at < len(f.Text) {
			text = strings.TrimSpace(strings.TrimSuffix(text, "\\"))
			next := at
			more := cutLine(f.Text, &at)
			body := strings.TrimSpace(string(more))
			if strings.HasPrefix(body, "#") || strings.HasPrefix(body, ";") {
				text += "\\"
				continue
			}
			text += " " + body
			end = next + len(bytes.TrimRight(more, " \t\r\n"))
		}
		list = append(list, setting{section, strings.TrimSpace(string(key)), deploy.Field[string]{
			Value: text, Set: true, Unknown: filledIn(text), Position: f.At(from, end),
		}})
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
	i := strings.IndexByte(text, '@')
	return i >= 0 && strings.Count(text[i+1:], "@") > 0 && isName(text[i+1:i+1+strings.IndexByte(text[i+1:], '@')])
}

// isName tells of the name of a substitution of configure and meson.
func isName(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") == ""
}

// words splits a command line or a list of assignments as systemd does: quotes
// keep blanks, a backslash escapes.
//
// Source: systemd.service(5), "Command lines"; systemd.exec(5), "Environment=".
func words(text string) []string {
	var list []string
	var b strings.Builder
	in, quote := false, byte(0)
	for i := 0; i < len(text) && len(list) < maxWords; i++ {
		c := text[i]
		switch {
		case quote == 0 && strings.HasPrefix(text[i:], "{{") && strings.Contains(text[i:], "}}"):
			n := strings.Index(text[i:], "}}") + 2
			b.WriteString(text[i : i+n])
			i, in = i+n-1, true
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
			in = true
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				b.WriteByte(c)
			}
		case c == '"' || c == '\'':
			quote, in = c, true
		case c == ' ' || c == '\t':
			if in {
				list = append(list, b.String())
				b.Reset()
				in = false
			}
		default:
			b.WriteByte(c)
			in = true
		}
	}
	if in {
		list = append(list, b.String())
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

// span reads a time span: 90, 1min 30s.
func span(text string) (time.Duration, bool) {
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
		if !ok {
			return 0, false
		}
		total += time.Duration(n * float64(unit))
		if total < 0 || total > 1000*time.Hour {
			return 0, false
		}
		rest = strings.TrimLeft(rest[letters:], " ")
	}
	return total, true
}
