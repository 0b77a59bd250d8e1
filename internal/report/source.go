package report

import (
	"bytes"
	"strings"
)

// maxSource is the size in bytes up to which a file's lines are shown.
const maxSource = 16 << 20

// sources reads the lines that findings stand on, each file once.
type sources struct {
	read  func(file string) ([]byte, error)
	lines map[string][]string
}

func newSources(read func(string) ([]byte, error)) *sources {
	return &sources{read: read, lines: map[string][]string{}}
}

// line is line n of the file, counted from 1, without its end; "" where there
// is none or the file cannot be read.
func (s *sources) line(file string, n int) string {
	if s.read == nil || file == "" || n < 1 {
		return ""
	}
	lines, ok := s.lines[file]
	if !ok {
		data, err := s.read(file)
		// What holds a zero byte is no text.
		if err == nil && len(data) <= maxSource && bytes.IndexByte(data, 0) < 0 {
			lines = strings.Split(string(data), "\n")
		}
		s.lines[file] = lines
	}
	if n > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[n-1], "\r")
}
