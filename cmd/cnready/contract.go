package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/service"
)

// contractOptions are the flags of contract.
type contractOptions struct {
	inputs
	services []string
	format   string
	output   string
	color    string
}

func newContractCommand() *cobra.Command {
	var o contractOptions
	cmd := &cobra.Command{
		Use:   "contract [DIR]",
		Short: "Show what each service needs from its surroundings",
		Long: `cnready contract shows the contract of each service in DIR (default: the current
directory): where it listens, what it serves, whom it connects to, which
environment variables and flags it reads, which files it reads and writes, what
it starts, and how it ends. It is read from the code; nothing is run.

A value is shown as an expression over what configures it:

  env PORT | flag --port | "8080"    one of these; what is taken without
                                     configuration stands last
  env BASE_URL + "/_healthz"         both, one behind the other
  join(flag --data | "/data", *)     a path; * is what could not be told

Main packages that do not serve are named and not shown, unless --service names
them.

Exit codes: 0 the contracts are written, 2 cnready could not run.`,
		Example: `  cnready contract
  cnready contract --service orders
  cnready contract --service ./cmd/migrate --format yaml
  cnready contract --format json . | jq '.services[].contract.env[].name'`,
		Args: cobra.MaximumNArgs(1),
		RunE: o.run,
	}
	o.inputs.register(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.services, "service", nil, "show only the main called `NAME`, by its name, folder or import path, even one that does not serve (repeatable)")
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the contracts: text, json or yaml (docs/contract.schema.json)")
	f.StringVarP(&o.output, "output", "o", "", outputUsage)
	f.StringVar(&o.color, "color", "auto", "`WHEN` to colour the text: auto (on a terminal), always or never")
	return cmd
}

func (o *contractOptions) run(cmd *cobra.Command, args []string) error {
	switch o.format {
	case "text", "json", "yaml":
	default:
		return fmt.Errorf("unknown --format %q: use text, json or yaml", o.format)
	}
	if err := checkColor(o.color); err != nil {
		return err
	}
	contracts, err := o.contracts(cmd.Context(), dirOf(args))
	if err != nil {
		return err
	}
	return writeTo(cmd.OutOrStdout(), o.output, func(w io.Writer) error {
		switch o.format {
		case "json":
			return contracts.WriteJSON(w)
		case "yaml":
			return contracts.WriteYAML(w)
		}
		return report.WriteContractsText(w, contracts, textOptions(w, o.color))
	})
}

// contracts reads a directory and makes the contracts that were asked for.
func (o *contractOptions) contracts(ctx context.Context, dir string) (*report.Contracts, error) {
	a, err := o.read(ctx, dir)
	if err != nil {
		return nil, err
	}
	if looked := a.lookedAt(); looked.Packages+looked.Dockerfiles+looked.Workloads+len(a.notAnalyzed) == 0 {
		return nil, nothingIn(dir)
	}
	// Mains that are no services have a contract too.
	type entry struct {
		*service.Service
		reason string // why it is no service
	}
	var all []entry
	for _, s := range a.joined.Services {
		all = append(all, entry{s, ""})
	}
	for _, m := range a.joined.Other {
		s := &service.Service{Name: m.Name, Dir: m.Main.Dir, Contract: m.Main.Contract}
		all = append(all, entry{s, m.Reason})
	}
	wanted := map[*service.Service]bool{}
	for _, name := range o.services {
		found := false
		for _, e := range all {
			if isCalled(e.Service, name) {
				wanted[e.Service], found = true, true
			}
		}
		if !found {
			var names []string
			for _, e := range all {
				names = append(names, fmt.Sprintf("%s (%s)", e.Name, e.Dir))
			}
			slices.Sort(names)
			return nil, fmt.Errorf("--service: there is no main called %s in %s: there are %s", name, dir, cmp.Or(strings.Join(names, ", "), "none"))
		}
	}
	outcome := report.Outcome{ToolName: toolName, Version: version(), NotAnalyzed: a.notAnalyzed}
	for _, e := range all {
		switch {
		case wanted[e.Service], len(wanted) == 0 && e.reason == "":
			outcome.Services = append(outcome.Services, report.ServiceOutcome{Service: e.Service, Contract: contractOf(e.Service)})
		case len(wanted) == 0:
			outcome.Mains = append(outcome.Mains, report.Main{Name: e.Name, Dir: e.Dir, Main: e.Contract.Main, Reason: e.reason})
		}
	}
	return report.BuildContracts(outcome), nil
}

// isCalled tells whether a name means a service: its own, its folder or its
// import path.
func isCalled(s *service.Service, name string) bool {
	dir := strings.TrimSuffix(strings.TrimPrefix(name, "./"), "/")
	return name == s.Name || cmp.Or(dir, ".") == s.Dir || name == s.Contract.Main || name == fmt.Sprintf("%s (%s)", s.Name, s.Dir)
}
