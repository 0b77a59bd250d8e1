package microservicesoriented

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/rule"
)

// MultiProcess finds images that run several services.
var MultiProcess = &rule.Rule{
	Rule: finding.Rule{
		Name: "multiprocess",
		Doc: `an image runs several services at once

An orchestrator sees one container: it probes, scales, updates and restarts all that is in
it together. Of several services under a supervisor it does not see that one has died, and
none can be scaled or updated by itself.

The rule looks at what the image starts: supervisord, runit or s6 with more than one
program, and a start script that puts cron, sshd or a server of another kind beside the
program. A supervisor of one program is fine, and so are tini and dumb-init.

Source: Docker documentation, "Run multiple processes in a container".

# Fails

	CMD ["/usr/bin/supervisord", "-c", "/etc/supervisord.conf"]    # two [program:...] sections

# Holds

	ENTRYPOINT ["/app"]

# How to mend it

Give each service an image and a workload of its own; run what is due at times as a job of
the platform.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   multiProcess,
}

var (
	// programSections match the programs of supervisord's configuration
	// (supervisord.org, "Configuration File").
	programSections = lazyregexp.New(`(?m)^\s*\[program:([^\]]+)\]`)
	// serversBeside match servers that a script starts beside the program.
	serversBeside = lazyregexp.New(`(?m)^\s*(?:exec\s+|nohup\s+|service\s+|/etc/init\.d/)?(?:/usr)?(?:/local)?(?:/s?bin/)?(crond|cron|sshd|dropbear|nginx|httpd|apache2|redis-server|memcached|mysqld|mariadbd|postgres|rsyslogd|syslogd|dnsmasq|haproxy|php-fpm)\b([^\n]*)$`)
)

func multiProcess(p *rule.Pass) {
	if p.Image == nil {
		return
	}
	subject := "processes of " + p.File.Path
	start := p.Image.Start()
	if len(start.Argv) == 0 {
		return
	}
	for _, word := range start.Argv {
		switch path.Base(word) {
		case "supervisord":
			judgeSupervisor(p, subject, &start)
			return
		case "s6-svscan", "runsvdir", "runsvdir-start", "runit", "circusd", "monit", "foreman", "goreman", "overmind", "hivemind":
			judgeServices(p, subject, &start, path.Base(word))
			return
		}
	}
	for _, w := range start.Chain {
		if w.Kind != image.WrapScript {
			continue
		}
		text, ok := p.Image.Text(w.Name)
		if !ok {
			p.CannotTell(0, subject, "what "+w.Name+" starts could not be read", start.At)
			return
		}
		for _, m := range serversBeside.FindAllStringSubmatch(text, -1) {
			if path.Base(start.Program) == m[1] || strings.Contains(m[2], "-t") && m[1] == "nginx" {
				continue // it is the program, or only tests its configuration
			}
			p.Fails(0, subject, finding.Finding{
				Position: start.At,
				Message: fmt.Sprintf("the image starts %s beside %s (in %s): the platform sees one container, probes and restarts neither by itself; give each a workload of its own",
					m[1], program(&start), w.Name),
			})
			return
		}
	}
	if start.Program != "" {
		p.Holds(0, subject)
	}
}

func program(s *image.Start) string {
	if s.Program == "" {
		return "the program"
	}
	return s.Program
}

// judgeSupervisor counts the programs of supervisord's configuration.
func judgeSupervisor(p *rule.Pass, subject string, start *image.Start) {
	files := []string{"/etc/supervisord.conf", "/etc/supervisor/supervisord.conf", "/etc/supervisor/conf.d/supervisord.conf", "/etc/supervisor.conf"}
	for i, word := range start.Argv {
		if strings.HasPrefix(word, "-c") && len(word) > 2 {
			files = []string{word[2:]}
		} else if (word == "-c" || word == "--configuration") && i+1 < len(start.Argv) {
			files = []string{start.Argv[i+1]}
		}
	}
	for _, f := range files {
		text, ok := p.Image.Text(f)
		if !ok {
			continue
		}
		var names []string
		for _, m := range programSections.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
		if strings.Contains(text, "[include]") && len(names) < 2 {
			break
		}
		if len(names) < 2 {
			p.Holds(0, subject)
			return
		}
		p.Fails(0, subject, finding.Finding{
			Position: start.At,
			Message: fmt.Sprintf("the image runs %d programs under supervisord (%s): the platform sees one container, and neither notices that one has died nor scales one by itself; give each a workload of its own",
				len(names), listed(names)),
		})
		return
	}
	p.CannotTell(0, subject, "which programs supervisord starts could not be read", start.At)
}

// judgeServices says of other supervisors that what they run was not read.
func judgeServices(p *rule.Pass, subject string, start *image.Start, supervisor string) {
	p.CannotTell(0, subject, "which programs "+supervisor+" starts is not read", start.At)
}
