package helm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of one chart.
const (
	maxTemplateSize = 4 << 20
	maxTemplates    = 2000
	maxChartBytes   = 32 << 20 // of templates, values and archives
	maxArchive      = 4 << 20  // compressed
	maxArchiveFiles = 5000
	maxSubcharts    = 200
	maxChartDepth   = 8
)

// A chart is what a Chart.yaml makes of its folder, or of an archive.
type chart struct {
	dir      string // as reports show it
	meta     metadata
	values   *valuesFile // values.yaml, or nil
	sources  []*source
	files    fileSource
	subs     []*chart
	archived bool
	// missing are dependencies that do not lie in the tree.
	missing []*dependency
}

// metadata is a Chart.yaml, as templates see it (Helm documentation, "Charts").
type metadata struct {
	APIVersion   string            `json:"apiVersion"`
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	KubeVersion  string            `json:"kubeVersion"`
	Description  string            `json:"description"`
	Type         string            `json:"type"`
	Keywords     []string          `json:"keywords"`
	Home         string            `json:"home"`
	Sources      []string          `json:"sources"`
	Dependencies []*dependency     `json:"dependencies"`
	Maintainers  []maintainer      `json:"maintainers"`
	Icon         string            `json:"icon"`
	AppVersion   string            `json:"appVersion"`
	Deprecated   bool              `json:"deprecated"`
	Annotations  map[string]string `json:"annotations"`
	Condition    string            `json:"condition"`
	Tags         string            `json:"tags"`
	IsRoot       bool              `json:"-"`
}

type maintainer struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	URL   string `json:"url"`
}

// A dependency is an entry of a chart's dependencies.
type dependency struct {
	Name         string   `json:"name"`
	Version      string   `json:"version"`
	Repository   string   `json:"repository"`
	Condition    string   `json:"condition"`
	Tags         []string `json:"tags"`
	Enabled      bool     `json:"enabled"`
	ImportValues []any    `json:"import-values"`
	Alias        string   `json:"alias"`
}

// called is the name under which the dependency has its values.
func (d *dependency) called() string {
	if d.Alias != "" {
		return d.Alias
	}
	return d.Name
}

// A source is one template of a chart.
type source struct {
	name string // below the chart's folder: templates/web.yaml
	file string // as reports show it
	text string
	// lines are the offsets at which lines start.
	lines []int
	// archived is true of one that lies in an archive: its lines are no one's to
	// edit.
	archived bool
	err      error // why it could not be read
	uses     *uses
}

// A fileSource gives a chart's other files to its templates.
type fileSource interface {
	names() []string
	read(name string) []byte
}

// treeFiles are the files of a chart that lies in a tree.
type treeFiles struct {
	tree *tree.Tree
	dir  string
}

func (f treeFiles) names() []string {
	var names []string
	for _, file := range below(f.tree, f.dir) {
		name := relative(file.Path, f.dir)
		first, _, _ := strings.Cut(name, "/")
		if first != "templates" && first != "charts" && name != "Chart.yaml" && name != "values.yaml" {
			names = append(names, name)
		}
	}
	return names
}

func (f treeFiles) read(name string) []byte {
	if strings.HasPrefix(name, "../") {
		return nil
	}
	data, err := f.tree.Read(path.Join(f.dir, name), maxTemplateSize)
	if err != nil {
		return nil
	}
	return data
}

// archiveFiles are the files of an archive, by name.
type archiveFiles map[string][]byte

func (f archiveFiles) names() []string {
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
func (f archiveFiles) read(name string) []byte { return f[name] }

// below are the files of a tree in a folder, in their order.
func below(t *tree.Tree, dir string) []tree.File {
	if dir == "." {
		return t.Files
	}
	prefix := dir + "/"
	start, _ := slices.BinarySearchFunc(t.Files, prefix, func(f tree.File, p string) int { return strings.Compare(f.Path, p) })
	end := start
	for end < len(t.Files) && strings.HasPrefix(t.Files[end].Path, prefix) {
		end++
	}
	return t.Files[start:end]
}

func relative(p, dir string) string {
	if dir == "." {
		return p
	}
	return strings.TrimPrefix(p, dir+"/")
}

// A loader loads the charts of one tree.
type loader struct {
	tree  *tree.Tree
	bytes int64
}

var errTooLarge = fmt.Errorf("the chart is larger than %d MiB", maxChartBytes>>20)

func (l *loader) take(n int) error {
	if l.bytes += int64(n); l.bytes > maxChartBytes {
		return errTooLarge
	}
	return nil
}

// load reads the chart of a folder with what it needs of others. under are the
// folders of the charts that led here.
func (l *loader) load(dir string, under []string) (*chart, error) {
	if slices.Contains(under, dir) || len(under) > maxChartDepth {
		return nil, fmt.Errorf("the charts depend on each other: %s", l.tree.Name(dir))
	}
	under = append(slices.Clone(under), dir)
	text, err := l.tree.Read(path.Join(dir, "Chart.yaml"), maxTemplateSize)
	if err != nil {
		return nil, err
	}
	c := &chart{dir: l.tree.Name(dir), files: treeFiles{l.tree, dir}}
	if err := decodeYAML(text, &c.meta); err != nil {
		return nil, fmt.Errorf("its Chart.yaml %w", err)
	}
	if c.meta.Name == "" {
		return nil, errors.New("its Chart.yaml has no name")
	}
	if len(c.meta.Dependencies) == 0 { // of the first chart format
		if text, err := l.tree.Read(path.Join(dir, "requirements.yaml"), maxTemplateSize); err == nil {
			var r struct {
				Dependencies []*dependency `json:"dependencies"`
			}
			if decodeYAML(text, &r) == nil {
				c.meta.Dependencies = r.Dependencies
			}
		}
	}
	c.meta.Dependencies = slices.DeleteFunc(c.meta.Dependencies, func(d *dependency) bool { return d == nil || d.Name == "" })
	if p := path.Join(dir, "values.yaml"); l.tree.Has(p) {
		if c.values, err = l.valuesFile(p); err != nil {
			return nil, err
		}
	}
	subs := map[string]bool{}
	var archives []string
	for _, f := range below(l.tree, dir) {
		name := relative(f.Path, dir)
		parts := strings.Split(name, "/")
		switch {
		case parts[0] == "templates" && len(parts) > 1:
			if len(c.sources) >= maxTemplates {
				return nil, fmt.Errorf("the chart has more than %d templates", maxTemplates)
			}
			text, err := l.tree.Read(f.Path, maxTemplateSize)
			if err := l.take(len(text)); err != nil {
				return nil, err
			}
			s := newSource(name, l.tree.Name(f.Path), text)
			s.err = err
			c.sources = append(c.sources, s)
		case parts[0] == "charts" && len(parts) == 3 && parts[2] == "Chart.yaml":
			subs[parts[1]] = true
			sub, err := l.load(path.Join(dir, "charts", parts[1]), under)
			if err != nil {
				return nil, fmt.Errorf("charts/%s: %w", parts[1], err)
			}
			c.subs = append(c.subs, sub)
		case parts[0] == "charts" && len(parts) == 2 && path.Ext(name) == ".tgz":
			archives = append(archives, f.Path)
		}
		if len(c.subs)+len(archives) > maxSubcharts {
			return nil, fmt.Errorf("the chart has more than %d subcharts", maxSubcharts)
		}
	}
	for _, p := range archives {
		sub, err := l.archive(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", relative(p, dir), err)
		}
		c.subs = append(c.subs, sub)
	}
	return c, l.dependencies(c, dir, under)
}

// dependencies brings in the dependencies that lie elsewhere in the tree, and
// names those that do not lie in it at all.
func (l *loader) dependencies(c *chart, dir string, under []string) error {
	for _, d := range c.meta.Dependencies {
		if slices.ContainsFunc(c.subs, func(s *chart) bool { return s.meta.Name == d.Name }) {
			continue
		}
		at, local := strings.CutPrefix(d.Repository, "file://")
		if at = path.Join(dir, at); !local || !l.tree.Has(path.Join(at, "Chart.yaml")) {
			c.missing = append(c.missing, d)
			continue
		}
		sub, err := l.load(at, under)
		if err != nil {
			return fmt.Errorf("dependency %s: %w", d.Name, err)
		}
		c.subs = append(c.subs, sub)
	}
	return nil
}

func newSource(name, file string, text []byte) *source {
	s := &source{name: name, file: file, text: string(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))), lines: []int{0}}
	for i := range len(s.text) {
		if s.text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// archive reads a packaged subchart. Its templates have no lines that somebody
// edits here.
func (l *loader) archive(p string) (*chart, error) {
	data, err := l.tree.Read(p, maxArchive)
	if err != nil {
		return nil, err
	}
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("is no gzip archive")
	}
	files := map[string][]byte{}
	for in := tar.NewReader(zipped); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("is no archive of a chart: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(in, maxChartBytes))
		if err != nil {
			return nil, fmt.Errorf("is no archive of a chart: %w", err)
		}
		if err := l.take(len(text)); err != nil {
			return nil, err
		}
		if len(files) >= maxArchiveFiles {
			return nil, fmt.Errorf("has more than %d files", maxArchiveFiles)
		}
		_, name, _ := strings.Cut(path.Clean(h.Name), "/") // below the chart's own folder
		files[name] = text
	}
	return l.unpacked(files, l.tree.Name(p), 0)
}

// unpacked is the chart that files of an archive make.
func (l *loader) unpacked(files map[string][]byte, archive string, depth int) (*chart, error) {
	if depth > maxChartDepth {
		return nil, errors.New("has charts within charts within charts")
	}
	c := &chart{dir: archive, archived: true}
	if err := decodeYAML(files["Chart.yaml"], &c.meta); err != nil || c.meta.Name == "" {
		return nil, errors.New("has no Chart.yaml that can be read")
	}
	c.meta.Dependencies = slices.DeleteFunc(c.meta.Dependencies, func(d *dependency) bool { return d == nil || d.Name == "" })
	own, subs := archiveFiles{}, map[string]map[string][]byte{}
	names := archiveFiles(files).names()
	for _, name := range names {
		text := files[name]
		parts := strings.SplitN(name, "/", 3)
		switch {
		case parts[0] == "templates":
			if len(c.sources) >= maxTemplates || len(text) > maxTemplateSize {
				return nil, fmt.Errorf("has more than %d templates, or a very large one", maxTemplates)
			}
			s := newSource(name, archive, text)
			s.archived = true
			c.sources = append(c.sources, s)
		case parts[0] == "charts" && len(parts) == 3:
			if subs[parts[1]] == nil {
				subs[parts[1]] = map[string][]byte{}
			}
			subs[parts[1]][parts[2]] = text
		case name == "values.yaml":
			v, err := parseValues(archive, text)
			if err != nil {
				return nil, fmt.Errorf("values.yaml %w", err)
			}
			v.doc = nil
			c.values = v
		case parts[0] != "charts" && name != "Chart.yaml":
			own[name] = text
		}
	}
	c.files = own
	for _, name := range sorted(subs) {
		if subs[name]["Chart.yaml"] == nil {
			continue
		}
		sub, err := l.unpacked(subs[name], archive, depth+1)
		if err != nil {
			return nil, err
		}
		if len(c.subs) >= maxSubcharts {
			return nil, fmt.Errorf("has more than %d subcharts", maxSubcharts)
		}
		c.subs = append(c.subs, sub)
	}
	return c, nil
}

// decodeYAML reads one small document into a value.
func decodeYAML(text []byte, into any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot be read: %v", r)
		}
	}()
	d := &yamldoc.Document{Text: text}
	if err := d.Parse(); err != nil {
		budget := 0
		return errors.New(d.Reason(err, &budget))
	}
	if d.Root == nil {
		return nil
	}
	if _, err := yamldoc.Check(d.Root); err != nil {
		return err
	}
	if err := sigsyaml.Unmarshal(text, into); err != nil {
		return fmt.Errorf("cannot be read: %s", strings.TrimPrefix(err.Error(), "error unmarshaling JSON: "))
	}
	return nil
}
