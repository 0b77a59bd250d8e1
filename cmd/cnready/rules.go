package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/suppression"
	"github.com/cnready/cnready/rules"
)

// allRules are the rules of every kind, sorted by name.
func allRules() []*finding.Rule {
	list := []*finding.Rule{suppression.Rule}
	for _, r := range analyzers.Rules {
		list = append(list, &r.Rule)
	}
	for _, r := range rules.All {
		list = append(list, &r.Rule)
	}
	slices.SortFunc(list, func(a, b *finding.Rule) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func ruleNames() []string {
	var names []string
	for _, r := range allRules() {
		names = append(names, r.Name)
	}
	return names
}

// ruleNamed is the rule of a name; the error suggests another where there is none.
func ruleNamed(name string) (*finding.Rule, error) {
	for _, r := range allRules() {
		if r.Name == strings.ToLower(name) {
			return r, nil
		}
	}
	if near := suppression.Nearest(name, ruleNames()); near != "" {
		return nil, fmt.Errorf("there is no rule %q: did you mean %s? cnready rules lists all", name, near)
	}
	return nil, fmt.Errorf("there is no rule %q: cnready rules lists all", name)
}

// completeRules offers the names of rules to the shell, each with its summary.
func completeRules(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, r := range allRules() {
		out = append(out, r.Name+"\t"+r.Summary())
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func newRulesCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List all rules",
		Long: `cnready rules lists all rules: the property in whose score each counts, the
severity of its main check, and what it is about. cnready explain RULE says more.`,
		Example: `  cnready rules
  cnready rules --format json | jq -r '.[].name'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch format {
			case "text":
				return listRules(cmd.OutOrStdout())
			case "json":
				return rulesAsJSON(cmd.OutOrStdout())
			}
			return fmt.Errorf("unknown --format %q: use text or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the list: text or json")
	return cmd
}

// listRules writes one block for each property.
func listRules(w io.Writer) error {
	var b strings.Builder
	all := allRules()
	longest := 0
	for _, r := range all {
		longest = max(longest, len(r.Name))
	}
	for i, p := range append(slices.Clone(finding.Properties), "") {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintln(&b, cmp.Or(p.Title(), "in no score"))
		for _, r := range all {
			if r.Property == p {
				fmt.Fprintf(&b, "  %-*s  %-7s  %s\n", longest, r.Name, r.Severity, r.Summary())
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A listedRule is a rule in the list as JSON.
type listedRule struct {
	Name     string `json:"name"`
	Property string `json:"property"` // empty for one that is in no score
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	URL      string `json:"url"`
}

func rulesAsJSON(w io.Writer) error {
	var list []listedRule
	for _, r := range allRules() {
		list = append(list, listedRule{
			Name: r.Name, Property: string(r.Property), Severity: r.Severity.String(), Summary: r.Summary(), URL: r.URL(),
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}
