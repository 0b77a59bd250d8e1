package microservicesoriented

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// SharedDatabase finds services that use one database.
var SharedDatabase = &rule.Rule{
	Rule: finding.Rule{
		Name: "shareddatabase",
		Doc: `two services use the same database

Services that share a database share its tables: a change of the schema by one breaks
the other, and neither can be deployed, scaled or moved by itself.

The rule compares the database URLs that the workloads of two services of this tree
are given, in their variables and in ConfigMaps: the same host and the same database
name. The same server with databases of their own holds.

# Fails

	orders    DATABASE_URL=postgres://db:5432/shop
	invoices  DATABASE_URL=postgres://db:5432/shop

# Holds

	orders    DATABASE_URL=postgres://db:5432/orders
	invoices  DATABASE_URL=postgres://db:5432/invoices

# How to mend it

Give each service its own database, and let one ask the other for what it needs.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs: rule.Manifests,
	Run:   sharedDatabase,
}

// databases are schemes of URLs whose path is the name of a database.
var databases = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "mongodb": "mongodb", "mongodb+srv": "mongodb",
	"sqlserver": "sqlserver", "mssql": "sqlserver", "cockroachdb": "postgres", "clickhouse": "clickhouse", "oracle": "oracle",
}

func sharedDatabase(p *rule.Pass) {
	type use struct {
		service  *service.Service
		workload *deploy.Workload
		at       finding.Position
	}
	uses := map[string][]use{}
	var keys []string
	for _, s := range p.Services {
		for _, j := range s.Workloads {
			for _, d := range databasesOf(p, j) {
				// Of one deployment: another variant has the same names.
				key := strings.Join([]string{j.Workload.Variant, j.Workload.Namespace, databases[d.scheme], d.host, d.port, d.path}, " ")
				if uses[key] == nil {
					keys = append(keys, key)
				}
				if !slices.ContainsFunc(uses[key], func(u use) bool { return u.service == s }) {
					uses[key] = append(uses[key], use{s, j.Workload, d.at})
				}
			}
		}
	}
	for _, key := range keys {
		list := uses[key]
		for i := 1; i < len(list); i++ {
			first, second := list[0], list[i]
			if !first.workload.Scope().Together(second.workload.Scope()) {
				continue
			}
			name := key[strings.LastIndexByte(key, ' ')+1:]
			p.Fails(0, rule.Subject(second.workload.Object(), "database "+name, "shared with "+first.service.Name), finding.Finding{
				Position: second.at,
				Message: fmt.Sprintf("%s uses the database %s of %s too: a change of its tables by one breaks the other; give each its own database",
					second.service.Name, name, first.service.Name),
				Related: []finding.Related{{Position: first.at, Message: first.service.Name + " uses it"}},
			})
		}
	}
}

// databasesOf are the databases that a container's variables name.
func databasesOf(p *rule.Pass, j *service.WorkloadJoin) []dependency {
	var out []dependency
	add := func(value string, at finding.Position) {
		for _, d := range hosts(value, "", false, at) {
			if databases[d.scheme] != "" && d.path != "" {
				d.path, _, _ = strings.Cut(d.path, "/")
				out = append(out, d)
			}
		}
	}
	for _, e := range j.Container.Env {
		switch e.From {
		case "":
			add(e.Value, e.ValuePosition)
		case "configMap":
			if k, l := p.Index.Key(e.Ref, j.Workload.Scope()); l.Answer == deploy.Found {
				add(k.Value, k.ValuePosition)
			}
		}
	}
	for _, ref := range j.Container.EnvFrom {
		if c, l := p.Index.Config(ref, j.Workload.Scope()); c != nil && l.Answer == deploy.Found {
			for _, k := range c.Keys {
				add(k.Value, k.ValuePosition)
			}
		}
	}
	return out
}
