package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestRulesList(t *testing.T) {
	text := cnready(t, "rules").stdout
	var list []listedRule
	if err := json.Unmarshal([]byte(cnready(t, "rules", "--format", "json").stdout), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 10 || !slices.IsSortedFunc(list, func(a, b listedRule) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("%d rules, sorted or not", len(list))
	}
	for _, r := range list {
		if r.Summary == "" || r.Severity == "" || !strings.HasSuffix(r.URL, "/docs/rules/"+r.Name+".md") || (r.Property == "") != (r.Name == "suppression") {
			t.Errorf("got %+v", r)
		}
		if !strings.Contains(text, "\n  "+r.Name+" ") || !strings.Contains(text, "  "+r.Summary+"\n") {
			t.Errorf("the text lacks %s", r.Name)
		}
	}
	if o := cnready(t, "rules", "--format", "xml"); o.code != 2 {
		t.Errorf("an unknown format gives %d", o.code)
	}
}

func TestExplain(t *testing.T) {
	for _, name := range ruleNames() {
		o := cnready(t, "explain", name)
		if o.code != 0 || !strings.HasPrefix(o.stdout, name+": ") || !strings.Contains(o.stdout, "everity: ") || !strings.HasSuffix(o.stdout, "/docs/rules/"+name+".md\n") {
			t.Errorf("%s: %v\n%s", name, o.err, o.stdout)
		}
		if strings.Count(o.stdout, "Severity: ") != 1 {
			t.Errorf("%s: the severity is said twice:\n%s", name, o.stdout)
		}
		indented := false
		for _, line := range strings.Split(o.stdout, "\n") {
			indented = indented || strings.HasPrefix(line, "\t")
			if len(line) > maxTextWidth+20 && !strings.HasPrefix(line, "\t") {
				t.Errorf("%s: a long line: %s", name, line)
			}
		}
		if !indented {
			t.Errorf("%s: no example", name)
		}
	}
	for args, want := range map[string]string{
		"shutdwon": `there is no rule "shutdwon": did you mean shutdown? cnready rules lists all`,
		"xyz":      `there is no rule "xyz": cnready rules lists all`,
		"":         "cnready explain wants the name of one rule, not 0: cnready rules lists all",
	} {
		o := cnready(t, append([]string{"explain"}, strings.Fields(args)...)...)
		if o.code != 2 || o.err.Error() != want {
			t.Errorf("explain %s: %d, %v", args, o.code, o.err)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, args := range [][]string{{"explain", "sh"}, {"fix", "--rule", "sh"}} {
		stdout, _, err := runCommand(append([]string{"__complete"}, args...)...)
		if err != nil || !strings.Contains(stdout, "shutdown\ta service handles SIGTERM") || !strings.HasSuffix(stdout, ":4\n") {
			t.Errorf("%q: %v\n%s", args, err, stdout)
		}
	}
	if stdout, _, _ := runCommand("__complete", "explain", "shutdown", ""); strings.Contains(stdout, "diskwrite") {
		t.Errorf("a second rule is offered:\n%s", stdout)
	}
}
