package image

import (
	"path"
	"strings"
)

// ShellFamily tells what runs in the stage's image when a program of that name
// is started as a shell: "/bin/sh", "bash", "/busybox/sh". It is ShellUnknown
// where the base image is not known, the program is no shell of a known family,
// or a step of the stages may have put another shell in place.
func (s *Stage) ShellFamily(program string) ShellFamily {
	family, known := LookupBase(s.Root().Base)
	switch base := path.Base(program); {
	case strings.HasPrefix(program, "/busybox/"), base == "ash", base == "busybox":
		return ShellBusybox
	case base == "dash":
		return ShellDash
	case base == "bash":
		if family.Shell == ShellBash {
			return ShellBash
		}
		return ShellOldBash
	case base == "sh" && known:
		return s.afterSteps(family.Shell)
	}
	return ShellUnknown
}

// afterSteps is what /bin/sh is after the stages' steps, given what it is in
// the base image.
func (s *Stage) afterSteps(sh ShellFamily) ShellFamily {
	for _, step := range s.AllSteps() {
		switch step.Kind {
		case StepRun:
			if sh == ShellNone && step.Command.Shell && len(step.Command.Interpreter) > 0 &&
				path.Base(step.Command.Interpreter[0]) == "sh" {
				return ShellUnknown // the build would fail without one
			}
			text := step.Text + strings.Join(step.Heredocs, "\n")
			if replacesShell(text) {
				return ShellUnknown
			}
		case StepCopy, StepAdd:
			switch bringsShell(step) {
			case Yes:
				if strings.Contains(step.From, "busybox") {
					sh = ShellBusybox
					continue
				}
				return ShellUnknown
			case Unknown:
				if sh == ShellNone {
					return ShellUnknown
				}
			}
		}
	}
	return sh
}

// replacesShell tells whether a script looks as if it put another /bin/sh in
// place.
func replacesShell(script string) bool {
	if strings.Contains(script, "dpkg-reconfigure") && strings.Contains(script, "dash") ||
		strings.Contains(script, "busybox --install") {
		return true
	}
	if !strings.Contains(script, "/bin/sh") {
		return false
	}
	for _, w := range strings.Fields(script) {
		switch path.Base(strings.TrimLeft(w, "(;&|")) {
		case "ln", "mv", "cp", "install", "update-alternatives":
			return true
		}
	}
	return false
}

// rootNames are names of folders that are whole root file systems, as builds
// call them.
var rootNames = map[string]bool{
	"": true, ".": true, "/": true, "build": true, "dist": true, "fs": true, "image": true,
	"install": true, "install_root": true, "installroot": true, "mnt": true, "newroot": true,
	"out": true, "output": true, "overlay": true, "release": true, "root": true, "rootfs": true,
	"staging": true, "sysroot": true, "target": true, "tmp": true,
}

// bringsShell tells whether a COPY or ADD puts a /bin/sh into the image:
// Unknown where it copies a whole folder that may have one.
func bringsShell(step Step) Has {
	if !step.Known {
		return Unknown
	}
	dest := path.Clean(step.Dest)
	switch dest {
	case "/bin/sh", "/usr/bin/sh":
		return Yes
	case "/", "/usr", "/bin", "/usr/bin":
	default:
		return No
	}
	answer := No
	for _, src := range step.Sources {
		base := path.Base(path.Clean(src))
		inBin := path.Base(dest) == "bin"
		switch {
		case inBin && base == "sh":
			return Yes
		case inBin && (base == "bin" || base == "busybox"), dest == "/usr" && base == "usr",
			strings.HasSuffix(src, "/"), strings.ContainsAny(base, "*?["),
			dest == "/" && rootNames[base],
			step.Kind == StepAdd && strings.Contains(base, ".t"): // .tar, .tar.gz, .tgz: unpacked
			answer = Unknown
		}
	}
	return answer
}
