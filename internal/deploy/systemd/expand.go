package systemd

import "strings"

// specifiers are those that are the same on every machine, for a system's unit.
//
// Source: systemd.unit(5), "Specifiers".
var specifiers = map[byte]string{
	'%': "%", 'C': "/var/cache", 'E': "/etc", 'L': "/var/log", 'S': "/var/lib", 't': "/run", 'T': "/tmp", 'V': "/var/tmp", 'h': "/root", 'U': "0", 'u': "root",
}

// expand puts in what the specifiers of a text stand for; known is false where one
// depends on the machine or the instance, or something else fills the text in. What
// is not known stands in $( ), as in the arguments of other workloads.
func (u *unit) expand(text string) (out string, known bool) {
	known = true
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if end, ok := holeAt(text, i); ok {
			b.WriteString("$(" + text[i:end] + ")")
			i, known = end-1, false
			continue
		}
		if text[i] != '%' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		value, ok := specifiers[text[i]]
		name := u.name[:len(u.name)-len(suffixOf(u.name))]
		prefix, instance, isTemplate := strings.Cut(name, "@")
		switch text[i] {
		case 'n':
			value, ok = u.name, !isTemplate || instance != ""
		case 'N':
			value, ok = name, !isTemplate || instance != ""
		case 'p':
			value, ok = prefix, true
		case 'i', 'I':
			value, ok = instance, instance != "" || !isTemplate
		}
		if !ok {
			value, known = "$(%"+text[i:i+1]+")", false
		}
		b.WriteString(value)
	}
	return b.String(), known
}

func suffixOf(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[i:]
	}
	return ""
}

// holeAt is the end of what a template engine fills in that starts at an offset.
func holeAt(text string, at int) (end int, ok bool) {
	for _, h := range holes {
		if h[0] == "${" {
			continue // a variable of the unit
		}
		if n := strings.Index(text[at:], h[1]); n > 0 && strings.HasPrefix(text[at:], h[0]) {
			return at + n + len(h[1]), true
		}
	}
	if at < len(text) && text[at] == '@' {
		if start, end, found := substitution(text[at:]); found && start == 0 {
			return at + end, true
		}
	}
	return 0, false
}

// argument is a word of a command line: specifiers and what is filled in as by
// expand, and variables as $(NAME). open is true of a word that may become several,
// or none.
func (u *unit) argument(text string) (out string, open bool) {
	if name, ok := strings.CutPrefix(text, "$"); ok && isVariable(name) {
		return "$(" + name + ")", true
	}
	if end, ok := holeAt(text, 0); ok && end == len(text) {
		open = true
	}
	text, _ = u.expand(text)
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '$' && i+1 < len(text) {
			if text[i+1] == '$' {
				b.WriteByte('$')
				i++
				continue
			}
			if end := strings.IndexByte(text[i:], '}'); text[i+1] == '{' && end > 0 && isVariable(text[i+2:i+end]) {
				b.WriteString("$(" + text[i+2:i+end] + ")")
				i += end
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String(), open
}

func isVariable(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") == ""
}
