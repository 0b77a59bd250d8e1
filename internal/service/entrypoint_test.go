package service_test

import (
	"fmt"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/service"
)

func TestEntryPoint(t *testing.T) {
	at := func(n int) finding.Position { return finding.Position{File: "a.yaml", Line: n, Column: 1} }
	argv := func(n int, words ...string) deploy.Field[[]string] {
		return deploy.Field[[]string]{Value: words, Set: true, Position: at(n)}
	}
	runs := func(name string, command, args deploy.Field[[]string]) *service.WorkloadJoin {
		return &service.WorkloadJoin{
			Workload:  &deploy.Workload{Kind: "Deployment", Name: name},
			Container: &deploy.Container{Command: command, Args: args},
		}
	}
	var unset deploy.Field[[]string]
	flag := func(name, fallback string) effects.Instance {
		return effects.Instance{Kind: effects.DefFlag, Names: []string{"name", "default"},
			Values: []*effects.Value{effects.Lit(name, at(1)), effects.Lit(fallback, at(1))}}
	}
	several := []effects.Subcommand{{Name: "migrate"}, {Name: "serve", Serves: true}, {Name: "shop"}}
	for _, tt := range []struct {
		name       string
		dockerfile string // "" for no image
		holds      bool
		commands   []effects.Subcommand
		workloads  []*service.WorkloadJoin
		want       string
	}{
		{"no subcommands", "ENTRYPOINT [\"/shop\", \"serve\"]", false, nil, nil, "none"},
		{"in the entrypoint", "ENTRYPOINT [\"/shop\", \"serve\"]\nCMD [\"--port=80\"]", false, several, nil,
			"[serve] Dockerfile:2:12 named by the ENTRYPOINT of Dockerfile"},
		{"in the command", "ENTRYPOINT [\"/shop\"]\nCMD [\"serve\"]", false, several, nil,
			"[serve] Dockerfile:3:5 named by the CMD of Dockerfile"},
		{"the program has a subcommand's name", "CMD [\"/shop\"]", false, several, nil,
			"[] Dockerfile:2:5 none is named by the CMD of Dockerfile"},
		{"neither names one", "ENTRYPOINT [\"/shop\"]\nCMD [\"--debug\", \"--port\", \"80\"]", false, several, nil,
			"[] Dockerfile:2:12 none is named by the ENTRYPOINT of Dockerfile or the CMD of Dockerfile"},
		{"behind an init program", "ENTRYPOINT [\"tini\", \"-g\", \"--\", \"/shop\"]\nCMD [\"serve\"]", false, several, nil,
			"[serve] Dockerfile:3:5 named by the CMD of Dockerfile"},
		{"in shell form", "ENTRYPOINT exec /shop --debug serve\nCMD [\"migrate\"]", false, several, nil,
			"[serve] Dockerfile:2:12 named by the ENTRYPOINT of Dockerfile"},
		{"shell form with an unknown word", "ENTRYPOINT exec /shop $MODE", false, several, nil, "none"},
		{"two commands in shell form", "ENTRYPOINT /shop migrate && /shop serve", false, several, nil, "none"},
		{"a script", "ENTRYPOINT [\"/entrypoint.sh\", \"serve\"]", false, several, nil, "none"},
		{"below a group", "CMD [\"/shop\", \"db\", \"migrate\", \"all\"]", false, several, nil,
			"[db migrate] Dockerfile:2:5 named by the CMD of Dockerfile"},
		{"behind a switch", "CMD [\"/shop\", \"--debug\", \"serve\"]", false, several, nil,
			"[serve] Dockerfile:2:5 named by the CMD of Dockerfile"},
		{"behind a flag that may take it", "CMD [\"/shop\", \"--mode\", \"serve\"]", false, several, nil, "none"},
		{"an argument behind --", "CMD [\"/shop\", \"--\", \"serve\"]", false, several, nil,
			"[] Dockerfile:2:5 none is named by the CMD of Dockerfile"},
		{"a name that is not known", "CMD [\"/shop\", \"sweep\"]", false, append(several, effects.Subcommand{}), nil, "none"},
		{"a word that is none", "CMD [\"/shop\", \"sweep\"]", false, several, nil, "none"},
		{"only the root command", "CMD [\"/shop\"]", false, several[2:], nil, "none"},
		{"the image starts another program", "CMD [\"/other\"]", true, several, nil, "none"},
		{"no image", "", false, several, nil, "none"},
		{"args", "ENTRYPOINT [\"/shop\"]\nCMD [\"serve\"]", false, several,
			[]*service.WorkloadJoin{runs("a", unset, argv(7, "migrate"))},
			"[migrate] a.yaml:7:1 named by the args of Deployment/a"},
		{"a command drops the CMD", "ENTRYPOINT [\"/shop\"]\nCMD [\"serve\"]", false, several,
			[]*service.WorkloadJoin{runs("a", argv(6, "/shop"), unset)},
			"[] a.yaml:6:1 none is named by the command of Deployment/a"},
		{"the image's where the workload says nothing", "ENTRYPOINT [\"/shop\"]\nCMD [\"serve\"]", false, several,
			[]*service.WorkloadJoin{runs("a", unset, unset), runs("b", argv(6, "shop"), argv(7, "serve"))},
			"[serve] Dockerfile:3:5 named by the CMD of Dockerfile"},
		{"workloads that differ", "ENTRYPOINT [\"/shop\"]", false, several,
			[]*service.WorkloadJoin{runs("a", unset, argv(7, "serve")), runs("b", unset, argv(8, "migrate"))}, "none"},
		{"args without an image", "", false, several,
			[]*service.WorkloadJoin{runs("a", unset, argv(7, "serve"))},
			"[serve] a.yaml:7:1 named by the args of Deployment/a"},
		{"args without an image that name none", "", false, several,
			[]*service.WorkloadJoin{runs("a", unset, argv(7, "--x"))}, "none"},
		{"a variable of the platform", "", false, several,
			[]*service.WorkloadJoin{runs("a", argv(6, "/shop", "$(MODE)"), unset)}, "none"},
	} {
		s := &service.Service{
			Contract:  &effects.Contract{Subcommands: tt.commands, Effects: []effects.Instance{flag("debug", "false"), flag("mode", "")}},
			Workloads: tt.workloads,
		}
		if tt.dockerfile != "" {
			f := image.Parse("Dockerfile", []byte("FROM scratch\n"+tt.dockerfile+"\n"))
			s.Image = &service.ImageJoin{File: f, Stage: f.Shipped(""), Starts: !tt.holds}
		}
		got := "none"
		if e := s.EntryPoint(); e != nil {
			got = fmt.Sprintf("%v %s %s", e.Command, e.At, e.Reason)
		}
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
