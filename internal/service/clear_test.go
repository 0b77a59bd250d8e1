package service_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree/treetest"
)

var (
	here  = finding.Position{File: "store.go", Line: 7, Column: 2}
	there = finding.Position{File: "store.go", Line: 9, Column: 2}
)

func lit(s string) *effects.Value { return effects.Lit(s, here) }

func env(name string) *effects.Value { return &effects.Value{Kind: effects.Env, Text: name} }

func flag(name, def string) *effects.Value {
	return &effects.Value{Kind: effects.Flag, Args: []*effects.Value{lit(name), lit(def)}}
}

func join(parts ...*effects.Value) *effects.Value {
	return &effects.Value{Kind: effects.Join, Args: parts}
}

func choice(parts ...*effects.Value) *effects.Value {
	return &effects.Value{Kind: effects.Choice, Args: parts}
}

func write(kind effects.EffectKind, at finding.Position, p *effects.Value) effects.Instance {
	return effects.Instance{Kind: kind, API: "os.Create", At: at, Names: []string{"path"}, Values: []*effects.Value{p}}
}

// pod makes a Deployment with a claimed volume data, an emptyDir scratch, and a
// config map; container is what else its container has.
func pod(name, container string) string {
	return object(name+".yaml", "Deployment", name, "x", ", "+container+"}], volumes: [{name: data, persistentVolumeClaim: {claimName: c}}, {name: locked, persistentVolumeClaim: {claimName: c, readOnly: true}}, {name: scratch, emptyDir: {}}, {name: conf, configMap: {name: c}}], dnsConfig: {searches: [x]}, tolerations: [{key: x")
}

func TestClearWrites(t *testing.T) {
	mounted := "volumeMounts: [{name: data, mountPath: /data}]"
	for _, tt := range []struct {
		name      string
		writes    []effects.Instance
		docker    string
		manifests string
		want      string // what clears, "" for nothing
	}{
		{"a claim at the path", nil, "", pod("a", mounted), "Deployment/a mounts the persistentVolumeClaim data at /data"},
		{"no workload", nil, "", "", ""},
		{"a claim above", []effects.Instance{write(effects.Write, here, lit("/data/db/x.sqlite"))}, "", pod("a", "volumeMounts: [{name: data, mountPath: /data/}]"), "Deployment/a mounts the persistentVolumeClaim data at /data/"},
		{"a claim beside", []effects.Instance{write(effects.Write, here, lit("/database/x"))}, "", pod("a", mounted), ""},
		{"a path that leads out", []effects.Instance{write(effects.Write, here, lit("/data/../etc/x"))}, "", pod("a", mounted), ""},
		{"a part that is not known", []effects.Instance{write(effects.Write, here, join(lit("/data"), effects.Unresolved("x", here)))}, "", pod("a", mounted), "Deployment/a mounts the persistentVolumeClaim data at /data"},
		{"a path that is not known", []effects.Instance{write(effects.Write, here, effects.Unresolved("x", here))}, "", pod("a", "volumeMounts: [{name: data, mountPath: /}]"), ""},
		{"a file of a claim", nil, "", pod("a", "volumeMounts: [{name: data, mountPath: /data/x, subPath: x}]"), "Deployment/a mounts the persistentVolumeClaim data at /data/x"},
		{"read-only mount", nil, "", pod("a", "volumeMounts: [{name: data, mountPath: /data, readOnly: true}]"), ""},
		{"read-only volume", nil, "", pod("a", "volumeMounts: [{name: locked, mountPath: /data}]"), ""},
		{"emptyDir", nil, "", pod("a", "volumeMounts: [{name: scratch, mountPath: /data}]"), ""},
		{"config map", nil, "", pod("a", "volumeMounts: [{name: conf, mountPath: /data}]"), ""},
		{"emptyDir within the claim", nil, "", pod("a", "volumeMounts: [{name: data, mountPath: /}, {name: scratch, mountPath: /data}]"), ""},
		{"claim within the emptyDir", nil, "", pod("a", "volumeMounts: [{name: scratch, mountPath: /}, {name: data, mountPath: /data}]"), "Deployment/a mounts the persistentVolumeClaim data at /data"},
		{"claim of a StatefulSet", nil, "", strings.Replace(object("a.yaml", "StatefulSet", "a", "x", ", volumeMounts: [{name: d, mountPath: /data}]"), "spec: {", "spec: {volumeClaimTemplates: [{metadata: {name: d}}], ", 1), "StatefulSet/a mounts the"},
		{"all of several", nil, "", pod("a", mounted) + pod("b", mounted) + pod("c", mounted), "Deployment/a mounts the persistentVolumeClaim data at /data, and so do the 2 other workloads"},
		{"both", nil, "", pod("a", mounted) + pod("b", mounted), "Deployment/a mounts the persistentVolumeClaim data at /data, and so does the other workload"},
		{"one lacks it", nil, "", pod("a", mounted) + pod("b", "env: []"), ""},
		{"flag's default", []effects.Instance{write(effects.Write, here, join(flag("dir", "/data"), lit("x")))}, "", pod("a", mounted), "Deployment/a mounts"},
		{"flag set elsewhere", []effects.Instance{write(effects.Write, here, join(flag("dir", "/data"), lit("x")))}, "", pod("a", mounted+", args: [--dir=/other]"), ""},
		{"flag set to the claim", []effects.Instance{write(effects.Write, here, join(flag("dir", "/other"), lit("x")))}, "", pod("a", mounted+", args: [--v, --dir, /data]"), "Deployment/a mounts"},
		{"flag set in the command", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "", pod("a", mounted+", command: [/app, -dir=/data/x]"), "Deployment/a mounts"},
		{"flag set in a shell line", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "", pod("a", mounted+", command: [sh, -c, 'sleep 1; exec /app --dir=/data/x']"), "Deployment/a mounts"},
		{"flag from the environment", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "", pod("a", mounted+", env: [{name: D, value: /data}], args: [--dir=$(D)/x]"), "Deployment/a mounts"},
		{"flag from a variable that is not known", []effects.Instance{write(effects.Write, here, flag("dir", "/data"))}, "", pod("a", mounted+", args: [--dir=$(D)]"), ""},
		{"flag set to a temporary folder", []effects.Instance{write(effects.Write, here, flag("dir", "/data"))}, "", pod("a", mounted+", args: [--dir=/tmp/x]"), ""},
		{"env set to the claim", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/other")))}, "", pod("a", mounted+", env: [{name: DIR, value: /data/x}]"), "Deployment/a mounts"},
		{"env set elsewhere", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/data")))}, "", pod("a", mounted+", env: [{name: DIR, value: /other}]"), ""},
		{"env from a secret", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/data")))}, "", pod("a", mounted+", env: [{name: DIR, valueFrom: {secretKeyRef: {name: s, key: k}}}]"), ""},
		{"env that a config map may set", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/data")))}, "", pod("a", mounted+", envFrom: [{configMapRef: {name: s}}]"), ""},
		{"env beside a config map", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/other")))}, "", pod("a", mounted+", env: [{name: DIR, value: /data}], envFrom: [{configMapRef: {name: s}}]"), "Deployment/a mounts"},
		{"env of another variable", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/other")))}, "", pod("a", mounted+", env: [{name: BASE, value: /data}, {name: DIR, value: $(BASE)/x}]"), "Deployment/a mounts"},
		{"env required and not set", []effects.Instance{write(effects.Write, here, env("DIR"))}, "", pod("a", "volumeMounts: [{name: data, mountPath: /}]"), ""},
		{"env of the image", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/other")))}, "FROM scratch\nENV DIR=/data", pod("a", mounted), "Deployment/a mounts"},
		{"env of the workload over the image's", []effects.Instance{write(effects.Write, here, choice(env("DIR"), lit("/other")))}, "FROM scratch\nENV DIR=/data", pod("a", mounted+", env: [{name: DIR, value: /x}]"), ""},
		{"argument of the image", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "FROM scratch\nENTRYPOINT [\"/app\"]\nCMD [\"--dir=/data\"]", pod("a", mounted), "Deployment/a mounts"},
		{"args in the place of CMD", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "FROM scratch\nENTRYPOINT [\"/app\"]\nCMD [\"--dir=/data\"]", pod("a", mounted+", args: [-v]"), ""},
		{"args behind ENTRYPOINT", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "FROM scratch\nENTRYPOINT [\"/app\", \"--dir=/data\"]", pod("a", mounted+", args: [-v]"), "Deployment/a mounts"},
		{"command in the place of both", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "FROM scratch\nENTRYPOINT [\"/app\", \"--dir=/data\"]", pod("a", mounted+", command: [/app]"), ""},
		{"shell form takes no args", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "FROM alpine\nENTRYPOINT /app --v", pod("a", mounted+", args: [--dir=/data]"), ""},
		{"shell form", []effects.Instance{write(effects.Write, here, flag("dir", "/other"))}, "FROM alpine\nENTRYPOINT echo x; exec /app --dir=/data", pod("a", mounted), "Deployment/a mounts"},
		{"relative, in the image's folder", []effects.Instance{write(effects.Write, here, lit("data/x"))}, "FROM scratch\nWORKDIR /app\nCMD [\"./x\"]", pod("a", "volumeMounts: [{name: data, mountPath: /app/data}]"), "Deployment/a mounts"},
		{"relative, folder not known", []effects.Instance{write(effects.Write, here, lit("data/x"))}, "", pod("a", "volumeMounts: [{name: data, mountPath: /app/data}]"), ""},
		{"a directory above the claim", []effects.Instance{write(effects.Mkdir, here, lit("/data"))}, "", pod("a", "volumeMounts: [{name: data, mountPath: /data/db}]"), "Deployment/a mounts"},
		{"a file above the claim", []effects.Instance{write(effects.Write, here, lit("/data"))}, "", pod("a", "volumeMounts: [{name: data, mountPath: /data/db}]"), ""},
		{"one call, two places, one held", []effects.Instance{write(effects.Write, here, lit("/data/x")), write(effects.Write, here, lit("/other/x"))}, "", pod("a", mounted), ""},
		{"one call, two places, both held", []effects.Instance{write(effects.Write, here, lit("/data/x")), write(effects.Write, here, lit("/data/y")), write(effects.Write, there, lit("/other"))}, "", pod("a", mounted), "Deployment/a mounts"},
		{"one of two places, one temporary", []effects.Instance{write(effects.Write, here, choice(lit("/data/x"), lit("/tmp/x")))}, "", pod("a", mounted), "Deployment/a mounts"},
		{"one of two places, one not held", []effects.Instance{write(effects.Write, here, choice(lit("/data/x"), lit("/other/x")))}, "", pod("a", mounted), ""},
		{"nothing written there", []effects.Instance{write(effects.Write, there, lit("/data/x"))}, "", pod("a", mounted), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			writes := tt.writes
			if writes == nil {
				writes = []effects.Instance{write(effects.Write, here, lit("/data/x"))}
			}
			s := &service.Service{Contract: &effects.Contract{Effects: writes}}
			if tt.docker != "" {
				f := image.Parse("Dockerfile", []byte(tt.docker))
				s.Image = &service.ImageJoin{File: f, Stage: f.Shipped("")}
			}
			manifests := kubernetes.Read(treetest.Open(t, tt.manifests))
			for _, w := range manifests.Workloads {
				s.Workloads = append(s.Workloads, &service.WorkloadJoin{Workload: w, Container: w.Containers[0]})
			}
			if want := strings.Count(tt.manifests, "-- "); len(s.Workloads) != want {
				t.Fatalf("%d workloads, want %d: %v", len(s.Workloads), want, manifests.NotAnalyzed)
			}
			rec := finding.NewRecorder(&finding.Rule{Name: "r", Severity: finding.Error})
			rec.Fails(0, "s", finding.Finding{Position: here})
			rec.Holds(0, "other")
			results := rec.Results()
			service.ClearWrites(s, results)
			f := results[0].Finding
			if tt.want == "" {
				if results[0].Verdict != finding.Fails || f.Status != finding.Open || f.ClearedBy != nil {
					t.Errorf("cleared by %+v", f.ClearedBy)
				}
				return
			}
			if results[0].Verdict != finding.Holds || f.Status != finding.Cleared || f.ClearedBy == nil {
				t.Fatalf("not cleared: %+v", f)
			}
			if !strings.HasPrefix(f.ClearedBy.Message, tt.want) || f.ClearedBy.File != "a.yaml" || f.ClearedBy.Line == 0 {
				t.Errorf("cleared by %+v, want %q", f.ClearedBy, tt.want)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	f := image.Parse("Dockerfile", []byte("FROM alpine\nARG V\nENV A=1 B=2 C=$V\nENTRYPOINT [\"/app\", \"--x=1\"]\nCMD [\"--y\", \"2\"]"))
	s := &service.Service{Contract: &effects.Contract{}, Image: &service.ImageJoin{File: f, Stage: f.Shipped("")}}
	c := &deploy.Container{Env: []deploy.Env{
		{Name: "B", Value: "3"}, {Name: "D", Value: "$(B)/$(E)"}, {Name: "F", Value: "$$(B) $x $("}, {Name: "G", From: "secret"}, {Name: "H", Value: "$(B)-$(B)"},
	}}
	c.Args.Set, c.Args.Value = true, []string{"--h=$(H)", "--d=$(D)", "--on"}
	got := s.Settings(&service.WorkloadJoin{Workload: &deploy.Workload{}, Container: c})
	show := func(values map[string]*effects.Value) string {
		var out []string
		for _, name := range slices.Sorted(maps.Keys(values)) {
			text := "?"
			if v := values[name]; v != nil {
				text = v.Text
			}
			out = append(out, name+"="+text)
		}
		return strings.Join(out, " ")
	}
	// A is the image's, B the workload's; C, D and G are set to what is not known.
	for name, want := range map[string]string{"A": "1", "B": "3", "C": "?", "D": "?", "F": "$(B) $x $(", "G": "?", "H": "3-3"} {
		if text := show(map[string]*effects.Value{name: got.Env[name]}); text != name+"="+want {
			t.Errorf("%s, want %s", text, want)
		}
	}
	if flags := show(got.Flags); flags != "d=? h=3-3 on=true x=1" {
		t.Errorf("flags %s", flags)
	}
}
