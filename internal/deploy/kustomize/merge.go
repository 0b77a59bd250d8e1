package kustomize

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mergeKeys are the fields by which entries of a list are told apart, by the name
// of the list's field and of the object or field around it; lists that are not
// here are replaced as a whole (Kubernetes API reference, "patch strategy" and
// "patch merge key"; kubectl documentation, "Update API Objects in Place Using
// kubectl patch").
var mergeKeys = map[string][]string{
	"containers": {"name"}, "initContainers": {"name"}, "ephemeralContainers": {"name"},
	"env": {"name"}, "volumes": {"name"}, "volumeMounts": {"mountPath"}, "volumeDevices": {"devicePath"},
	"imagePullSecrets": {"name"}, "hostAliases": {"ip"}, "secrets": {"name"}, "webhooks": {"name"},
	"topologySpreadConstraints": {"topologyKey", "whenUnsatisfiable"}, "conditions": {"type"},
	"ports": {"containerPort", "protocol"}, "resourceClaims": {"name"}, "ownerReferences": {"uid"},
}

// mergeable are the API groups whose types have merge keys. Objects of others are
// merged as JSON is: their lists are replaced.
func mergeable(apiVersion string) bool {
	group, _, found := strings.Cut(apiVersion, "/")
	return !found || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// A merger merges strategic merge patches into objects.
type merger struct {
	lists   bool // lists have merge keys
	service bool // its ports are a Service's
	budget  *int
}

// merge is dst with a patch in it; nil where the patch deletes it.
func (m merger) merge(dst, patch *node, depth int) *node {
	if patch.kind != mapping || depth > 100 {
		return patch.clone(m.budget)
	}
	switch patch.get("$patch").str() {
	case "delete":
		return nil
	case "replace":
		out := patch.clone(m.budget)
		out.remove("$patch")
		return out
	}
	if dst == nil || dst.kind != mapping {
		dst = &node{kind: mapping, at: patch.at}
	}
	if keep := patch.get("$retainKeys"); keep != nil {
		names := keep.strings()
		dst.entries = slices.DeleteFunc(dst.entries, func(e entry) bool { return !slices.Contains(names, e.key) })
	}
	for _, e := range patch.entries {
		if field, ok := strings.CutPrefix(e.key, "$deleteFromPrimitiveList/"); ok {
			if have := dst.get(field); have != nil && have.kind == list {
				gone := e.value.strings()
				have.items = slices.DeleteFunc(have.items, func(n *node) bool { return slices.Contains(gone, n.str()) })
			}
			continue
		}
		if strings.HasPrefix(e.key, "$") {
			continue
		}
		if e.value.isNull() {
			dst.remove(e.key)
			continue
		}
		have := dst.entry(e.key)
		switch {
		case e.value.kind == mapping:
			var old *node
			if have != nil {
				old = have.value
			}
			merged := m.merge(old, e.value, depth+1)
			switch {
			case merged == nil:
				dst.remove(e.key)
			case have != nil && have.value.kind == mapping:
				have.value = merged // the field stands where it was
			default:
				dst.set(e.key, e.at, merged)
			}
		case e.value.kind == list && m.lists && m.keys(e.key) != nil && have != nil && have.value.kind == list && len(have.value.items) > 0:
			have.value = m.mergeLists(have.value, e.value, m.keys(e.key), depth+1)
		case e.value.kind == list && m.lists && m.keys(e.key) != nil:
			value := e.value.clone(m.budget)
			value.items = slices.DeleteFunc(value.items, func(n *node) bool { return n.get("$patch") != nil })
			dst.set(e.key, e.at, value)
		case have != nil && have.value.kind == scalar && e.value.kind == scalar && have.value.text == e.value.text && have.value.plain == e.value.plain:
			// Nothing is set anew: the name by which an entry is found, say.
		default:
			dst.set(e.key, e.at, e.value.clone(m.budget))
		}
	}
	return dst
}

func (m merger) keys(field string) []string {
	if field == "ports" && m.service {
		return []string{"port", "protocol"}
	}
	return mergeKeys[field]
}

func (m merger) mergeLists(dst, patch *node, keys []string, depth int) *node {
	for _, item := range patch.items {
		if item.get("$patch").str() == "replace" {
			out := patch.clone(m.budget)
			out.items = slices.DeleteFunc(out.items, func(n *node) bool { return n.get("$patch") != nil })
			return out
		}
	}
	var added []*node
	for _, item := range patch.items {
		i := slices.IndexFunc(dst.items, func(have *node) bool { return sameKeys(have, item, keys) })
		switch {
		case i >= 0:
			if merged := m.merge(dst.items[i], item, depth+1); merged != nil {
				dst.items[i] = merged
			} else {
				dst.items = slices.Delete(dst.items, i, i+1)
			}
		case item.get("$patch") == nil:
			added = append(added, item.clone(m.budget))
		}
	}
	dst.items = append(added, dst.items...) // kustomize puts new entries first
	return dst
}

// sameKeys tells whether two entries are one. The first key decides; a further
// one does where both have it.
func sameKeys(a, b *node, keys []string) bool {
	for i, key := range keys {
		x, y := a.get(key), b.get(key)
		if i > 0 && (x == nil || y == nil) {
			continue
		}
		if x == nil || y == nil || x.str() != y.str() {
			return false
		}
	}
	return true
}

// apply carries out the operations of a JSON patch (RFC 6902) on an object.
func apply(root *node, ops []*node, budget *int) error {
	for _, op := range ops {
		name, target := op.get("op").str(), op.get("path").str()
		value := op.get("value")
		var err error
		switch name {
		case "add", "replace":
			if value == nil {
				err = errors.New("has no value")
			} else {
				err = put(root, target, value.clone(budget), op.entry("value").at, name == "add")
			}
		case "remove":
			_, err = take(root, target)
		case "move", "copy":
			var moved *node
			if name == "move" {
				moved, err = take(root, op.get("from").str())
			} else if moved, err = find(root, op.get("from").str()); err == nil {
				moved = moved.clone(budget)
			}
			if err == nil {
				err = put(root, target, moved, op.get("path").at, true)
			}
		case "test":
			var have *node
			if have, err = find(root, target); err == nil && value != nil && have.kind == scalar && have.str() != value.str() {
				err = errors.New("the value is another")
			}
		default:
			err = fmt.Errorf("is the operation %q", name)
		}
		if err != nil {
			return fmt.Errorf("the JSON patch %s %s: %w", name, target, err)
		}
	}
	return nil
}

var (
	errNoField = errors.New("there is no such field")
	unescape   = strings.NewReplacer("~1", "/", "~0", "~")
)

func pointer(path string) []string {
	if path == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, p := range parts {
		parts[i] = unescape.Replace(p)
	}
	return parts
}

func find(n *node, path string) (*node, error) {
	for _, key := range pointer(path) {
		switch n.kind {
		case mapping:
			if n = n.get(key); n == nil {
				return nil, errNoField
			}
		case list:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(n.items) {
				return nil, errNoField
			}
			n = n.items[i]
		default:
			return nil, errNoField
		}
	}
	return n, nil
}

func parent(root *node, path string) (*node, string, error) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return nil, "", errNoField
	}
	p, err := find(root, path[:i])
	return p, unescape.Replace(path[i+1:]), err
}

func put(root *node, path string, value *node, at place, add bool) error {
	p, key, err := parent(root, path)
	if err != nil {
		return err
	}
	switch p.kind {
	case mapping:
		e := p.entry(key)
		switch {
		case e == nil && !add:
			return errNoField
		case e != nil && value.kind == scalar:
			e.value = value // the field stands where it was
		case e != nil:
			e.at, e.value = at, value
		default:
			p.set(key, at, value)
		}
		return nil
	case list:
		if key == "-" && add {
			p.items = append(p.items, value)
			return nil
		}
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i > len(p.items) || i == len(p.items) && !add {
			return errNoField
		}
		if add {
			p.items = slices.Insert(p.items, i, value)
		} else {
			p.items[i] = value
		}
		return nil
	}
	return errNoField
}

func take(root *node, path string) (*node, error) {
	p, key, err := parent(root, path)
	if err != nil {
		return nil, err
	}
	switch p.kind {
	case mapping:
		value := p.get(key)
		if value == nil {
			return nil, errNoField
		}
		p.remove(key)
		return value, nil
	case list:
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(p.items) {
			return nil, errNoField
		}
		value := p.items[i]
		p.items = slices.Delete(p.items, i, i+1)
		return value, nil
	}
	return nil, errNoField
}
