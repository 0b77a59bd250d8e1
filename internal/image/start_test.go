package image

import (
	"fmt"
	"strings"
	"testing"
)

func TestStart(t *testing.T) {
	const built = "FROM golang:1.26-alpine AS b\nWORKDIR /src\nCOPY . .\nRUN go build -o /orders ./cmd/orders\n"
	for _, tt := range []struct {
		lines   string
		script  string // entrypoint.sh of the tree
		program string
		dir     string // of the main that it is
		outcome Outcome
		chain   string
		args    string
	}{
		{lines: built + "FROM scratch\nCOPY --from=b /orders /\nENTRYPOINT [\"/orders\"]\nCMD [\"--port=8080\"]", program: "/orders", dir: "cmd/orders", outcome: SignalReached, args: "--port=8080"},
		{lines: built + "FROM alpine\nWORKDIR /\nCOPY --from=b /orders .\nCMD ./orders", program: "./orders", dir: "cmd/orders", outcome: SignalReached, chain: "shell:/bin/sh:exec"},
		{lines: built + "FROM debian:12\nWORKDIR /\nCOPY --from=b /orders .\nCMD ./orders -v", program: "./orders", dir: "cmd/orders", outcome: SignalStays, chain: "shell:/bin/sh", args: "-v"},
		{lines: built + "FROM debian:12\nCOPY --from=b /orders /usr/bin/\nCMD exec orders", program: "orders", dir: "cmd/orders", outcome: SignalReached, chain: "shell:/bin/sh:exec"},
		{lines: built + "FROM scratch\nCOPY --from=b /orders /\nCMD /orders", outcome: SignalNoShell, chain: "shell:/bin/sh"},
		{lines: built + "FROM debian:12\nCOPY --from=b /orders /usr/bin/\nENTRYPOINT [\"tini\", \"--\", \"sh\", \"-c\", \"orders\"]", program: "orders", dir: "cmd/orders", outcome: SignalDies, chain: "init:tini shell:sh"},
		{lines: built + "FROM alpine\nCOPY --from=b /orders /usr/bin/\nCOPY entrypoint.sh /\nENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"orders\", \"serve\"]",
			script: "#!/bin/sh\nset -e\n: ${PORT:=8080}\nexport LEVEL=${LEVEL:-info}\nexec su-exec app \"$@\"\n", program: "orders", dir: "cmd/orders", outcome: SignalReached, chain: "script:/entrypoint.sh:exec exec:su-exec:exec", args: "serve"},
		{lines: built + "FROM alpine\nCOPY --from=b /orders /usr/bin/\nCOPY entrypoint.sh /\nENTRYPOINT [\"/entrypoint.sh\"]",
			script: "#!/bin/sh\norders --level=$LEVEL\n", program: "orders", dir: "cmd/orders", outcome: SignalStays, chain: "script:/entrypoint.sh", args: "--level=$"},
		{lines: built + "FROM alpine\nCOPY --from=b /orders /usr/bin/\nCOPY entrypoint.sh /\nENTRYPOINT [\"/entrypoint.sh\"]",
			script: "#!/bin/sh\nif [ \"$(id -u)\" = 0 ]; then\n  exec su-exec app orders\nelse\n  exec orders\nfi\n", program: "orders", dir: "cmd/orders", outcome: SignalReached, chain: "script:/entrypoint.sh:exec exec:su-exec:exec"},
		{lines: built + "FROM alpine\nCOPY --from=b /orders /usr/bin/\nCOPY entrypoint.sh /\nENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"-v\"]",
			script: "#!/bin/sh\nif [ \"${1#-}\" != \"$1\" ]; then\n  set -- orders \"$@\"\nfi\nexec \"$@\"\n", program: "orders", dir: "cmd/orders", outcome: SignalReached, chain: "script:/entrypoint.sh:exec", args: "-v"},
		{lines: built + "FROM alpine\nCOPY --from=b /orders /usr/bin/\nCOPY entrypoint.sh /\nENTRYPOINT [\"sh\", \"/entrypoint.sh\"]",
			script: "run() {\n  exec orders \"$1\"\n}\nrun a b\n", program: "orders", dir: "cmd/orders", outcome: SignalReached, chain: "script:/entrypoint.sh:exec", args: "a"},
		{lines: built + "FROM alpine\nCOPY --from=b /orders /usr/bin/\nCOPY entrypoint.sh /\nENTRYPOINT [\"/entrypoint.sh\"]",
			script: "#!/bin/sh\ntrap 'kill $P' TERM\norders &\nP=$!\nwait $P\n", outcome: SignalUnclear, chain: "script:/entrypoint.sh"},
		{lines: "FROM alpine\nENTRYPOINT [\"/nothing.sh\"]", outcome: SignalUnclear, chain: "script:/nothing.sh"},
		{lines: "FROM alpine\nRUN cat <<'EOF' > /run.sh\n#!/bin/sh\nexec /app $OPTS\nEOF\nENTRYPOINT [\"/run.sh\"]", program: "/app", outcome: SignalReached, chain: "script:/run.sh:exec", args: "$"},
		{lines: "FROM alpine\nENTRYPOINT [\"supervisord\", \"-n\"]", outcome: SignalUnclear, chain: "supervisor:supervisord"},
		{lines: "FROM example.com/own\nCMD [\"/app\"]", outcome: SignalUnclear},
		{lines: "FROM alpine\nENTRYPOINT [\"/sbin/tini\", \"-g\", \"--\"]\nCMD [\"/app\"]", program: "/app", outcome: SignalReached, chain: "init:/sbin/tini"},
	} {
		archive := docker(tt.lines)
		if tt.script != "" {
			archive += "-- entrypoint.sh --\n" + tt.script
		}
		s := model(t, archive).Start()
		var chain []string
		for _, w := range s.Chain {
			text := fmt.Sprintf("%s:%s", w.Kind, w.Name)
			if w.Exec {
				text += ":exec"
			}
			chain = append(chain, text)
		}
		dir := ""
		if s.Binary != nil {
			dir = s.Binary.Dir
		}
		if s.Program != tt.program || dir != tt.dir || s.Outcome != tt.outcome || strings.Join(chain, " ") != tt.chain || strings.Join(s.Args, " ") != tt.args || s.Signal.Why == "" {
			t.Errorf("%q %q: program %q, main %q, outcome %d (%s), chain %q, args %q", tt.lines, tt.script, s.Program, dir, s.Outcome, s.Signal.Why, chain, s.Args)
		}
	}
}

func TestScriptVariables(t *testing.T) {
	img := model(t, docker("FROM alpine", "COPY entrypoint.sh /", "ENTRYPOINT [\"/entrypoint.sh\"]")+`-- entrypoint.sh --
#!/bin/sh
CONF=/etc/app.yaml
LIST=${LIST:-a,b}
for x in $LIST; do echo "$x"; done
: "${TOKEN:?is needed}"
exec /app --conf "$CONF" --port "$PORT"
`)
	s := img.Start()
	var got []string
	for _, v := range s.Variables {
		got = append(got, fmt.Sprintf("%s=%q/%v/%v:%d", v.Name, v.Default, v.HasDefault, v.Required, v.Line))
	}
	if want := `LIST="a,b"/true/false:3 TOKEN=""/false/true:5 PORT=""/false/false:6`; strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", strings.Join(got, " "), want)
	}
}

func TestStartOf(t *testing.T) {
	img := model(t, docker("FROM debian:12", "COPY cmd /app"))
	if s := img.StartOf([]string{"sh", "-c", "sleep 1; /app/x"}, img.Stage.Position); s.Outcome != SignalStays || s.Program != "/app/x" {
		t.Errorf("%+v", s)
	}
}

func TestTables(t *testing.T) {
	all, err := stocks()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := baseTable()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, l := range lines {
		if c := l.family.Contents; c != "" {
			used[c] = true
			if all[c] == nil {
				t.Errorf("%s %s: there is no section %s", l.repository, l.tag, c)
			}
		}
	}
	if !used["alpine"] || !used["debian-go"] {
		t.Error("the golang images have no contents")
	}
	packages, err := packageTable()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range packages {
		if seen[p.manager+" "+p.name] {
			t.Errorf("%s %s stands twice", p.manager, p.name)
		}
		seen[p.manager+" "+p.name] = true
		for _, d := range append(p.depends, p.recommends...) {
			if _, ok := packageNamed(p.manager, d); !ok {
				t.Errorf("%s %s depends on %s, which is not in the table", p.manager, p.name, d)
			}
		}
	}
	for _, bad := range []string{"in /bin sh", "[a < b]", "[a]\nwhat is this", "[a]\nuser root"} {
		if _, err := parseStocks(bad); err == nil {
			t.Errorf("contents %q are accepted", bad)
		}
	}
	for _, bad := range []string{"apk", "apk x y", "apk x @u:z", "apk [ /x"} {
		if _, err := parsePackages(bad); err == nil {
			t.Errorf("packages %q are accepted", bad)
		}
	}
}

func TestWalkScript(t *testing.T) {
	var got []string
	ok := WalkScript(`set -eux
A=1; B="$A-$C"
cd /src && ./build.sh "$B" ${D:-x}
if [ "$A" = 1 ]; then yes-1; else no-1; fi
if test -f /x; then maybe-1; fi
test -d /y && maybe-2
for i in a b; do run $i; done
(cd /tmp; pwd-is)
f() { inner "$1" $2; }
f one two
sh -c "cd /opt; deep \$A"
x || y
case $A in 1) first;; *) other;; esac
cat <<E > /out
text $A
E
`, "/", map[string]string{"Z": "z"}, func(c Call) {
		line := c.Dir + "> " + strings.Join(c.Words, " ")
		if c.Maybe {
			line += " ?"
		}
		if c.Output != "" {
			line += " >" + c.Output + " " + strings.TrimSpace(c.Input)
		}
		got = append(got, line)
	})
	want := []string{
		"/src> ./build.sh 1-$ x", "/src> [ 1 = 1 ]", "/src> yes-1", "/src> test -f /x", "/src> maybe-1 ?", "/src> test -d /y", "/src> maybe-2 ?",
		"/src> run a", "/src> run b", "/tmp> pwd-is", "/src> inner one two", "/opt> deep 1", "/src> x ?", "/src> y ?", "/src> first", "/src> cat >/out text 1",
	}
	if !ok || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%v\n%s\nwant\n%s", ok, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if WalkScript("if", "/", nil, func(Call) {}) {
		t.Error("a script that does not parse is followed")
	}
	n := 0
	if WalkScript("f() { f; f; }; f; "+strings.Repeat("for i in 1 2 3 4 5 6 7 8 9; do ", 8)+"x"+strings.Repeat("; done", 8), "/", nil, func(Call) { n++ }) || n > maxCommands {
		t.Errorf("%d commands were followed without end", n)
	}
}
