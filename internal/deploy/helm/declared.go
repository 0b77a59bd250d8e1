package helm

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of the search for who installs the charts.
const (
	maxDeclaring     = 2000
	maxDeclaringSize = 512 << 10
	maxDeclared      = 500
)

// declared finds the values files that the repository gives to its charts
// elsewhere: in skaffold.yaml (deploy.helm.releases), helmfile.yaml (releases),
// Applications of Argo CD (spec.source.helm.valueFiles), and in the helm commands
// of scripts, Makefiles and workflows.
func declared(t *tree.Tree, charts []string) []Values {
	if len(charts) == 0 {
		return nil
	}
	var list []Values
	add := func(dir, chart string, files []string) {
		if strings.Contains(chart, "://") || strings.ContainsAny(chart, "${}") {
			return
		}
		at := ""
		for _, base := range []string{dir, "."} {
			if p := path.Join(base, chart); slices.Contains(charts, p) {
				at = p
				break
			}
		}
		if at == "" || len(list) >= maxDeclared {
			return
		}
		var found []string
		for _, f := range files {
			if strings.ContainsAny(f, "${}") || strings.Contains(f, "://") {
				return // not all that it is installed with is known
			}
			for _, base := range []string{dir, at, "."} {
				if p := path.Join(base, f); t.Has(p) && !inTests(path.Dir(p)) {
					found = append(found, p)
					break
				}
			}
		}
		if len(found) > 0 && len(found) == len(files) {
			list = append(list, Values{Chart: at, Files: found})
		}
	}
	read := 0
	for _, f := range t.Files {
		if f.Size > maxDeclaringSize || read >= maxDeclaring || tree.IsExample(f.Path) || inTests(path.Dir(f.Path)) {
			continue
		}
		base, ext := path.Base(f.Path), path.Ext(f.Path)
		script := ext == ".sh" || base == "Makefile" || ext == ".mk" || base == "justfile" || base == "Taskfile.yml" || base == "Taskfile.yaml" ||
			strings.HasPrefix(f.Path, ".github/workflows/") || base == ".gitlab-ci.yml"
		manifest := ext == ".yaml" || ext == ".yml"
		if !script && !manifest || strings.Contains(f.Path, "/templates/") {
			continue
		}
		text, err := t.Read(f.Path, maxDeclaringSize)
		if err != nil {
			continue
		}
		if script {
			read++
			helmCommands(string(text), func(chart string, files []string) { add(path.Dir(f.Path), chart, files) })
			continue
		}
		if !mentions.Match(text) {
			continue
		}
		read++
		for _, d := range yamldoc.Split(f.Path, text) {
			if d.Parse() == nil && d.Root != nil {
				if _, err := yamldoc.Check(d.Root); err == nil {
					installers(d.Top(), base, func(chart string, files []string) { add(path.Dir(f.Path), chart, files) })
				}
			}
		}
	}
	return list
}

var mentions = regexp.MustCompile(`valuesFiles:|valueFiles:|(?m)^releases:`)

// installers reads the documents that name a chart with its values.
func installers(top yamldoc.Cursor, base string, add func(chart string, files []string)) {
	switch {
	case strings.HasPrefix(top.Get("apiVersion").Text(), "skaffold/"):
		configs := append(top.Get("profiles").Items(), top)
		for _, c := range configs {
			for _, under := range []string{"deploy", "manifests"} {
				for _, r := range c.Path(under, "helm", "releases").Items() {
					if files := r.Get("valuesFiles").Strings(); len(files) > 0 {
						add(r.Get("chartPath").Text(), files)
					}
				}
			}
		}
	case strings.HasPrefix(base, "helmfile"):
		for _, r := range top.Get("releases").Items() {
			if files := r.Get("values").Strings(); len(files) > 0 {
				add(r.Get("chart").Text(), files)
			}
		}
	case top.Get("kind").Text() == "Application":
		sources := append(top.Path("spec", "sources").Items(), top.Path("spec", "source"))
		for _, s := range sources {
			chart := s.Get("path").Text()
			files := s.Path("helm", "valueFiles").Strings()
			if chart == "" || len(files) == 0 {
				continue
			}
			// They are relative to the chart.
			for i, f := range files {
				files[i] = path.Join(chart, f)
			}
			add(chart, files)
		}
	}
}

var helmCommand = regexp.MustCompile(`\bhelm\s+(?:upgrade|install|template)\b((?:[^\n\\|;&]|\\\r?\n|\\.)*)`)

// helmCommands reads the commands that install a chart. The chart is the last
// word that may be a folder.
func helmCommands(text string, add func(chart string, files []string)) {
	for _, m := range helmCommand.FindAllStringSubmatch(text, 200) {
		words := strings.Fields(strings.NewReplacer("\\\r\n", " ", "\\\n", " ", "'", "", `"`, "").Replace(m[1]))
		var files, places []string
		for i := 0; i < len(words); i++ {
			w := words[i]
			switch name, value, given := strings.Cut(w, "="); {
			case (w == "-f" || w == "--values") && i+1 < len(words):
				i++
				files = append(files, strings.Split(words[i], ",")...)
			case given && (name == "-f" || name == "--values"):
				files = append(files, strings.Split(value, ",")...)
			case strings.HasPrefix(w, "-"):
			default:
				places = append(places, w)
			}
		}
		for _, p := range places {
			if len(files) > 0 && (strings.Contains(p, "/") || p == ".") {
				add(p, files)
			}
		}
	}
}
