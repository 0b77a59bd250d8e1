package suppression

import (
	"bytes"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// hadolintRules are the rules of hadolint that one of cnready's says too, so that who
// has silenced the one has silenced the other (hadolint v2.15, README.md, "Rules").
var hadolintRules = map[string][]string{
	"dl3000": {"relativeworkdir"},
	"dl3002": {"rootuser"},
	"dl3006": {"unpinnedbase"},
	"dl3007": {"unpinnedbase"},
	"dl3009": {"packagecache"},
	"dl3019": {"packagecache"},
	"dl3025": {"lostsignal"},
	"dl3032": {"packagecache"},
	"dl3036": {"packagecache"},
	"dl3040": {"packagecache"},
	"dl3044": {"undefinedvar"},
	"dl3064": {"secretinimage"},
}

// buildChecks are the same of BuildKit's checks (Docker documentation, "Build checks",
// as of v0.34).
var buildChecks = map[string][]string{
	"jsonargsrecommended":   {"lostsignal"},
	"undefinedvar":          {"undefinedvar"},
	"workdirrelativepath":   {"relativeworkdir"},
	"secretsusedinargorenv": {"secretinimage"},
	"copyignoredfile":       {"missingsource"},
}

// foreign returns the comments of a Dockerfile by which other linters are silenced, as
// far as cnready has the same rule: "# hadolint ignore=DL3002" for the instruction
// below it, "# hadolint global ignore=" and the directive "# check=skip=" for the file.
// They need no reason, and none is said to be idle: they may be there for the others.
func foreign(name string, src []byte) []*Comment {
	if !bytes.Contains(src, []byte("hadolint")) && !bytes.Contains(src, []byte("check")) {
		return nil
	}
	lines := strings.Split(string(src), "\n")
	var list []*Comment
	directives := true // stand on top, before any other line
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		text, isHash := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !isHash {
			directives = directives && i == 0 && line == ""
			continue
		}
		text = strings.TrimSpace(text)
		key, value, _ := strings.Cut(text, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		c := &Comment{Foreign: true, Reason: text, Position: finding.Position{File: name, Line: i + 1, Column: 1 + strings.IndexByte(line, '#'), EndLine: i + 1, EndColumn: len(line) + 1}}
		switch key {
		case "hadolint ignore", "hadolint global ignore":
			for id := range strings.SplitSeq(value, ",") {
				c.add(hadolintRules[strings.ToLower(strings.TrimSpace(id))])
			}
			c.From, c.To = instruction(lines, i)
			if key == "hadolint global ignore" {
				c.From, c.To = 1, len(lines)
			}
		case "check":
			if !directives {
				continue
			}
			for option := range strings.SplitSeq(value, ";") {
				checks, skips := strings.CutPrefix(strings.TrimSpace(option), "skip=")
				if !skips {
					continue
				}
				for id := range strings.SplitSeq(checks, ",") {
					id = strings.ToLower(strings.TrimSpace(id))
					c.add(buildChecks[id])
					if id == "all" {
						for _, rules := range buildChecks {
							c.add(rules)
						}
					}
				}
			}
			c.From, c.To = 1, len(lines)
		default:
			directives = directives && slices.Contains([]string{"syntax", "escape"}, key)
			continue
		}
		slices.Sort(c.Rules)
		if len(c.Rules) > 0 {
			list = append(list, c)
		}
	}
	return list
}

func (c *Comment) add(rules []string) {
	for _, r := range rules {
		if !slices.Contains(c.Rules, r) {
			c.Rules = append(c.Rules, r)
		}
	}
}

// instruction is the first and the last line of the instruction below a comment.
func instruction(lines []string, comment int) (from, to int) {
	first := below(lines, comment)
	last := first
	for last < len(lines)-1 && (isComment(lines[last]) || strings.HasSuffix(strings.TrimRight(lines[last], " \t\r"), escapeOf(lines))) {
		last++
	}
	return first + 1, last + 1
}

// escapeOf is the character that a Dockerfile continues lines by.
func escapeOf(lines []string) string {
	escape := `\`
	for _, line := range lines {
		if !isComment(line) {
			break // parser directives stand on top
		}
		if key, value, ok := strings.Cut(strings.TrimLeft(line, " \t#"), "="); ok && strings.EqualFold(strings.TrimSpace(key), "escape") {
			escape = strings.TrimSpace(value)
		}
	}
	return escape
}
