package service

import (
	"fmt"
	"path"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
)

// ClearDotenv goes through findings on files without which the program ends, such
// as .env: one that the image or every workload brings is cleared, and of the
// others the image's line is added that leaves it without the file.
func ClearDotenv(s *Service, results []finding.Result) {
	for i := range results {
		r := &results[i]
		if r.Verdict != finding.Fails || r.Finding == nil {
			continue
		}
		for _, e := range s.Contract.Of(effects.NeedsFile) {
			if e.At == r.Finding.Position {
				joinDotenv(s, r, e)
				break
			}
		}
	}
}

// joinDotenv joins one finding with what the image has and the workloads mount.
func joinDotenv(s *Service, r *finding.Result, e *effects.Instance) {
	name, known := e.Value("path").Default()
	if !known || name == "" || s.Image == nil || s.Image.Image == nil {
		return
	}
	img := s.Image.Image
	where := name
	if !path.IsAbs(where) {
		dir, ok := img.Workdir()
		if !ok {
			return
		}
		where = path.Join(dir, where)
	}
	if by := mountedBy(s, where); by != nil {
		clearBy(r, *by)
		return
	}
	f := img.File(where)
	switch f.Has {
	case image.Yes:
		clearBy(r, finding.Related{Position: f.At, Message: fmt.Sprintf("the image has %s: %s", where, f.Why)})
	case image.No:
		if f.At.IsValid() {
			r.Finding.Related = append(r.Finding.Related, finding.Related{Position: f.At, Message: fmt.Sprintf("the image has no %s: %s", where, f.Why)})
		}
	}
}

func clearBy(r *finding.Result, by finding.Related) {
	r.Verdict = finding.Holds
	r.Finding.Status = finding.Cleared
	r.Finding.ClearedBy = &by
}

// mountedBy is the mount that brings a file, if all workloads have one.
func mountedBy(s *Service, where string) *finding.Related {
	var first *finding.Related
	for _, j := range s.placed() {
		found := false
		for i := range j.Container.Mounts {
			m := &j.Container.Mounts[i]
			if _, in := cutDir(where, path.Clean(m.Path)); in {
				found = true
				if first == nil {
					first = &finding.Related{Position: m.Position, Message: fmt.Sprintf("%s mounts %s", j.Workload.ID(), m.Path)}
				}
			}
		}
		if !found {
			return nil
		}
	}
	return first
}
