package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/effects"
)

func TestSeveralServe(t *testing.T) {
	for _, tt := range []struct {
		commands []effects.Subcommand
		want     bool
	}{
		{nil, false},
		{[]effects.Subcommand{{Name: "serve", Serves: true}, {Name: "version"}}, false},
		{[]effects.Subcommand{{Name: "serve", Serves: true}, {Name: "mock", Serves: true}}, true},
	} {
		if got := severalServe(&effects.Contract{Subcommands: tt.commands}); got != tt.want {
			t.Errorf("severalServe(%v) = %v", tt.commands, got)
		}
	}
}
