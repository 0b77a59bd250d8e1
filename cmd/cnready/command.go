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

// toolName is the program's name in reports.
const toolName = "cnready"

// options are the flags of check.
type options struct {
	inputs
	formats      []string
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

A file .cnready.yml in DIR configures it (docs/configuration.md).

Several reports are written at once by --format FORMAT=FILE, for a pull request for
instance (docs/ci.md). The format github writes annotations, and adds a table of all
findings to the job summary; sarif is SARIF 2.1.0 for code scanning, with the findings
that count, and sarif-all has the cleared, suppressed and baseline ones too.

It runs nothing of what it reads and does not use the network: dependencies of
the Go code are taken from the module cache (go mod download fills it).

The same program is a vet tool:

  go vet -vettool=$(which cnready) ./...

Exit codes: 0 nothing at or above --fail-on was found, 1 something was, 2 cnready
could not run.`,
		Example: `  cnready
  cnready check --format json . > report.json
  cnready --format github --format sarif=cnready.sarif
  cnready --manifests ../deploy --fail-on warning
  cnready --explain-score
  cnready contract --service orders`,
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
	root.AddCommand(check, newContractCommand(), newGraphCommand(), newPlaceCommand(), newServicesCommand(), newFixCommand(), newRulesCommand(), newExplainCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("cnready {{.Version}}\n")
	return root
}

func (o *options) register(cmd *cobra.Command) {
	f := cmd.Flags()
	o.inputs.register(cmd)
	f.StringArrayVar(&o.formats, "format", nil, formatUsage)
	f.StringVarP(&o.output, "output", "o", "", outputUsage)
	f.StringVar(&o.failOn, "fail-on", "error", "exit with 1 for findings of this `SEVERITY` or above: error, warning, note or never")
	f.StringVar(&o.color, "color", "auto", "`WHEN` to colour the text report: auto (on a terminal), always or never")
	f.BoolVar(&o.explainScore, "explain-score", false, "show for each point lost the finding that lost it, and what was not judged")
}

// outputUsage is said of the flag -o of every command.
const outputUsage = "write the report to `FILE` instead of standard output"

// register defines the flags that say what is read.
func (in *inputs) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&in.manifests, "manifests", nil, "also read the manifests of `DIR`, another repository for instance (repeatable)")
	f.StringVar(&in.config, "config", "", "read the configuration from `FILE` instead of .cnready.yml in DIR")
	f.BoolVar(&in.noConfig, "no-config", false, "read no configuration file")
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
	dir := dirOf(args)
	threshold, err := o.threshold()
	if err != nil {
		return err
	}
	list, err := outputs(o.formats, o.output)
	if err != nil {
		return err
	}
	if err := checkColor(o.color); err != nil {
		return err
	}
	result, err := check(cmd.Context(), dir, o.inputs)
	if err != nil {
		return err
	}
	if err := o.write(cmd.OutOrStdout(), cmd.ErrOrStderr(), dir, list, result); err != nil {
		return err
	}
	if result.nothing {
		return nothingIn(dir)
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

// dirOf is the directory that the arguments name.
func dirOf(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return "."
}

func checkColor(when string) error {
	if when != "auto" && when != "always" && when != "never" {
		return fmt.Errorf("unknown --color %q: use auto, always or never", when)
	}
	return nil
}

func nothingIn(dir string) error {
	return fmt.Errorf("there is no Go code, no Dockerfile and no manifest in %s: give the folder of a repository or service", dir)
}

// writeTo writes to a file, or to standard output where none is named.
func writeTo(stdout io.Writer, file string, write func(io.Writer) error) (err error) {
	if file == "" {
		return write(stdout)
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	return write(f)
}

// textOptions are those of a text for what is written to.
func textOptions(w io.Writer, color string) report.TextOptions {
	text := report.TextOptions{Color: color == "always"}
	if f, ok := w.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		if color == "auto" && os.Getenv("NO_COLOR") == "" {
			text.Color = true
		}
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			text.Width = width
		}
	}
	return text
}
