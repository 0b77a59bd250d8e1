package service_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/service"
)

// TestGraph follows the calls of the programs of a rule's fixture through their
// Services.
func TestGraph(t *testing.T) {
	const dir = "../../rules/microservicesoriented/testdata/servicecycle/"
	for _, tt := range []struct{ name, want, cycles string }{
		{"wrong", `invoices -> stock by http at stock:8080 from STOCK_URL, circular
orders -> invoices by http at invoices:8080 from INVOICES_URL, circular
stock -> orders by http at orders:8080 from ORDERS_URL, circular
`, "invoices stock orders\n"},
		{"mended", `invoices -> stock by http at stock:8080 from STOCK_URL
orders -> invoices by http at invoices:8080 from INVOICES_URL
`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, joined := ruletest.LoadPrograms(t, dir+tt.name)
			m := ruletest.ManifestsOf(dir + tt.name)
			g := service.GraphOf(joined.Services, m, deploy.NewIndex(m))
			var got, cycles strings.Builder
			for _, e := range g.Edges {
				circular := ""
				if e.Circular {
					circular = ", circular"
				}
				fmt.Fprintf(&got, "%s -> %s by %s at %s:%s from %s%s\n", e.From, e.To, e.Protocol, e.Host, e.Port, e.Setting, circular)
			}
			for _, c := range g.Cycles() {
				var names []string
				for _, e := range c {
					names = append(names, e.From)
				}
				cycles.WriteString(strings.Join(names, " ") + "\n")
			}
			if got.String() != tt.want || cycles.String() != tt.cycles {
				t.Errorf("edges\n%swant\n%scycles\n%swant\n%s", got.String(), tt.want, cycles.String(), tt.cycles)
			}
		})
	}
}
