package kubernetes

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

func readProbe(o *corev1.Probe, c yamldoc.Cursor) deploy.Field[deploy.Probe] {
	f := deploy.Field[deploy.Probe]{Position: c.At}
	if o == nil {
		return f
	}
	f.Set = true
	p := deploy.Probe{Position: c.At}
	switch {
	case o.HTTPGet != nil:
		p = deploy.Probe{
			Kind: "httpGet", Path: o.HTTPGet.Path, Port: o.HTTPGet.Port.String(),
			Scheme: string(o.HTTPGet.Scheme), Position: c.Get("httpGet").At,
		}
	case o.GRPC != nil:
		p = deploy.Probe{Kind: "grpc", Port: c.Path("grpc", "port").Text(), Position: c.Get("grpc").At}
		if o.GRPC.Service != nil {
			p.Path = *o.GRPC.Service
		}
	case o.TCPSocket != nil:
		p = deploy.Probe{Kind: "tcpSocket", Port: o.TCPSocket.Port.String(), Position: c.Get("tcpSocket").At}
	case o.Exec != nil:
		p = deploy.Probe{Kind: "exec", Command: o.Exec.Command, Position: c.Get("exec").At}
	}
	handler := c
	if p.Kind != "" {
		handler = c.Get(p.Kind)
	}
	p.PathPosition, p.PortPosition = first(handler.Get("path"), handler.Get("service")).At, handler.Get("port").At
	p.Host = handler.Get("host").Text()
	for _, h := range handler.Get("httpHeaders").Items() {
		p.Headers = append(p.Headers, deploy.Pair{Name: h.Get("name").Text(), Value: h.Get("value").Text(), Position: h.Get("name").At})
	}
	// Defaults: Kubernetes API reference, Probe.
	p.InitialDelay = orDefault(c.Get("initialDelaySeconds").Int(), 0)
	p.Period = orDefault(c.Get("periodSeconds").Int(), 10)
	p.Timeout = orDefault(c.Get("timeoutSeconds").Int(), 1)
	p.SuccessThreshold = orDefault(c.Get("successThreshold").Int(), 1)
	p.FailureThreshold = orDefault(c.Get("failureThreshold").Int(), 3)
	p.Grace = c.Get("terminationGracePeriodSeconds").Int()
	f.Value = p
	return f
}

// orDefault is what a field means where it is not given.
func orDefault(f deploy.Field[int], n int) deploy.Field[int] {
	if !f.Set {
		f.Value = n
	}
	return f
}

// readHook reads a lifecycle handler.
func readHook(c yamldoc.Cursor) deploy.Field[deploy.Hook] {
	f := deploy.Field[deploy.Hook]{Set: c.Set(), Position: c.At}
	h := deploy.Hook{Position: c.At}
	for _, kind := range []string{"exec", "httpGet", "tcpSocket", "sleep"} {
		handler := c.Get(kind)
		if !handler.Set() {
			continue
		}
		h.Kind, h.Position = kind, handler.At
		h.Command = handler.Get("command").Strings()
		h.Path, h.Port = handler.Get("path").Text(), handler.Get("port").Text()
		h.Sleep = SleepOf(h.Command)
		if kind == "sleep" {
			h.Sleep = seconds(handler.Get("seconds").Text())
		}
		break
	}
	f.Value = h
	return f
}

// SleepOf is how long a command surely sleeps: of sleep itself, or of a script
// of a shell whose first or last command is one; 0 where nothing is sure.
//
// Source: sleep(1) of GNU coreutils, POSIX "sh -c".
func SleepOf(command []string) time.Duration {
	if len(command) == 0 {
		return 0
	}
	switch path.Base(command[0]) {
	case "sleep":
		var sum time.Duration
		for _, arg := range command[1:] {
			sum += seconds(arg)
		}
		return sum
	case "sh", "bash", "ash", "dash", "busybox":
		script := command[len(command)-1]
		if len(command) < 3 || len(script) > 4096 {
			return 0
		}
		var sum time.Duration
		for _, line := range strings.FieldsFunc(script, func(r rune) bool { return r == ';' || r == '\n' || r == '&' }) {
			words := strings.Fields(line)
			if len(words) == 2 && path.Base(words[0]) == "sleep" {
				sum += seconds(words[1])
			} else if len(words) > 0 && slices.Contains([]string{"if", "for", "while", "until", "case", "exit", "exec"}, words[0]) {
				return 0 // what follows may not run, or run again
			}
		}
		return sum
	}
	return 0
}

// seconds reads a time as sleep does: a number with s, m, h or d, seconds
// without. It is 0 for anything else.
func seconds(s string) time.Duration {
	unit := time.Second
	switch {
	case strings.HasSuffix(s, "s"):
		s = strings.TrimSuffix(s, "s")
	case strings.HasSuffix(s, "m"):
		s, unit = strings.TrimSuffix(s, "m"), time.Minute
	case strings.HasSuffix(s, "h"):
		s, unit = strings.TrimSuffix(s, "h"), time.Hour
	case strings.HasSuffix(s, "d"):
		s, unit = strings.TrimSuffix(s, "d"), 24*time.Hour
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || n > 1e6 {
		return 0
	}
	return time.Duration(n * float64(unit))
}
