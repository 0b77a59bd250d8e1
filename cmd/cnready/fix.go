package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/fix"
	"github.com/cnready/cnready/internal/report"
)

// fixOptions are the flags of fix.
type fixOptions struct {
	inputs
	dryRun bool
	rules  []string
}

func newFixCommand() *cobra.Command {
	var o fixOptions
	cmd := &cobra.Command{
		Use:   "fix [DIR]",
		Short: "Mend the findings that a machine can mend safely",
		Long: `cnready fix checks DIR (default: the current directory) and applies the fixes that
its open findings offer, to Go code, Dockerfiles and manifests alike. It changes
only what the fixes need, and writes nothing outside of DIR, no generated file and
no copy of third-party code. Findings without a fix, and suppressed ones, stay.

Fixes that somebody has to complete - amounts of memory, the version of an image -
are applied only where their rule is named by --rule.

Of two fixes that touch the same text one is applied; the other is listed, and
applied by the next run if it is still wanted. Look at what was changed, and run
your tests: a timeout that was not there before can end what used to take long.

Exit codes: 0 the fixes are applied, or there were none; with --dry-run, 1 there
are fixes to apply; 2 cnready could not run, or a file could not be written.`,
		Example: `  cnready fix --dry-run
  cnready fix --rule shutdown,notimeout
  cnready fix --dry-run | git apply`,
		Args: cobra.MaximumNArgs(1),
		RunE: o.run,
	}
	o.inputs.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, "write a unified diff to standard output and change nothing")
	f.StringSliceVar(&o.rules, "rule", nil, "apply only the fixes of `RULE`; several with commas between them (repeatable)")
	if err := cmd.RegisterFlagCompletionFunc("rule", completeRules); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

func (o *fixOptions) run(cmd *cobra.Command, args []string) error {
	for i, name := range o.rules {
		r, err := ruleNamed(strings.TrimSpace(name))
		if err != nil {
			return fmt.Errorf("--rule: %w", err)
		}
		o.rules[i] = r.Name
	}
	dir := dirOf(args)
	plan, without, err := o.plan(cmd.Context(), dir)
	if err != nil {
		return err
	}
	if o.dryRun {
		for _, f := range plan.Files {
			if _, err := io.WriteString(cmd.OutOrStdout(), f.Diff()); err != nil {
				return err
			}
		}
		// The diff alone goes to standard output: it can be piped.
		if err := sayFixes(cmd.ErrOrStderr(), plan, without, true); err != nil {
			return err
		}
		if len(plan.Files) > 0 {
			return exitCode(1)
		}
		return nil
	}
	if err := writeFixes(dir, plan); err != nil {
		return err
	}
	return sayFixes(cmd.OutOrStdout(), plan, without, false)
}

// plan checks the directory and plans its fixes. without is how many open findings
// that were asked for offer none.
func (o *fixOptions) plan(ctx context.Context, dir string) (p *fix.Plan, without int, err error) {
	result, err := check(ctx, dir, o.inputs)
	if err != nil {
		return nil, 0, err
	}
	if result.nothing {
		return nil, 0, nothingIn(dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, 0, fmt.Errorf("%s cannot be opened: %w", dir, err)
	}
	defer root.Close()
	var proposals []fix.Proposal
	var unasked []fix.Left
	for i := range result.report.Findings {
		f := &result.report.Findings[i]
		switch {
		case f.Status != string(finding.Open), len(o.rules) > 0 && !slices.Contains(o.rules, f.Rule):
		case len(f.Fixes) == 0:
			without++
		case guesses[f.Rule] != "" && len(o.rules) == 0:
			unasked = append(unasked, fix.Left{Proposal: proposal(f), Reason: guesses[f.Rule] + ": ask for it with --rule " + f.Rule})
		default:
			proposals = append(proposals, proposal(f))
		}
	}
	p = fix.Make(root, proposals)
	p.Left = append(p.Left, unasked...)
	return p, without, nil
}

// guesses are the rules whose fixes somebody has to complete or to try, and why:
// they are applied only if the rule is named.
var guesses = map[string]string{
	"floatingtag":  "the version is yours to choose",
	"noresources":  "the amounts are to be measured",
	"rootuser":     "what is mounted must be open to another user",
	"runasroot":    "the files that it reads and writes must be another user's",
	"unpinnedbase": "the version is yours to choose",
}

// proposal is the first of the fixes that a finding of a report offers; further
// ones are other ways to the same end.
func proposal(f *report.Finding) fix.Proposal {
	p := fix.Proposal{
		Rule:     f.Rule,
		Position: finding.Position{File: f.File, Line: f.Line, Column: f.Column, EndLine: f.EndLine, EndColumn: f.EndColumn},
		Fix:      finding.Fix{Message: f.Fixes[0].Message},
	}
	for _, e := range f.Fixes[0].Edits {
		p.Fix.Edits = append(p.Fix.Edits, finding.Edit{
			Position: finding.Position{File: e.File, Line: e.Line, Column: e.Column, EndLine: e.EndLine, EndColumn: e.EndColumn},
			NewText:  e.NewText,
		})
	}
	return p
}

// writeFixes writes the files of a plan. One that cannot be written does not keep the
// others from it.
func writeFixes(dir string, p *fix.Plan) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("%s cannot be opened: %w", dir, err)
	}
	defer root.Close()
	var failed []error
	for _, f := range p.Files {
		if err := f.Write(root); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// sayFixes tells what was done, or would be.
func sayFixes(w io.Writer, p *fix.Plan, without int, dryRun bool) error {
	var b strings.Builder
	list := func(q fix.Proposal, tail string) {
		fmt.Fprintf(&b, "  %s %s: %s%s\n", q.Position, q.Rule, q.Fix.Message, tail)
	}
	done := "mended"
	if dryRun {
		done = "would be mended"
	}
	if len(p.Taken) > 0 {
		b.WriteString(done + "\n")
		for _, t := range p.Taken {
			list(t, "")
		}
		b.WriteByte('\n')
	}
	if len(p.Left) > 0 {
		b.WriteString("left\n")
		for _, l := range p.Left {
			list(l.Proposal, "; "+l.Reason)
		}
		b.WriteByte('\n')
	}
	switch {
	case len(p.Taken) == 0 && len(p.Left) == 0:
		b.WriteString("There is nothing that a machine can mend safely.")
	default:
		fmt.Fprintf(&b, "%s %s in %s", counted(len(p.Taken), "finding"), done, counted(len(p.Files), "file"))
		if len(p.Left) > 0 {
			fmt.Fprintf(&b, ", %d left", len(p.Left))
		}
		b.WriteByte('.')
	}
	switch without {
	case 0:
	case 1:
		b.WriteString(" 1 open finding has no fix: cnready check shows it.")
	default:
		fmt.Fprintf(&b, " %d open findings have no fix: cnready check shows them.", without)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
