package microservicesoriented

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// UndeclaredEnv finds environment variables that a program reads and no workload
// of it sets.
var UndeclaredEnv = &rule.Rule{
	Rule: finding.Rule{
		Name: "undeclaredenv",
		Doc: `the program reads an environment variable that nothing sets

A program that ends without a variable never comes up where the workload does not
set it. One that goes on without it has a switch that whoever deploys it cannot
know of: it stands in the code alone.

The rule fails where the program requires a variable (it ends if the variable is
missing) and a workload that runs it sets it neither by env nor by envFrom, nor the
image by ENV. It is a note where the program goes on without it, has no default for
it in its code, and no manifest, Dockerfile, script or config of the repository names
it. Variables that platforms and systems set, and those of flags and libraries, are
left out.

# Fails

	addr := os.Getenv("CATALOG_ADDR")          env:
	if addr == "" {                            - name: PORT
		log.Fatal("CATALOG_ADDR is not set")     value: "8080"
	}

# Holds

	                                           env:
	                                           - name: CATALOG_ADDR
	                                             value: catalog:8080

# How to mend it

Set the variable in the workload, if only to its default: the manifest is where
people look for what can be set. Or give the code a default.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs:      rule.Workload,
	Contract:   true,
	Run:        undeclaredEnv,
	RunService: unnamedEnv,
}

// undeclaredEnv judges what the program cannot do without.
func undeclaredEnv(p *rule.Pass) {
	if p.Service == nil || p.Container == nil {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil {
		return
	}
	seen := map[string]bool{}
	for _, v := range p.Contract.Environment() {
		if !v.Required || seen[v.Name] || v.Reach > effects.ByDefault || v.Default != nil {
			continue
		}
		seen[v.Name] = true
		subject := rule.Subject(p.Workload.Object(), "container "+p.Container.Name, "requires "+v.Name)
		has, why := given(p, join, v.Name)
		if has == image.No && !p.Contract.Whole {
			has, why = image.Unknown, "not all code of the program was seen"
		}
		if has == image.No && severalServe(p.Contract) {
			has, why = image.Unknown, "the program has several subcommands that serve, and another one may require it"
		}
		switch has {
		case image.Yes:
			p.Holds(0, subject)
		case image.Unknown:
			p.CannotTell(0, subject, "whether "+v.Name+" is set for "+p.Service.Name+" could not be told: "+why, p.Container.Position)
		default:
			fate := "the container starts and ends again and again; set it under env"
			if p.Workload.Machine() {
				fate = "the unit does not come up; set it by Environment= or EnvironmentFile="
			}
			p.Fails(0, subject, finding.Finding{
				Position: p.Container.Position,
				Message: fmt.Sprintf("%s does not set %s, and %s ends without it (%s): %s",
					p.Workload.ID(), v.Name, p.Service.Name, v.At.Short(), fate),
				Related: []finding.Related{{Position: v.At, Message: "required here"}},
			})
		}
	}
}

// severalServe tells of a program of which several subcommands serve: what one of
// them needs, the others may do without.
func severalServe(c *effects.Contract) bool {
	names := map[string]bool{}
	for _, s := range c.Subcommands {
		if s.Serves {
			names[s.Name] = true
		}
	}
	return len(names) > 1
}

// given tells whether a workload, or the image that it runs, sets a variable.
func given(p *rule.Pass, j *service.WorkloadJoin, name string) (image.Has, string) {
	c := j.Container
	if slices.ContainsFunc(c.Env, func(e deploy.Env) bool { return e.Name == name }) {
		return image.Yes, ""
	}
	why := ""
	for _, ref := range c.EnvFrom {
		config, l := p.Index.Config(ref, j.Workload.Scope())
		if config == nil || l.Answer != deploy.Found {
			why = ref.Kind + "/" + ref.Name + " may have it"
			continue
		}
		if key, found := strings.CutPrefix(name, ref.Prefix); found {
			if _, has := config.Key(key); has {
				return image.Yes, ""
			}
		}
		if !config.Complete {
			why = "not all keys of " + config.ID() + " are known"
		}
	}
	s := p.Service
	if j.Workload.Machine() {
		switch {
		case why != "":
			return image.Unknown, why
		case !s.StartsItself(j):
			return image.Unknown, "what starts the program may set it"
		}
		return image.No, ""
	}
	if s.Image == nil || s.Image.Image == nil {
		return image.Unknown, "its image was not found"
	}
	for _, v := range s.Image.Image.Env() {
		if v.Name == name {
			return image.Yes, ""
		}
	}
	if why != "" {
		return image.Unknown, why
	}
	start := s.StartIn(j)
	if start == nil {
		return image.Unknown, "what its container starts was not followed"
	}
	for _, w := range start.Chain {
		if w.Kind != image.WrapInit && w.Kind != image.WrapExec {
			return image.Unknown, w.Name + ", which starts the program, may set it"
		}
	}
	return image.No, ""
}

// unnamedEnv judges what the program's own code reads and goes on without.
func unnamedEnv(p *rule.Pass) {
	s := p.Service
	// A unit is configured on its machine, where nothing of this tree tells it.
	placed := slices.DeleteFunc(slices.Clone(s.Workloads), func(j *service.WorkloadJoin) bool { return j.Workload.Machine() })
	if len(placed) == 0 || s.Image == nil || s.Image.Image == nil {
		return
	}
	environment := p.Contract.Environment()
	known := map[string]bool{}
	shared := map[finding.Position]int{}
	for _, v := range environment {
		if v.Default != nil || v.Required || !asked(v.API) {
			known[v.Name] = true
		}
		shared[v.At]++
	}
	seen := map[string]bool{}
	for _, v := range environment {
		if seen[v.Name] || known[v.Name] || v.Reach == effects.OnRequest || effects.Elsewhere(v.At.File) || isAmbient(v.Name) || isPlatforms(v.Name) {
			continue
		}
		if shared[v.At] > 1 {
			continue // a function that is called with several names, and a default perhaps
		}
		seen[v.Name] = true
		subject := "reads " + v.Name
		set, told := false, true
		for _, j := range placed {
			has, _ := given(p, j, v.Name)
			set = set || has == image.Yes
			told = told && has != image.Unknown
		}
		switch {
		case set || s.NamedInArtifacts == nil || s.NamedInArtifacts(v.Name):
			p.Holds(finding.Note, subject)
		case !told:
			p.CannotTell(finding.Note, subject, "whether something sets "+v.Name+" could not be told", v.At)
		default:
			p.Fails(finding.Note, subject, finding.Finding{
				Position: v.At,
				Message: fmt.Sprintf("reads %s, which no manifest, image or config of %s names: whoever deploys it cannot know of it; set it in %s, if only to its default",
					v.Name, s.Name, placed[0].Workload.ID()),
				Related: []finding.Related{{Position: placed[0].Container.Position, Message: "the container that runs it"}},
			})
		}
	}
}

// asked tells the calls by which code asks for one variable. What flags and
// configuration libraries read is told by --help and their documentation.
func asked(api string) bool {
	return api == "os.Getenv" || api == "os.LookupEnv" || api == "syscall.Getenv"
}

// platforms are beginnings of the names of variables that platforms set: Cloud
// Run and Knative ("Container runtime contract"), App Engine, AWS Lambda and ECS
// ("Using environment variables"), Azure ("App settings reference"), systemd
// (systemd.exec(5)), GitHub Actions, Heroku, Kubernetes ("Service environment
// variables").
var platforms = []string{
	"K_", "CLOUD_RUN_", "GAE_", "GOOGLE_CLOUD_PROJECT", "GCP_PROJECT", "GCLOUD_PROJECT", "FUNCTION_", "AWS_", "ECS_", "LAMBDA_", "_LAMBDA", "AZURE_", "WEBSITE_",
	"FUNCTIONS_", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "INVOCATION_ID", "JOURNAL_STREAM", "WATCHDOG_", "GITHUB_", "RUNNER_",
	"DYNO", "VERCEL", "NOMAD_", "FLY_", "RAILWAY_", "CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CI_", "NO_COLOR", "COLORTERM", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "USERPROFILE", "SUDO_",
}

func isPlatforms(name string) bool {
	return name == "PORT" || strings.HasSuffix(name, "_SERVICE_HOST") || strings.HasSuffix(name, "_SERVICE_PORT") ||
		slices.ContainsFunc(platforms, func(a string) bool { return strings.HasPrefix(name, a) })
}
