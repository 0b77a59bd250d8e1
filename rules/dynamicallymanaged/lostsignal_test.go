package dynamicallymanaged

import (
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/service"
)

func TestLostSignal(t *testing.T) {
	results := ruletest.Run(t, LostSignal, "testdata/lostsignal/wrong", "testdata/lostsignal/mended", "testdata/lostsignal/silent")
	for i, want := range []finding.Verdict{finding.Fails, finding.Holds, finding.CannotTell} {
		if len(results[i]) == 0 {
			t.Error("no results")
		}
		for _, r := range signals(results[i]) {
			if r.Verdict != want || r.Severity != finding.Error {
				t.Errorf("%s: verdict %d, want %d: %s", r.Subject, r.Verdict, want, r.Reason)
			}
			if want == finding.CannotTell && (r.Reason == "" || !r.Position.IsValid()) {
				t.Errorf("%s: reason %q at %v", r.Subject, r.Reason, r.Position)
			}
		}
	}
}

// signals are the answers on whether the signal arrives, without those on the
// form of the command.
func signals(results []finding.Result) []finding.Result {
	return slices.DeleteFunc(slices.Clone(results), func(r finding.Result) bool { return strings.HasSuffix(r.Subject, ": form") })
}

func TestFormOfCommand(t *testing.T) {
	for _, tt := range []struct {
		lines string
		want  finding.Verdict
	}{
		{`FROM alpine:3.22|ENTRYPOINT /app`, finding.Fails},
		{`FROM alpine:3.22|CMD ./app -x "$Y"`, finding.Fails},
		{`FROM debian:12|SHELL ["/bin/bash", "-c"]|CMD ./app`, finding.Fails},
		{`FROM alpine:3.22|ENTRYPOINT exec /app`, finding.Holds},
		{`FROM alpine:3.22|ENTRYPOINT cd /srv && exec ./app`, finding.Holds},
		{`FROM alpine:3.22|ENTRYPOINT ["/app"]`, finding.Holds},
	} {
		f := image.Parse("Dockerfile", []byte(strings.ReplaceAll(tt.lines, "|", "\n")))
		got := run(f, nil)
		if len(got) != 2 || got[0].Verdict != finding.Holds || got[1].Verdict != tt.want || got[1].Severity != finding.Note {
			t.Errorf("%s: %+v", tt.lines, got)
			continue
		}
		if f := got[1].Finding; f != nil && (!strings.Contains(f.Message, "only because the shell of") || f.Position.Line == 0) {
			t.Errorf("%s: %s at %v", tt.lines, f.Message, f.Position)
		}
	}
	// Where the signal is lost, that is all there is to say.
	if got := run(image.Parse("Dockerfile", []byte("FROM debian:12\nCMD ./app")), nil); len(got) != 1 {
		t.Errorf("a lost signal: %+v", got)
	}
}

// The outcomes were tried with dash 0.5.12, BusyBox 1.35 and bash 5.2.
func TestJudgeShellLine(t *testing.T) {
	const (
		dash    = "FROM debian:12"
		busybox = "FROM alpine:3.22"
		bash    = "FROM fedora:42"
		old     = "FROM registry.access.redhat.com/ubi8/ubi"
	)
	for _, tt := range []struct {
		line                     string
		dash, busybox, bash, old outcome
	}{
		{`./app`, stays, reached, reached, reached},
		{`X=1 ./app -x "$Y"`, stays, reached, reached, reached},
		{`./app >/log 2>&1`, stays, reached, stays, stays},
		{`cd /srv && ./app`, stays, reached, reached, unclear},
		{`migrate; ./app`, stays, reached, reached, unclear},
		{`./app || sleep 1`, stays, unclear, unclear, unclear},
		{`./app | tee log`, stays, stays, stays, stays},
		{`exec ./app | tee log`, stays, stays, stays, stays},
		{`{ ./app; }`, stays, reached, stays, stays},
		{`( ./app )`, stays, reached, stays, stays},
		{`if true; then ./app; fi`, stays, unclear, stays, stays},
		{`if true; then exec ./app; fi`, unclear, unclear, unclear, unclear},
		{`while true; do ./app; done`, stays, stays, stays, stays},
		{`until nc db; do sleep 1; done; exec ./app`, reached, reached, reached, reached},
		{`exec ./app "$X" >/log`, reached, reached, reached, reached},
		{`X=1 exec ./app`, reached, reached, reached, reached},
		{`cd /srv && exec ./app`, reached, reached, reached, reached},
		{`exec`, unclear, unclear, unclear, unclear},
		{`exec $APP`, unclear, unclear, unclear, unclear},
		{`$APP`, stays, unclear, unclear, unclear},
		{`exec ./start.sh`, unclear, unclear, unclear, unclear},
		{`exec bash -c "./app | x"`, stays, stays, stays, stays},
		{`side & ./app`, stays, reached, stays, stays},
		{`./app &`, unclear, unclear, unclear, unclear},
		{`./app & wait`, unclear, unclear, unclear, unclear},
		{`trap "kill 1" TERM; ./app`, unclear, unclear, unclear, unclear},
		{`! ./app`, unclear, unclear, unclear, unclear},
		{`./app "`, unclear, unclear, unclear, unclear},
		{`X=1`, unclear, unclear, unclear, unclear},
	} {
		for _, sh := range []struct {
			from string
			want outcome
		}{{dash, tt.dash}, {busybox, tt.busybox}, {bash, tt.bash}, {old, tt.old}} {
			stage := image.Parse("Dockerfile", []byte(sh.from)).Shipped("")
			if got := judge(stage, []string{"/bin/sh", "-c", tt.line}); got.kind != sh.want {
				t.Errorf("%s: %s: outcome %d (%s), want %d", sh.from, tt.line, got.kind, got.reason, sh.want)
			} else if got.kind == unclear && got.reason == "" {
				t.Errorf("%s: %s: no reason", sh.from, tt.line)
			}
		}
	}
}

func TestJudgeImage(t *testing.T) {
	for _, tt := range []struct {
		lines string
		want  finding.Verdict
		say   string // in the message or the reason
	}{
		{`FROM debian:12|ENTRYPOINT ["/app"]|CMD serve`, finding.Holds, ""},
		{`FROM debian:12|CMD ["sh", "-c", "./app"]`, finding.Fails, "this CMD runs sh (here dash)"},
		{`FROM debian:12|ENTRYPOINT ["/bin/sh", "-euxc", "./app"]`, finding.Fails, "runs /bin/sh"},
		{`FROM debian:12|ENTRYPOINT ["/bin/bash", "-o", "pipefail", "-c", "./app"]`, finding.Holds, ""},
		{`FROM debian:12|SHELL ["/bin/bash", "-c"]|CMD ./app`, finding.Holds, ""},
		{`FROM debian:12|SHELL ["/bin/bash", "-c"]|CMD { ./app; }`, finding.Fails, "this CMD in shell form runs /bin/bash (here bash)"},
		{`FROM debian:12|ENTRYPOINT ["sh", "-c", "exec \"$@\"", "--"]|CMD ["./app", "-x"]`, finding.Holds, ""},
		{`FROM debian:12|ENTRYPOINT ["sh", "-c", "exec \"$@\""]`, finding.CannotTell, "not written"},
		{`FROM debian:12|ENTRYPOINT ["sh"]`, finding.CannotTell, "a shell and no program"},
		{`FROM debian:12|ENTRYPOINT ["sh", "run.sh"]`, finding.CannotTell, "a script that is not read: run.sh"},
		{`FROM debian:12|ENTRYPOINT ["/docker-entrypoint"]`, finding.CannotTell, "a script that is not read"},
		{`FROM debian:12|ENTRYPOINT ["tini", "-g", "-e", "143", "--", "/app"]`, finding.Holds, ""},
		{`FROM debian:12|ENTRYPOINT ["dumb-init", "-r", "15:2", "sh", "-c", "./app"]`, finding.Fails, "under an init"},
		{`FROM alpine|ENTRYPOINT ["tini", "--", "sh", "-c", "./app"]`, finding.Holds, ""},
		{`FROM debian:12|ENTRYPOINT ["gosu", "app:app", "/app"]`, finding.Holds, ""},
		{`FROM debian:12|ENTRYPOINT ["gosu", "app"]`, finding.CannotTell, "no program to start"},
		{`FROM debian:12|ENTRYPOINT ["supervisord", "-n"]`, finding.CannotTell, "configuration"},
		{`FROM golang:1.25|CMD ["go", "run", "."]`, finding.CannotTell, "go starts the program"},
		{`FROM debian:12|ENTRYPOINT ["$APP"]`, finding.CannotTell, "does not expand"},
		{`FROM debian:12|ENTRYPOINT []`, finding.CannotTell, "empty"},
		{`FROM nginx:1.27|CMD ["./app"]`, finding.CannotTell, "an ENTRYPOINT that the base image has"},
		{`FROM nginx:1.27|ENTRYPOINT []|CMD ["./app"]`, finding.Holds, ""},
		{`FROM scratch|COPY app /app|ENTRYPOINT /app`, finding.Fails, "has no shell"},
		{`FROM scratch|COPY rootfs/ /|ENTRYPOINT /app`, finding.CannotTell, "is not known"},
		{`FROM scratch|ENTRYPOINT ["/app"]`, finding.Holds, ""},
		{`FROM gcr.io/distroless/static:debug|ENTRYPOINT ["/busybox/sh", "-c", "/app"]`, finding.Holds, ""},
		{`FROM debian:12|COPY <<EOF /run|exec /app|EOF|ENTRYPOINT ["/run"]`, finding.Holds, ""},
		{`FROM debian:12|COPY <<EOF /run|#!/usr/bin/env python3|x|EOF|ENTRYPOINT ["/run"]`, finding.CannotTell, "no shell script"},
		{`FROM debian:12|COPY <<"EOF" /run|#!/bin/bash|exec "$@"|EOF|ENTRYPOINT ["/run"]|CMD ["/app"]`, finding.Holds, ""},
		{`FROM debian:12|COPY <<EOF /run|/app|EOF|COPY run /run|ENTRYPOINT ["/run"]`, finding.CannotTell, "not read"},
	} {
		f := image.Parse("Dockerfile", []byte(strings.ReplaceAll(tt.lines, "|", "\n")))
		if len(f.NotAnalyzed) > 0 {
			t.Fatalf("%s: %v", tt.lines, f.NotAnalyzed)
		}
		got := signals(run(f, nil))
		if len(got) != 1 || got[0].Verdict != tt.want {
			t.Errorf("%s: %+v", tt.lines, got)
			continue
		}
		said := got[0].Reason
		if got[0].Finding != nil {
			said = got[0].Finding.Message
		}
		if !strings.Contains(said, tt.say) {
			t.Errorf("%s: %q does not say %q", tt.lines, said, tt.say)
		}
	}
}

func run(f *image.Dockerfile, joins []*service.WorkloadJoin) []finding.Result {
	rec := finding.NewRecorder(&LostSignal.Rule)
	LostSignal.Run(&rule.Pass{
		Recorder: rec, File: f, Stage: f.Shipped(""), Service: &service.Service{Workloads: joins},
	})
	return rec.Results()
}

func TestLostSignalFix(t *testing.T) {
	for line, want := range map[string]string{
		`ENTRYPOINT ./app -c=/etc/app.yaml --x 1`: `["./app", "-c=/etc/app.yaml", "--x", "1"]`,
		`ENTRYPOINT ./app $PORT`:                  "",
		`ENTRYPOINT X=1 ./app`:                    "",
		`ENTRYPOINT cd /x && ./app`:               "",
		`ENTRYPOINT ./app > log`:                  "",
		"ENTRYPOINT ./app \\\n -x":                "",
	} {
		f := image.Parse("Dockerfile", []byte("FROM debian:12\n"+line))
		got := run(f, nil)[0].Finding
		if want == "" {
			if len(got.Fixes) > 0 {
				t.Errorf("%s: %+v", line, got.Fixes)
			}
			continue
		}
		if len(got.Fixes) != 1 || got.Fixes[0].Edits[0].NewText != want {
			t.Errorf("%s: %+v", line, got.Fixes)
			continue
		}
		at := got.Fixes[0].Edits[0].Position
		if fixed := line[:at.Column-1] + want + line[at.EndColumn-1:]; fixed != "ENTRYPOINT "+want {
			t.Errorf("%s becomes %s", line, fixed)
		}
	}
}

func TestLostSignalWorkloads(t *testing.T) {
	set := func(words ...string) deploy.Field[[]string] {
		return deploy.Field[[]string]{Value: words, Set: len(words) > 0, Position: finding.Position{File: "web.yaml", Line: 20}}
	}
	join := func(command, args deploy.Field[[]string]) *service.WorkloadJoin {
		return &service.WorkloadJoin{
			Workload:  &deploy.Workload{Kind: "Deployment", Name: "web"},
			Container: &deploy.Container{Name: "app", Command: command, Args: args},
		}
	}
	for _, tt := range []struct {
		name, lines string
		joins       []*service.WorkloadJoin
		want        []finding.Verdict
	}{
		{"its own command", `CMD ./app`, []*service.WorkloadJoin{join(set("./app"), set("-x"))}, []finding.Verdict{finding.Holds}},
		{"its own shell", `CMD ["./app"]`, []*service.WorkloadJoin{join(set("sh", "-c"), set("./app"))}, []finding.Verdict{finding.Fails}},
		{"one of two", `CMD ./app`, []*service.WorkloadJoin{join(set("./app"), set()), join(set(), set())}, []finding.Verdict{finding.Holds, finding.Fails}},
		{"arguments instead of CMD", `CMD ./app`, []*service.WorkloadJoin{join(set(), set("./app"))}, []finding.Verdict{finding.Holds}},
		{"arguments of tini", `ENTRYPOINT ["tini", "--"]`, []*service.WorkloadJoin{join(set(), set("sh", "-c", "./app"))}, []finding.Verdict{finding.Fails}},
		{"arguments of the program", `ENTRYPOINT ["./app"]`, []*service.WorkloadJoin{join(set(), set("sh", "-c", "x"))}, []finding.Verdict{finding.Holds}},
		{"arguments of a shell line", `ENTRYPOINT ./app`, []*service.WorkloadJoin{join(set(), set("-x"))}, []finding.Verdict{finding.Fails}},
	} {
		f := image.Parse("Dockerfile", []byte("FROM debian:12\n"+tt.lines))
		got := signals(run(f, tt.joins))
		if len(got) != len(tt.want) {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		for i, r := range got {
			if r.Verdict != tt.want[i] {
				t.Errorf("%s: %+v", tt.name, r)
			}
			if file := strings.HasPrefix(r.Subject, "command of Deployment web"); r.Finding != nil && file != (r.Finding.Position.File == "web.yaml") {
				t.Errorf("%s: %s at %v", tt.name, r.Subject, r.Finding.Position)
			}
		}
	}
}
