package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/cnready/cnready/internal/report"
)

// graphOptions are the flags of graph.
type graphOptions struct {
	inputs
	format string
	output string
}

func newGraphCommand() *cobra.Command {
	var o graphOptions
	cmd := &cobra.Command{
		Use:   "graph [DIR]",
		Short: "Show which services call which",
		Long: `cnready graph shows who calls whom in DIR (default: the current directory): from
the addresses to which the code of each service connects, as its workloads
configure them, through the Services of the manifests to the workloads behind.

Marked are calls to names that nothing here defines (undeclared), calls without
a bound in time (no timeout) and circles of services (circular).

Exit codes: 0 the graph is written, 2 cnready could not run.`,
		Example: `  cnready graph
  cnready graph --format mermaid -o docs/services.mmd
  cnready graph --format dot | dot -Tsvg -o services.svg`,
		Args: cobra.MaximumNArgs(1),
		RunE: o.run,
	}
	o.inputs.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the graph: text, mermaid, dot or json")
	f.StringVarP(&o.output, "output", "o", "", outputUsage)
	return cmd
}

func (o *graphOptions) run(cmd *cobra.Command, args []string) error {
	var write func(*report.Graph, io.Writer) error
	switch o.format {
	case "text":
		write = (*report.Graph).WriteText
	case "mermaid":
		write = (*report.Graph).WriteMermaid
	case "dot":
		write = (*report.Graph).WriteDOT
	case "json":
		write = func(g *report.Graph, w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(g)
		}
	default:
		return fmt.Errorf("unknown --format %q: use text, mermaid, dot or json", o.format)
	}
	result, err := check(cmd.Context(), dirOf(args), o.inputs)
	if err != nil {
		return err
	}
	if result.nothing {
		return nothingIn(dirOf(args))
	}
	return writeTo(cmd.OutOrStdout(), o.output, func(w io.Writer) error { return write(&result.report.Graph, w) })
}
