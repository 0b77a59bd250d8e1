package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/service"
)

// servicesOptions are the flags of services.
type servicesOptions struct {
	inputs
	format string
	output string
}

func newServicesCommand() *cobra.Command {
	var o servicesOptions
	cmd := &cobra.Command{
		Use:   "services [DIR]",
		Short: "Show what is built into which image and run by which workload, and why",
		Long: `cnready services shows how code, images and workloads of DIR (default: the current
directory) belong together: for each main package that serves the Dockerfile that
builds it and the workloads that run it, each with the reason; then the main
packages that are no services, the workloads that run none, and what stays open:
images that were not found, Dockerfiles that could not be told to build anything.

What is wrong or missing can be said in .cnready.yml, under services.

Exit codes: 0 the joins are written, 2 cnready could not run.`,
		Example: `  cnready services
  cnready services --manifests ../deploy
  cnready services --format json | jq '.services[] | select(.image == null).name'`,
		Args: cobra.MaximumNArgs(1),
		RunE: o.run,
	}
	o.inputs.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the joins: text or json")
	f.StringVarP(&o.output, "output", "o", "", outputUsage)
	return cmd
}

// joins are what services shows.
type joins struct {
	Services []joinedService  `json:"services"`
	Mains    []otherMain      `json:"mains"`
	Unowned  []unownedRunning `json:"workloads"`
}

type joinedService struct {
	Name      string       `json:"name"`
	Dir       string       `json:"dir"`
	Main      string       `json:"main"`
	Image     *joinedPart  `json:"image"`
	Variants  []joinedPart `json:"variants"`
	Packaging *joinedPart  `json:"packaging"`
	Workloads []joinedPart `json:"workloads"`
	// Open are questions that the files leave open, in words.
	Open []string `json:"open"`
}

type joinedPart struct {
	Name   string `json:"name"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

type otherMain struct {
	Name   string `json:"name"`
	Dir    string `json:"dir"`
	Reason string `json:"reason"`
}

type unownedRunning struct {
	Name   string   `json:"name"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Images []string `json:"images"`
}

func (o *servicesOptions) run(cmd *cobra.Command, args []string) error {
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("unknown --format %q: use text or json", o.format)
	}
	a, err := o.read(cmd.Context(), dirOf(args))
	if err != nil {
		return err
	}
	if looked := a.lookedAt(); looked.Packages+looked.Dockerfiles+looked.Workloads+len(a.notAnalyzed) == 0 {
		return nothingIn(dirOf(args))
	}
	all := joinsOf(a.joined)
	return writeTo(cmd.OutOrStdout(), o.output, func(w io.Writer) error {
		if o.format == "json" {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(all)
		}
		_, err := io.WriteString(w, all.text())
		return err
	})
}

func joinsOf(j *service.Joined) *joins {
	out := &joins{Services: []joinedService{}, Mains: []otherMain{}, Unowned: []unownedRunning{}}
	for _, s := range j.Services {
		one := joinedService{Name: s.Name, Dir: s.Dir, Main: s.Contract.Main, Variants: []joinedPart{}, Workloads: []joinedPart{}, Open: openQuestions(s)}
		if s.Image != nil {
			part := imagePart(s.Image)
			one.Image = &part
		}
		for _, v := range s.Variants {
			one.Variants = append(one.Variants, imagePart(v))
		}
		if p := s.Packaging; p != nil {
			one.Packaging = &joinedPart{Name: p.Kind, File: p.At.File, Line: p.At.Line, Reason: p.Reason}
		}
		for _, w := range s.Workloads {
			one.Workloads = append(one.Workloads, joinedPart{Name: w.Workload.ID(), File: w.Workload.Position.File, Line: w.Workload.Position.Line, Reason: w.Reason})
		}
		one.Workloads = compactParts(one.Workloads)
		out.Services = append(out.Services, one)
	}
	for _, m := range j.Other {
		out.Mains = append(out.Mains, otherMain{m.Name, m.Main.Dir, m.Reason})
	}
	for _, w := range j.Unowned {
		one := unownedRunning{Name: w.ID(), File: w.Position.File, Line: w.Position.Line, Images: imagesOf(w)}
		if !slices.ContainsFunc(out.Unowned, func(o unownedRunning) bool { return o.Name == one.Name && o.File == one.File && o.Line == one.Line }) {
			out.Unowned = append(out.Unowned, one)
		}
	}
	return out
}

func imagePart(i *service.ImageJoin) joinedPart {
	name := i.File.Path
	if i.Stage != nil && i.Stage.Name != "" {
		name += " stage " + i.Stage.Name
	}
	return joinedPart{Name: name, File: i.At.File, Line: i.At.Line, Reason: i.Reason}
}

// compactParts drops what several variants of one manifest say alike.
func compactParts(list []joinedPart) []joinedPart {
	out := list[:0]
	for _, p := range list {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func imagesOf(w *deploy.Workload) []string {
	images := []string{}
	for _, c := range w.Containers {
		if c.Image.Set {
			images = append(images, c.Image.Value)
		} else if c.Build != nil {
			images = append(images, "built here")
		}
	}
	return images
}

// openQuestions are what the files leave open of a service.
func openQuestions(s *service.Service) []string {
	open := []string{}
	switch {
	case s.Image == nil && s.Packaging == nil && len(s.UnjoinedDockerfiles) > 0:
		open = append(open, "which image is it built into? These Dockerfiles could not be told to build anything: "+strings.Join(s.UnjoinedDockerfiles, ", "))
	case s.Image == nil && s.Packaging == nil:
		open = append(open, "which image is it built into? No Dockerfile or other packaging was found")
	case s.Image != nil && s.Image.Stage == nil:
		open = append(open, s.Image.File.Path+" does not parse")
	case s.Image != nil && !s.Image.Starts && len(s.Workloads) == 0:
		open = append(open, "what starts it? Its image holds it and starts something else")
	}
	if len(s.Workloads) == 0 {
		open = append(open, "what runs it? No workload was found; --manifests names manifests that lie elsewhere")
	}
	return open
}

func (j *joins) text() string {
	var b strings.Builder
	part := func(label string, p joinedPart) {
		fmt.Fprintf(&b, "  %-9s %s", label, p.Name)
		if p.File != "" && p.File != p.Name {
			fmt.Fprintf(&b, " (%s", p.File)
			if p.Line > 0 {
				fmt.Fprintf(&b, ":%d", p.Line)
			}
			b.WriteString(")")
		}
		fmt.Fprintf(&b, ": %s\n", p.Reason)
	}
	for _, s := range j.Services {
		fmt.Fprintf(&b, "%s  %s\n", s.Name, s.Dir)
		if s.Image != nil {
			part("image", *s.Image)
		}
		for _, v := range s.Variants {
			part("or", v)
		}
		if s.Packaging != nil {
			part("packaging", *s.Packaging)
		}
		for _, w := range s.Workloads {
			part("run by", w)
		}
		for _, q := range s.Open {
			fmt.Fprintf(&b, "  open      %s\n", q)
		}
		b.WriteString("\n")
	}
	if len(j.Mains) > 0 {
		b.WriteString("no services\n")
		for _, m := range j.Mains {
			fmt.Fprintf(&b, "  %s  %s: %s\n", m.Name, m.Dir, m.Reason)
		}
		b.WriteString("\n")
	}
	if len(j.Unowned) > 0 {
		b.WriteString("workloads that run none of them\n")
		for _, w := range j.Unowned {
			fmt.Fprintf(&b, "  %s (%s:%d)", w.Name, w.File, w.Line)
			if len(w.Images) > 0 {
				fmt.Fprintf(&b, ": %s", strings.Join(w.Images, ", "))
			}
			b.WriteString("\n")
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
