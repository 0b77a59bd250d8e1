package service

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// readWorkflow reads the images that a workflow of GitHub Actions builds: the steps
// of docker/build-push-action (its README, "inputs") and docker build in run steps.
// Of a name that an expression makes up nothing is taken but the build itself.
func readWorkflow(t *tree.Tree, file string, text []byte) []imageBuild {
	var doc struct {
		Defaults workflowDefaults `yaml:"defaults"`
		Jobs     map[string]struct {
			Defaults workflowDefaults `yaml:"defaults"`
			Steps    []workflowStep   `yaml:"steps"`
		} `yaml:"jobs"`
	}
	if yaml.Unmarshal(text, &doc) != nil {
		return nil
	}
	var out []imageBuild
	for _, name := range sortedKeys(doc.Jobs) {
		job := doc.Jobs[name]
		for _, step := range job.Steps {
			at := finding.Position{File: t.Name(file), Line: step.Uses.Line, Column: step.Uses.Column}
			if strings.HasPrefix(step.Uses.Value, "docker/build-push-action@") {
				out = append(out, step.builds(t, at)...)
				continue
			}
			dir := firstOf(step.Dir, job.Defaults.Run.Dir, doc.Defaults.Run.Dir)
			if step.Run.Value != "" && !strings.Contains(dir, "$") {
				out = append(out, dockerBuilds(t, file, "a workflow", path.Clean(dir), step.Run.Value, step.Run.Line)...)
			}
		}
	}
	return out
}

type workflowDefaults struct {
	Run struct {
		Dir string `yaml:"working-directory"`
	} `yaml:"run"`
}

type workflowStep struct {
	Uses yaml.Node         `yaml:"uses"`
	Run  yaml.Node         `yaml:"run"`
	Dir  string            `yaml:"working-directory"`
	With map[string]string `yaml:"with"`
}

// builds are those of one step, one for each literal name.
func (s workflowStep) builds(t *tree.Tree, at finding.Position) []imageBuild {
	context := firstOf(s.With["context"], ".")
	if strings.ContainsAny(context, "$:") || path.IsAbs(context) {
		return nil
	}
	b := imageBuild{tool: "a workflow", builder: "docker", context: path.Clean(context), args: map[string]string{}, at: at}
	name := s.With["file"]
	if name == "" {
		name = path.Join(context, "Dockerfile")
	}
	if strings.Contains(name, "$") {
		return nil
	}
	b.file = t.Name(path.Clean(name))
	if target := s.With["target"]; !strings.Contains(target, "$") {
		b.target = target
	}
	for line := range strings.SplitSeq(s.With["build-args"], "\n") {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.Contains(value, "$") {
			b.args[name] = value
		}
	}
	var out []imageBuild
	for tag := range strings.FieldsFuncSeq(s.With["tags"], func(r rune) bool { return r == '\n' || r == ',' || r == ' ' }) {
		if name := untagged(tag); name != "" && !slices.ContainsFunc(out, func(o imageBuild) bool { return o.image == name }) {
			b.image = name
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		out = append(out, b)
	}
	return out
}

// untagged is an image's name without its tag, "" where part of it is made up.
func untagged(ref string) string {
	slash := strings.LastIndexByte(ref, '/')
	if i := strings.IndexByte(ref[slash+1:], ':'); i >= 0 {
		ref = ref[:slash+1+i]
	}
	if strings.ContainsAny(ref, "${}()") {
		return ""
	}
	return ref
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return "."
}

// assignment is a variable of a makefile with a value of one word.
var assignment = regexp.MustCompile(`(?m)^([A-Za-z_][A-Za-z0-9_]*)[ \t]*[:?]?=[ \t]*([^\s#$]+)[ \t]*$`)

// readMakefile reads the docker build commands of a makefile, with the variables
// that it sets to plain words.
func readMakefile(t *tree.Tree, file string, text []byte) []imageBuild {
	script := string(text)
	for _, m := range assignment.FindAllStringSubmatch(script, 200) {
		script = strings.ReplaceAll(script, "$("+m[1]+")", m[2])
		script = strings.ReplaceAll(script, "${"+m[1]+"}", m[2])
	}
	return dockerBuilds(t, file, "a makefile", path.Dir(file), script, 1)
}

// buildCommand matches the beginning of a command that builds an image.
var buildCommand = regexp.MustCompile(`(^|[\s;&|@(])(docker|podman|nerdctl)( buildx| image)? build\s`)

// dockerBuilds reads the docker build commands of a text (docker documentation,
// "docker buildx build"); dir is where they run, line that of the text's first.
func dockerBuilds(t *tree.Tree, file, tool, dir, text string, line int) []imageBuild {
	var out []imageBuild
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		at := finding.Position{File: t.Name(file), Line: line + i}
		command := lines[i]
		for strings.HasSuffix(strings.TrimSpace(command), "\\") && i+1 < len(lines) {
			i++
			command = strings.TrimSuffix(strings.TrimSpace(command), "\\") + " " + lines[i]
		}
		where := buildCommand.FindStringIndex(command)
		if where == nil || strings.HasPrefix(strings.TrimSpace(command), "#") {
			continue
		}
		command = command[where[1]:]
		if end := strings.IndexAny(command, ";&|<>\n"); end >= 0 {
			command = command[:end]
		}
		out = append(out, dockerBuild(t, tool, dir, strings.Fields(command), at)...)
	}
	return out
}

// dockerBuild reads one command's words.
func dockerBuild(t *tree.Tree, tool, dir string, words []string, at finding.Position) []imageBuild {
	b := imageBuild{tool: tool, builder: "docker", args: map[string]string{}, at: at}
	var images []string
	context, name := "", ""
	for i := 0; i < len(words); i++ {
		word := strings.Trim(words[i], `"'`)
		if !strings.HasPrefix(word, "-") {
			context = word
			continue
		}
		flag, value, given := strings.Cut(word, "=")
		if !given && takesValue[flag] && i+1 < len(words) {
			i++
			value = strings.Trim(words[i], `"'`)
		}
		switch flag {
		case "-f", "--file":
			name = value
		case "-t", "--tag":
			if image := untagged(value); image != "" {
				images = append(images, image)
			}
		case "--target":
			b.target = value
		case "--build-arg":
			if name, value, ok := strings.Cut(value, "="); ok && !strings.ContainsAny(value, "$`") {
				b.args[name] = value
			}
		}
	}
	if context == "" || context == "-" || strings.ContainsAny(context+name+b.target, "$:`(){") || path.IsAbs(context) || path.IsAbs(name) {
		return nil
	}
	b.context = path.Join(dir, context)
	if name == "" {
		name = path.Join(context, "Dockerfile")
	}
	b.file = t.Name(path.Join(dir, name))
	if len(images) == 0 {
		images = []string{""}
	}
	var out []imageBuild
	for _, image := range images {
		b.image = image
		out = append(out, b)
	}
	return out
}

// takesValue are the options of docker build that take a value.
var takesValue = map[string]bool{
	"-f": true, "--file": true, "-t": true, "--tag": true, "--target": true, "--build-arg": true, "--platform": true, "--label": true,
	"--build-context": true, "--cache-from": true, "--cache-to": true, "--network": true, "--progress": true, "-o": true, "--output": true,
	"--secret": true, "--ssh": true, "--builder": true, "--iidfile": true, "--metadata-file": true, "--add-host": true, "--annotation": true, "--attest": true,
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
