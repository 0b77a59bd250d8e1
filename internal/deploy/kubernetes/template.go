package kubernetes

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// isTemplate tells of an OpenShift Template; the version without a group is that
// of old releases.
func isTemplate(version, kind string) bool {
	return kind == "Template" && (version == "template.openshift.io/v1" || version == "v1")
}

// templateParameter is a reference to a parameter: ${NAME} in a string, ${{NAME}}
// alone for a value of any type (OpenShift documentation, "Writing parameters").
var templateParameter = lazyregexp.New(`\$\{\{([A-Za-z0-9_]+)\}\}|\$\{([A-Za-z0-9_]+)\}`)

// readTemplate reads the objects of an OpenShift Template. Parameters stand for
// their defaults; what has none stays as it is written, and is not known.
func (f *parsedFile) readTemplate(c yamldoc.Cursor) {
	f.objects++
	f.sighted(identify(c))
	values := map[string]string{}
	for _, p := range c.Get("parameters").Items() {
		if value := p.Get("value"); value.Set() && value.Text() != "" && p.Get("name").Text() != "" {
			values[p.Get("name").Text()] = value.Text()
		}
	}
	d := c.Doc
	d.Placeholder = templateParameter.MatchString
	seen := map[*yaml.Node]bool{}
	substitute(c.Get("objects").Node, values, seen)
	for _, item := range c.Get("objects").Items() {
		version, kind := item.Get("apiVersion").Text(), item.Get("kind").Text()
		if version == "" || kind == "" {
			continue
		}
		if f.objects >= maxObjects {
			f.note(fmt.Sprintf("has more than %d objects; the rest was not read", maxObjects))
			return
		}
		raw, err := nodeJSON(item.Node)
		if err != nil {
			f.objects++
			f.note(yamldoc.Say(item.At, d.File, "cannot be converted: "+err.Error()))
			continue
		}
		f.readObject(item, raw, version, kind, 1)
	}
}

// substitute puts the parameters' values into the scalars below a node.
func substitute(n *yaml.Node, values map[string]string, seen map[*yaml.Node]bool) {
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	for _, sub := range n.Content {
		substitute(sub, values, seen)
	}
	if n.Alias != nil {
		substitute(n.Alias, values, seen)
	}
	if n.Kind != yaml.ScalarNode || !strings.Contains(n.Value, "${") {
		return
	}
	if m := templateParameter.FindStringSubmatch(n.Value); len(m) > 1 && m[0] == n.Value && m[1] != "" {
		if value, ok := values[m[1]]; ok {
			// Not a string any more, whatever its quotes: the type is the value's.
			n.Value, n.Tag, n.Style = value, "", 0
		} else {
			yamldoc.Withhold(n)
		}
		return
	}
	n.Value = templateParameter.ReplaceAllStringFunc(n.Value, func(ref string) string {
		m := templateParameter.FindStringSubmatch(ref)
		if value, ok := values[m[1]+m[2]]; ok {
			return value
		}
		return ref
	})
}

// nodeJSON writes a node that was changed as JSON.
func nodeJSON(n *yaml.Node) (raw []byte, err error) {
	if raw, ok := appendJSON(nil, n); ok {
		return raw, nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the YAML library gives up on it: %v", r)
		}
	}()
	text, err := yaml.Marshal(n)
	if err != nil {
		return nil, err
	}
	return sigsyaml.YAMLToJSON(text)
}
