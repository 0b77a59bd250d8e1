package scripts

import (
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/compose"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func TestDeclare(t *testing.T) {
	const services = "services:\n  shop:\n    image: registry.example.com/shop:1.4.0\n"
	for _, tt := range []struct {
		name, archive string
		want          deploy.PlatformID
		at            string
	}{
		{"a container host that the script made", "-- deploy.sh --\n#!/bin/sh\nvic-machine-linux create --name vch\ndocker-compose -H \"$HOST:2376\" up -d\n", deploy.OnVIC, "deploy.sh:3:1"},
		{"a container host by its variable", "-- Makefile --\nup:\n\tdocker-compose -H $VCH_HOST up -d\n", deploy.OnVIC, "Makefile:2:2"},
		{"containerd with an option", "-- up.sh --\nnerdctl --debug compose up -d\n", deploy.OnContainerd, "up.sh:1:1"},
		{"containerd's own", "-- up.sh --\nnerdctl compose up -d\n", deploy.OnContainerd, "up.sh:1:1"},
		{"another host", "-- up.sh --\ndocker-compose -H tcp://build:2375 up -d\n", "", ""},
		{"another folder", "-- tools/up.sh --\nnerdctl compose up -d\n", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree := treetest.Open(t, "-- compose.yaml --\n"+services+tt.archive)
			m := compose.Read(tree)
			Declare(m, tree)
			var got []string
			for _, p := range m.Platforms {
				if p.Workload == nil || p.Workload.Name != "shop" {
					t.Errorf("%+v", p)
				}
				got = append(got, string(p.ID)+" "+p.Evidence.String())
			}
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("%q, want nothing", got)
			case tt.want != "" && (len(got) != 1 || got[0] != string(tt.want)+" "+tt.at):
				t.Errorf("%q, want %s %s", got, tt.want, tt.at)
			}
		})
	}
}
