package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cnready/cnready/internal/continuum"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/report"
)

// placeOptions are the flags of place.
type placeOptions struct {
	inputs
	format   string
	output   string
	platform string
	service  string
}

func newPlaceCommand() *cobra.Command {
	var o placeOptions
	cmd := &cobra.Command{
		Use:   "place [DIR]",
		Short: "Show on which platforms, from VM to serverless, the services run as they stand",
		Long: `cnready place shows for each service of DIR (default: the current directory) the
seven rungs from VM to serverless: on which platforms it fits as it stands, where it
runs with warnings, what blocks it, and where that could not be told; which platforms
the repository declares; and what has to be mended to reach the next rung.

A platform that the repository declares is judged by the workloads that are declared
for it, any other by what all workloads of the service have in common. What platforms
ask for is in docs/platforms.md, with sources. With --platform all that speaks for or
against one platform is shown, warnings too.

Exit codes: 0 the places are written, 2 cnready could not run.`,
		Example: `  cnready place
  cnready place --platform cloud-run
  cnready place --format json | jq '.[] | {name, rung}'`,
		Args: cobra.MaximumNArgs(1),
		RunE: o.run,
	}
	o.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the places: text or json")
	f.StringVarP(&o.output, "output", "o", "", outputUsage)
	f.StringVar(&o.platform, "platform", "", "show all that is known of one platform: "+strings.Join(platformIDs(), ", "))
	f.StringVar(&o.service, "service", "", "show the service `NAME` only")
	return cmd
}

func platformIDs() []string {
	var ids []string
	for _, p := range continuum.Platforms {
		ids = append(ids, string(p.ID))
	}
	return ids
}

// placed are the places of a service, as JSON shows them.
type placedService struct {
	Name string `json:"name"`
	Dir  string `json:"dir"`
	// Rung is the highest on which it runs on some platform, "" for none.
	Rung string `json:"rung"`
	// Next is what reaches the rung above, null where nothing is known to.
	Next      *nextRung         `json:"next"`
	Platforms []report.Platform `json:"platforms"`
}

// nextRung is the rung above the highest, by the platform on it that takes the
// fewest mends.
type nextRung struct {
	Rung     string   `json:"rung"`
	Platform string   `json:"platform"`
	Mends    []string `json:"mends"`
}

func (o *placeOptions) run(cmd *cobra.Command, args []string) error {
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("unknown --format %q: use text or json", o.format)
	}
	if o.platform != "" && continuum.PlatformOf(deploy.PlatformID(o.platform)) == nil {
		return fmt.Errorf("unknown --platform %q: use one of %s", o.platform, strings.Join(platformIDs(), ", "))
	}
	result, err := check(cmd.Context(), dirOf(args), o.inputs)
	if err != nil {
		return err
	}
	if result.nothing {
		return nothingIn(dirOf(args))
	}
	list := []placedService{}
	var names []string
	for i := range result.report.Services {
		s := &result.report.Services[i]
		names = append(names, s.Name)
		if o.service == "" || s.Name == o.service {
			list = append(list, o.placed(s))
		}
	}
	if o.service != "" && len(list) == 0 {
		return fmt.Errorf("no service is called %q; there are: %s", o.service, strings.Join(names, ", "))
	}
	return writeTo(cmd.OutOrStdout(), o.output, func(w io.Writer) error {
		if o.format == "json" {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(list)
		}
		return o.write(w, list)
	})
}

func (o *placeOptions) placed(s *report.Service) placedService {
	out := placedService{Name: s.Name, Dir: s.Dir, Platforms: []report.Platform{}}
	rungs := rungNames()
	best := -1
	for _, p := range s.Continuum {
		if at := slices.Index(rungs, p.Rung); (p.Verdict == string(continuum.Fits) || p.Verdict == string(continuum.Warnings)) && at > best {
			best = at
		}
	}
	if best >= 0 {
		out.Rung = rungs[best]
	}
	if best+1 < len(rungs) {
		out.Next = nextOf(s, rungs[best+1])
	}
	for _, p := range s.Continuum {
		if o.platform == "" || p.ID == o.platform {
			out.Platforms = append(out.Platforms, p)
		}
	}
	return out
}

// nextOf is the shortest list of mends that reaches a rung on which every platform
// is blocked.
func nextOf(s *report.Service, rung string) *nextRung {
	var best *nextRung
	for _, p := range s.Continuum {
		if p.Rung != rung || p.Verdict != string(continuum.Blocked) {
			continue
		}
		n := &nextRung{Rung: rung, Platform: p.Platform}
		for _, r := range p.Reasons {
			if r.Effect != "blocks" {
				continue
			}
			mend := r.Mend
			if r.File != "" {
				mend += " (" + fileLine(r.File, r.Line) + ")"
			}
			if !slices.Contains(n.Mends, mend) {
				n.Mends = append(n.Mends, mend)
			}
		}
		if best == nil || len(n.Mends) < len(best.Mends) {
			best = n
		}
	}
	return best
}

func rungNames() []string {
	var names []string
	for _, r := range continuum.Rungs {
		names = append(names, r.String())
	}
	return names
}

func fileLine(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// write shows the ladder of each service, the lowest rung first.
func (o *placeOptions) write(w io.Writer, list []placedService) error {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s  %s\n", s.Name, s.Dir)
		if o.platform != "" {
			writePlatform(&b, &s.Platforms[0])
			continue
		}
		s.ladder(&b)
	}
	if len(list) == 0 {
		b.WriteString("no services: nothing here serves or runs as a daemon or function\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// maxDeclared is how many places that declare a platform are shown.
const maxDeclared = 2

func (s *placedService) ladder(b *strings.Builder) {
	if s.Rung == "" {
		b.WriteString("  stands on  no rung: blocked, or not to be told\n")
	} else {
		fmt.Fprintf(b, "  stands on  %s\n", s.Rung)
	}
	label := "declares"
	for _, p := range s.Platforms {
		if len(p.Declared) == 0 {
			continue
		}
		var at []string
		for i, d := range p.Declared {
			if i == maxDeclared {
				at = append(at, fmt.Sprintf("%d more", len(p.Declared)-i))
				break
			}
			at = append(at, fileLine(d.File, d.Line))
		}
		fmt.Fprintf(b, "  %-10s %s (%s)\n", label, p.Platform, strings.Join(at, ", "))
		label = ""
	}
	b.WriteString("\n")
	for _, rung := range rungNames() {
		first := rung
		for _, v := range []continuum.Verdict{continuum.Fits, continuum.Warnings, continuum.Unknown, continuum.Blocked} {
			var lines []string
			for _, p := range s.Platforms {
				if p.Rung != rung || p.Verdict != string(v) {
					continue
				}
				// Platforms of one reason share a line.
				reason := why(&p)
				at := slices.IndexFunc(lines, func(l string) bool {
					return strings.HasSuffix(l, reason) && (reason != "" || !strings.Contains(l, ": "))
				})
				if at < 0 {
					lines = append(lines, p.Platform+reason)
				} else {
					lines[at] = strings.TrimSuffix(lines[at], reason) + ", " + p.Platform + reason
				}
			}
			for i, l := range lines {
				verdict := string(v)
				if i > 0 {
					verdict = ""
				}
				fmt.Fprintf(b, "  %-27s %-9s %s\n", first, verdict, l)
				first = ""
			}
		}
	}
	if s.Next != nil {
		fmt.Fprintf(b, "\n  to reach the rung %s, on %s:\n", s.Next.Rung, s.Next.Platform)
		for i, m := range s.Next.Mends {
			fmt.Fprintf(b, "    %d. %s\n", i+1, m)
		}
	}
}

// why is the first reason that blocks a platform, or keeps it from being told, and
// how many others there are; "" for a service that runs there.
func why(p *report.Platform) string {
	effect, more := "", 0
	switch continuum.Verdict(p.Verdict) {
	case continuum.Blocked:
		effect = "blocks"
	case continuum.Unknown:
		effect = "unknown"
	default:
		return ""
	}
	text := ""
	for _, r := range p.Reasons {
		if r.Effect != effect {
			continue
		}
		if text != "" {
			more++
			continue
		}
		if text = ": " + r.Message; r.File != "" && !strings.Contains(r.Message, fileLine(r.File, r.Line)) {
			text += " (" + fileLine(r.File, r.Line) + ")"
		}
	}
	if more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// writePlatform shows all that speaks against one platform.
func writePlatform(b *strings.Builder, p *report.Platform) {
	fmt.Fprintf(b, "  %s (%s): %s\n", p.Platform, p.Rung, p.Verdict)
	for _, d := range p.Declared {
		fmt.Fprintf(b, "  declared at %s\n", fileLine(d.File, d.Line))
	}
	for _, r := range p.Reasons {
		fmt.Fprintf(b, "\n  %-8s %s: %s", r.Effect, r.Constraint, r.Message)
		if r.File != "" {
			fmt.Fprintf(b, " (%s)", fileLine(r.File, r.Line))
		}
		b.WriteString("\n")
		if r.Mend != "" {
			fmt.Fprintf(b, "           mend: %s\n", r.Mend)
		}
		fmt.Fprintf(b, "           source: %s\n", r.Source)
	}
}
