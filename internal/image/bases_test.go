package image

import (
	"strings"
	"testing"
)

func TestBaseTable(t *testing.T) {
	lines, err := parseBases(basesText)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for i, l := range lines {
		names[l.family.Name] = true
		// A line that an earlier one hides is dead.
		probe := Base{Known: true, Repository: strings.NewReplacer("*", "", "[0-9]", "9").Replace(l.repository), Tag: strings.NewReplacer("*", "", "[0-9]", "3").Replace(l.tag)}
		switch l.tag {
		case "@":
			probe.Tag, probe.Digest = "", "sha256:x"
		case "*":
			probe.Tag = "zzz"
		}
		f, ok := LookupBase(probe)
		if !ok || f.Name != l.family.Name || f.Shell != l.family.Shell || f.User != l.family.User {
			t.Errorf("entry %d (%s %s) is hidden: %s:%s is %+v", i, l.repository, l.tag, probe.Repository, probe.Tag, f)
		}
	}
	if len(names) < 25 {
		t.Errorf("only %d families", len(names))
	}
	for _, bad := range []string{"a b", "[ * n ? ? ? ? ? ? ? ? ? ? ?", "a * n ? zsh ? ? ? ? ? ? ? ? ?", "a * n ? ? uclibc ? ? ? ? ? ? ? ?", "a * n ? ? ? maybe ? ? ? ? ? ? ?"} {
		if _, err := parseBases(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestLookupBase(t *testing.T) {
	for _, tt := range []struct {
		ref, name, user string
		sh              ShellFamily
	}{
		{"gcr.io/distroless/static", "distroless", "root", ShellNone},
		{"gcr.io/distroless/base-nossl-debian12:nonroot-amd64", "distroless", "65532", ShellNone},
		{"gcr.io/distroless/base:debug", "distroless", "root", ShellUnknown},
		{"gcr.io/distroless/cc-debian13:debug-nonroot", "distroless", "65532", ShellUnknown},
		{"gcr.io/distroless/static@sha256:" + strings.Repeat("a", 64), "distroless", "", ShellUnknown},
		{"gcr.io/distroless/static:nonroot@sha256:" + strings.Repeat("a", 64), "distroless", "65532", ShellNone},
		{"golang:1.25-alpine3.22", "golang", "root", ShellBusybox},
		{"golang", "golang", "root", ShellDash},
		{"golang@sha256:" + strings.Repeat("a", 64), "golang", "root", ShellUnknown},
		{"public.ecr.aws/docker/library/debian:13-slim", "debian", "root", ShellDash},
		{"mirror.gcr.io/library/alpine", "alpine", "root", ShellBusybox},
		{"registry.access.redhat.com/ubi8/ubi-minimal:8.10", "ubi-minimal", "root", ShellOldBash},
		{"registry.access.redhat.com/ubi9-micro", "ubi", "root", ShellBash},
		{"redhat/ubi9-minimal:9.4", "ubi", "root", ShellBash},
		{"nginxinc/nginx-unprivileged:1.27-alpine", "nginx", "101", ShellBusybox},
		{"cgr.dev/chainguard/static:latest-glibc", "chainguard", "65532", ShellNone},
	} {
		f := parse(t, "FROM "+tt.ref)
		got, ok := LookupBase(f.Stages[0].Base)
		if !ok || got.Name != tt.name || got.User != tt.user || got.Shell != tt.sh {
			t.Errorf("%s: %+v %v", tt.ref, got, ok)
		}
	}
	for _, ref := range []string{"example.com/alpine", "mycorp/golang:1", "distroless/static", "perl:5"} {
		if got, ok := LookupBase(parse(t, "FROM "+ref).Stages[0].Base); ok {
			t.Errorf("%s: %+v", ref, got)
		}
	}
}

func TestShellFamily(t *testing.T) {
	for _, tt := range []struct {
		text, program string
		want          ShellFamily
	}{
		{"FROM debian", "/bin/sh", ShellDash},
		{"FROM alpine AS a\nFROM a", "sh", ShellBusybox},
		{"FROM fedora:41", "/bin/bash", ShellBash},
		{"FROM debian", "/bin/bash", ShellOldBash},
		{"FROM own/base", "/bin/sh", ShellUnknown},
		{"FROM own/base", "ash", ShellBusybox},
		{"FROM gcr.io/distroless/static:debug", "/busybox/sh", ShellBusybox},
		{"FROM debian", "zsh", ShellUnknown},
		{"FROM scratch", "/bin/sh", ShellNone},
		{"FROM scratch\nCOPY app /app", "/bin/sh", ShellNone},
		{"FROM scratch\nCOPY app /", "/bin/sh", ShellNone},
		{"FROM scratch\nCOPY --from=x /go/bin/app /bin/", "/bin/sh", ShellNone},
		{"FROM scratch\nCOPY rootfs /", "/bin/sh", ShellUnknown},
		{"FROM scratch\nADD alpine-minirootfs.tar.gz /", "/bin/sh", ShellUnknown},
		{"FROM scratch\nCOPY --from=busybox:1.36 /bin/sh /bin/sh", "/bin/sh", ShellBusybox},
		{"FROM scratch\nCOPY --from=deb /bin/dash /bin/sh", "/bin/sh", ShellUnknown},
		{"FROM scratch\nCOPY --from=x / /", "/bin/sh", ShellUnknown},
		{"FROM scratch\nARG D\nCOPY x $D", "/bin/sh", ShellUnknown},
		{"FROM gcr.io/distroless/static\nRUN id", "/bin/sh", ShellUnknown},
		{"FROM debian\nRUN ln -sf /bin/bash /bin/sh", "/bin/sh", ShellUnknown},
		{"FROM debian\nRUN echo '#!/bin/sh' > /x", "/bin/sh", ShellDash},
	} {
		if got := parse(t, tt.text).Shipped("").ShellFamily(tt.program); got != tt.want {
			t.Errorf("%q, %s: %q, want %q", tt.text, tt.program, got, tt.want)
		}
	}
}
