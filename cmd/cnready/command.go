package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
)

// options are the flags of check.
type options struct {
	manifests    []string
	format       string
	output       string
	failOn       string
	color        string
	explainScore bool
}

func newCommand() *cobra.Command {
	var o options
	root := &cobra.Command{
		Use:   "cnready [DIR]",
		Short: "Check how cloud-native the Go services of a directory are",
		Long: `cnready reads the Go code, the Dockerfiles and the Kubernetes manifests under
DIR (default: the current directory), checks each and one against another, and
scores each service for the three properties of a cloud-native system: container
packaged, dynamically managed, microservices oriented.

It runs nothing of what it reads and does not use the network: dependencies of
the Go code are taken from the module cache (go mod download fills it).

The same program is a vet tool:

  go vet -vettool=$(which cnready) ./...

Exit codes: 0 nothing at or above --fail-on was found, 1 something was, 2 cnready
could not run.`,
		Example: `  cnready
  cnready check --format json . > report.json
  cnready --manifests ../deploy --fail-on warning
  cnready --explain-score`,
		Args:          cobra.MaximumNArgs(1),
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          o.run,
	}
	o.register(root)
	check := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Check a directory (the default command)",
		Long:  root.Long,
		Args:  cobra.MaximumNArgs(1),
		RunE:  o.run,
	}
	o.register(check)
	root.AddCommand(check)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("cnready {{.Version}}\n")
	return root
}

func (o *options) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.manifests, "manifests", nil, "also read the manifests of `DIR`, another repository for instance (repeatable)")
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the report: text or json (docs/report.schema.json)")
	f.StringVarP(&o.output, "output", "o", "", "write the report to `FILE` instead of standard output")
	f.StringVar(&o.failOn, "fail-on", "error", "exit with 1 for findings of this `SEVERITY` or above: error, warning, note or never")
	f.StringVar(&o.color, "color", "auto", "`WHEN` to colour the text report: auto (on a terminal), always or never")
	f.BoolVar(&o.explainScore, "explain-score", false, "show for each point lost the finding that lost it, and what was not judged")
}

// version is the module's version, or the revision that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return info.Main.Version
}

func (o *options) run(cmd *cobra.Command, args []string) error {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	threshold, err := o.threshold()
	if err != nil {
		return err
	}
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("unknown --format %q: use text or json", o.format)
	}
	if o.color != "auto" && o.color != "always" && o.color != "never" {
		return fmt.Errorf("unknown --color %q: use auto, always or never", o.color)
	}
	result, err := check(cmd.Context(), dir, o.manifests)
	if err != nil {
		return err
	}
	if err := o.write(cmd.OutOrStdout(), result); err != nil {
		return err
	}
	if result.nothing {
		return fmt.Errorf("there is no Go code, no Dockerfile and no manifest in %s: give the folder of a repository or service", dir)
	}
	for _, f := range result.report.Findings {
		s, err := finding.ParseSeverity(f.Severity)
		if err == nil && f.Status == string(finding.Open) && threshold > 0 && s >= threshold {
			return exitCode(1)
		}
	}
	return nil
}

// threshold is the least severity that fails the run; 0 means none does.
func (o *options) threshold() (finding.Severity, error) {
	if o.failOn == "never" {
		return 0, nil
	}
	s, err := finding.ParseSeverity(o.failOn)
	if err != nil {
		return 0, fmt.Errorf("--fail-on: %w, or never", err)
	}
	return s, nil
}

func (o *options) write(stdout io.Writer, result *result) (err error) {
	w := stdout
	if o.output != "" {
		f, err := os.Create(o.output)
		if err != nil {
			return fmt.Errorf("the report cannot be written: %w", err)
		}
		defer func() {
			if closeErr := f.Close(); err == nil {
				err = closeErr
			}
		}()
		w = f
	}
	if o.format == "json" {
		return report.WriteJSON(w, result.report)
	}
	text := report.TextOptions{ExplainScore: o.explainScore, Source: result.source, Color: o.color == "always"}
	if f, ok := w.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		if o.color == "auto" && os.Getenv("NO_COLOR") == "" {
			text.Color = true
		}
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			text.Width = width
		}
	}
	return report.WriteText(w, result.report, text)
}
