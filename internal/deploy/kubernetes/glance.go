package kubernetes

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// glance keeps the identity of an object whose document is not worth parsing:
// what stands at the start of its lines, and in its metadata.
func (f *parsedFile) glance(d *yamldoc.Document) {
	o := deploy.Object{Platform: deploy.Kubernetes}
	if body := bytes.TrimLeft(d.Text, " \t\r\n"); len(body) > 0 && body[0] == '{' {
		var object struct {
			APIVersion, Kind string
			Metadata         struct{ Name, Namespace string }
		}
		if json.Unmarshal(body, &object) != nil {
			return
		}
		o.APIVersion, o.Kind, o.Name, o.Namespace = object.APIVersion, object.Kind, object.Metadata.Name, object.Metadata.Namespace
		o.Position = d.Position(len(d.Text)-len(body), -1)
		o.APIPosition = o.Position
		f.sighted(o)
		return
	}
	inMetadata, indent, at := false, -1, 0
	for line := range bytes.Lines(d.Text) {
		start := at
		at += len(line)
		text := bytes.TrimLeft(line, " ")
		depth := len(line) - len(text)
		key, value, found := bytes.Cut(bytes.TrimRight(text, " \t\r\n"), []byte(":"))
		if !found || len(text) == 0 || text[0] == '#' || text[0] == '-' {
			continue
		}
		if depth == 0 {
			inMetadata, indent = string(key) == "metadata", -1
		} else if inMetadata && indent < 0 {
			indent = depth
		}
		word, offset := scalar(value)
		if depth == 0 && string(key) == "metadata" && strings.HasPrefix(word, "{") {
			if d.Parse() == nil && d.Root != nil {
				f.sighted(identify(d.Top()))
			}
			return
		}
		if word == "" {
			continue
		}
		place := d.Position(start+depth+len(key)+1+offset, start+depth+len(key)+1+offset+len(word))
		word = strings.Trim(word, `"'`)
		switch {
		case depth == 0 && string(key) == "apiVersion":
			o.APIVersion, o.APIPosition = word, place
		case depth == 0 && string(key) == "kind":
			o.Kind = word
			if !o.Position.IsValid() {
				o.Position = place
			}
		case inMetadata && depth == indent && string(key) == "name":
			o.Name, o.Position = word, place
		case inMetadata && depth == indent && string(key) == "namespace":
			o.Namespace = word
		}
	}
	if o.Kind != "" && o.APIVersion != "" {
		f.sighted(o)
	}
}

// scalar is a plain or quoted word on one line, without its comment, and where
// it starts.
func scalar(value []byte) (word string, offset int) {
	text := strings.TrimLeft(string(value), " \t")
	offset = len(value) - len(text)
	if i := strings.Index(text, " #"); i >= 0 {
		text = text[:i]
	}
	return strings.TrimRight(text, " \t"), offset
}

// topKind is the kind that stands at the start of a line, "" where none does.
func topKind(text []byte) string {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte("kind:"))
		if i < 0 {
			return ""
		}
		at += i
		if at == 0 || text[at-1] == '\n' {
			value, _, _ := bytes.Cut(text[at+len("kind:"):], []byte("\n"))
			word, _ := scalar(bytes.TrimRight(value, "\r"))
			return strings.Trim(word, `"'`)
		}
		at += len("kind:")
	}
}
