package main

import (
	"fmt"
	"go/doc/comment"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cnready/cnready/internal/finding"
)

func newExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "Say what a rule is about and how to mend what it finds",
		Long: `cnready explain prints the page of a rule: what it asks, why that matters, when it
is silent, and an example of what fails and what passes. The same page is in
docs/rules.`,
		Example: `  cnready explain shutdown`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("cnready explain wants the name of one rule, not %d: cnready rules lists all", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeRules(cmd, args, toComplete)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := ruleNamed(args[0])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			_, err = out.Write(explained(r, textOptions(out, "never").Width))
			return err
		},
	}
}

// explained is a rule's page for a terminal of a width in columns, 0 for one that
// is not known.
func explained(r *finding.Rule, width int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", r.Name, r.Summary())
	switch {
	case r.Property == "":
		fmt.Fprintf(&b, "In no score. Severity: %s.\n\n", r.Severity)
	case strings.HasPrefix(strings.TrimSpace(r.Text()), "Property: "):
		// The text says that, and more of it.
	default:
		fmt.Fprintf(&b, "Property: %s. Severity: %s.\n\n", r.Property.Title(), r.Severity)
	}
	if width == 0 || width > maxTextWidth {
		width = maxTextWidth
	}
	var parser comment.Parser
	printer := comment.Printer{TextWidth: width}
	b.Write(printer.Text(parser.Parse(r.Text())))
	fmt.Fprintf(&b, "\n%s\n", r.URL())
	return []byte(b.String())
}

// maxTextWidth is the width of running text in columns; longer lines are hard to
// read.
const maxTextWidth = 80
