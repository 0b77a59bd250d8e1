package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/cnready/cnready/internal/report"
)

// The environment variables of GitHub Actions that are read (GitHub documentation,
// "Variables reference", default environment variables).
const (
	envWorkspace   = "GITHUB_WORKSPACE"    // the folder that is checked out into
	envStepSummary = "GITHUB_STEP_SUMMARY" // the file that the step's summary is added to
	envServerURL   = "GITHUB_SERVER_URL"
	envRepository  = "GITHUB_REPOSITORY" // owner/name
	envSHA         = "GITHUB_SHA"
)

// A repository is where a checked directory belongs to.
type repository struct {
	// dir is the checked directory relative to the repository's root, with forward
	// slashes, "." for the root itself.
	dir string
	// workspace tells that the root is the workspace of GitHub Actions, so that it is
	// the repository that the workflow runs for.
	workspace bool
}

// repositoryOf finds the repository of a directory: the nearest folder at or above it
// that has a .git. Within a workspace of GitHub Actions it is looked for no further
// up, and is the workspace where there is none. A directory that is in no repository
// is its own.
func repositoryOf(dir string) repository {
	dir = resolved(dir)
	workspace := os.Getenv(envWorkspace)
	if workspace != "" {
		workspace = resolved(workspace)
	}
	_, within := below(workspace, dir)
	root := dir
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			root = at
			break
		}
		if within && at == workspace {
			root = workspace
			break
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	rel, _ := below(root, dir)
	return repository{dir: rel, workspace: within && root == workspace}
}

// resolved is the absolute path of a folder without symbolic links, as far as that
// can be told.
func resolved(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return filepath.Clean(dir)
}

// below is a folder relative to one at or above it.
func below(root, dir string) (rel string, ok bool) {
	if root == "" {
		return ".", false
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return ".", false
	}
	return filepath.ToSlash(rel), true
}

// writeJobSummary adds the report to the summary of a step of GitHub Actions, where
// there is one. Other programs of the step may have written to it.
func writeJobSummary(repo repository, r *report.Report) (err error) {
	name := os.Getenv(envStepSummary)
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	limit := report.MaxSummary - int(min(info.Size(), report.MaxSummary))
	if limit == 0 {
		return fmt.Errorf("it is full with %d bytes", info.Size())
	}
	return report.WriteSummary(f, r, report.SummaryOptions{Dir: repo.dir, Limit: limit, Link: linksTo(repo)})
}

// linksTo makes the addresses of lines on GitHub, for files of the repository that
// the workflow runs for; nil where that is not known.
func linksTo(repo repository) func(file string, line int) string {
	server, name, sha := os.Getenv(envServerURL), os.Getenv(envRepository), os.Getenv(envSHA)
	if !repo.workspace || server == "" || name == "" || sha == "" {
		return nil
	}
	base := strings.TrimSuffix(server, "/") + "/" + name + "/blob/" + sha + "/"
	return func(file string, line int) string {
		parts := strings.Split(file, "/")
		for i, p := range parts {
			// Parentheses would end the link in Markdown.
			parts[i] = strings.NewReplacer("(", "%28", ")", "%29").Replace(url.PathEscape(p))
		}
		address := base + strings.Join(parts, "/")
		if line > 0 {
			address += fmt.Sprintf("?plain=1#L%d", line)
		}
		return address
	}
}
