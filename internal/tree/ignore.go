package tree

import (
	"bytes"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An ignoreFile holds the patterns of one .gitignore, or of .git/info/exclude.
type ignoreFile struct {
	// dir is the folder that the patterns speak of, relative to the repository's
	// top and with a slash behind it; "" for the top.
	dir      string
	patterns []pattern
}

// A pattern is one line of an ignore file (gitignore(5), "PATTERN FORMAT").
type pattern struct {
	negated  bool
	dirOnly  bool
	baseName bool // has no slash: speaks of names at any depth
	tokens   []token
	// literal is the text of a pattern without wildcards, and of one whose only
	// wildcard is a star at its start: nearly all are of these kinds.
	literal string
	simple  bool
}

// readIgnore reads an ignore file. One that is missing, too large or no regular
// file has no patterns: git does not follow a .gitignore that is a symbolic link
// either.
func readIgnore(file, dir string, limit int64) ignoreFile {
	out := ignoreFile{dir: dir}
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return out
	}
	f, err := os.Open(file)
	if err != nil {
		return out
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return out
	}
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		if p, ok := parsePattern(text); ok {
			out.patterns = append(out.patterns, p)
		}
	}
	return out
}

// parsePattern reads one line; ok is false for one that is empty, a comment or
// not a pattern.
func parsePattern(line string) (p pattern, ok bool) {
	if strings.HasPrefix(line, "#") {
		return p, false
	}
	line = trimSpaces(line)
	line, p.negated = strings.CutPrefix(line, "!")
	line, p.dirOnly = strings.CutSuffix(line, "/")
	p.baseName = !strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return p, false
	}
	p.tokens, ok = compile(line)
	literals := p.tokens
	if len(literals) > 0 && literals[0].kind == star && p.baseName {
		literals = literals[1:]
	}
	p.simple = !slices.ContainsFunc(literals, func(t token) bool { return t.kind != oneChar })
	if p.simple {
		text := make([]byte, 0, len(literals))
		for _, t := range literals {
			text = append(text, t.char)
		}
		p.literal = string(text)
	}
	return p, ok
}

// trimSpaces drops the spaces at the end of a line but for one behind a
// backslash.
func trimSpaces(line string) string {
	trimmed := strings.TrimRight(line, " ")
	slashes := len(trimmed) - len(strings.TrimRight(trimmed, `\`))
	if slashes%2 == 1 && len(trimmed) < len(line) {
		return trimmed + " "
	}
	return trimmed
}

// ignored tells whether git ignores a file or folder, whose path is relative to
// the repository's top. The files are given outermost first; of all patterns the
// last that matches decides. It is only asked for what lies in folders that are
// not ignored themselves.
func ignored(files []ignoreFile, p string, isDir bool) bool {
	for i := len(files) - 1; i >= 0; i-- {
		rel, ok := strings.CutPrefix(p, files[i].dir)
		if !ok {
			continue
		}
		for j := len(files[i].patterns) - 1; j >= 0; j-- {
			if pat := &files[i].patterns[j]; pat.match(rel, isDir) {
				return !pat.negated
			}
		}
	}
	return false
}

func (p *pattern) match(rel string, isDir bool) bool {
	if p.dirOnly && !isDir {
		return false
	}
	if p.baseName {
		rel = path.Base(rel)
	}
	switch {
	case !p.simple:
		return matchTokens(p.tokens, rel)
	case p.tokens[0].kind == star:
		return strings.HasSuffix(rel, p.literal)
	}
	return rel == p.literal
}

// A token is one part of a compiled pattern.
type token struct {
	kind  tokenKind
	char  byte
	class *[256]bool // for oneOf
}

type tokenKind uint8

const (
	oneChar tokenKind = iota // char itself
	anyChar                  // ?: any but a slash
	oneOf                    // [...]: one of the class
	star                     // *: any number of any but slashes
	dirs                     // **/ between slashes: any number of folders; inDirs follows
	inDirs                   // within such folders
	rest                     // /** at the end: whatever is left
)

// compile reads a wildcard pattern; ok is false for one that matches nothing,
// such as one with an open bracket.
func compile(p string) (tokens []token, ok bool) {
	for i := 0; i < len(p); {
		switch c := p[i]; c {
		case '\\':
			if i+1 == len(p) {
				return nil, false
			}
			tokens = append(tokens, token{kind: oneChar, char: p[i+1]})
			i += 2
		case '?':
			tokens = append(tokens, token{kind: anyChar})
			i++
		case '[':
			class, n := compileClass(p[i:])
			if n == 0 {
				return nil, false
			}
			tokens = append(tokens, token{kind: oneOf, class: class})
			i += n
		case '*':
			n := i
			for n < len(p) && p[n] == '*' {
				n++
			}
			whole := n-i == 2 && (i == 0 || p[i-1] == '/')
			switch {
			case whole && n < len(p) && p[n] == '/':
				tokens = append(tokens, token{kind: dirs}, token{kind: inDirs})
				n++
			case whole && n == len(p):
				tokens = append(tokens, token{kind: rest})
			default:
				tokens = append(tokens, token{kind: star})
			}
			i = n
		default:
			tokens = append(tokens, token{kind: oneChar, char: c})
			i++
		}
	}
	return tokens, true
}

// classNames are the named classes of a bracket expression (POSIX.1, 9.3.5), for
// ASCII.
var classNames = map[string]func(c byte) bool{
	"alnum":  func(c byte) bool { return isLetter(c) || isDigit(c) },
	"alpha":  isLetter,
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"digit":  isDigit,
	"graph":  func(c byte) bool { return c > ' ' && c < 0x7f },
	"lower":  func(c byte) bool { return c >= 'a' && c <= 'z' },
	"print":  func(c byte) bool { return c >= ' ' && c < 0x7f },
	"punct":  func(c byte) bool { return c > ' ' && c < 0x7f && !isLetter(c) && !isDigit(c) },
	"space":  func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' },
	"upper":  func(c byte) bool { return c >= 'A' && c <= 'Z' },
	"xdigit": func(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' },
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// compileClass reads a bracket expression at the start of p and returns its
// length, 0 where it does not end.
func compileClass(p string) (*[256]bool, int) {
	var set [256]bool
	i := 1
	negated := i < len(p) && (p[i] == '!' || p[i] == '^')
	if negated {
		i++
	}
	for first := true; ; first = false {
		if i >= len(p) {
			return nil, 0
		}
		if p[i] == ']' && !first {
			break
		}
		if strings.HasPrefix(p[i:], "[:") {
			name, _, closed := strings.Cut(p[i+2:], ":]")
			is := classNames[name]
			if !closed || is == nil {
				return nil, 0
			}
			for c := range set {
				set[c] = set[c] || is(byte(c))
			}
			i += len(name) + 4
			continue
		}
		low, n := classChar(p[i:])
		if n == 0 {
			return nil, 0
		}
		i += n
		high := low
		if i+1 < len(p) && p[i] == '-' && p[i+1] != ']' {
			if high, n = classChar(p[i+1:]); n == 0 {
				return nil, 0
			}
			i += n + 1
		}
		for c := int(low); c <= int(high); c++ {
			set[c] = true
		}
	}
	if negated {
		for c := range set {
			set[c] = !set[c]
		}
	}
	set['/'] = false
	return &set, i + 1
}

func classChar(p string) (c byte, n int) {
	if p[0] != '\\' {
		return p[0], 1
	}
	if len(p) < 2 {
		return 0, 0
	}
	return p[1], 2
}

// matchTokens tells whether the tokens match the whole of s. It follows all ways
// to match at once, so that its time is bounded by the product of both lengths.
func matchTokens(tokens []token, s string) bool {
	now, next := make([]bool, len(tokens)+1), make([]bool, len(tokens)+1)
	// reach marks a place, and those behind it that need no character.
	reach := func(set []bool, i int) {
		for !set[i] {
			set[i] = true
			if i == len(tokens) {
				return
			}
			switch tokens[i].kind {
			case star, rest:
				i++
			case dirs:
				set[i+1] = true
				i += 2
			default:
				return
			}
		}
	}
	reach(now, 0)
	for i := range len(s) {
		c := s[i]
		clear(next)
		for j, t := range tokens {
			if !now[j] {
				continue
			}
			switch t.kind {
			case oneChar:
				if c == t.char {
					reach(next, j+1)
				}
			case anyChar:
				if c != '/' {
					reach(next, j+1)
				}
			case oneOf:
				if t.class[c] {
					reach(next, j+1)
				}
			case star:
				if c != '/' {
					reach(next, j)
				}
			case rest:
				reach(next, j)
			case inDirs:
				reach(next, j)
				if c == '/' {
					reach(next, j+1)
				}
			}
		}
		now, next = next, now
	}
	return now[len(tokens)]
}

// A repository is the git repository that a folder lies in.
type repository struct {
	// above is the path from the repository's top to the folder, with a slash
	// behind it; "" for the top itself.
	above string
	files []ignoreFile
	// tracked are relative to the top; base is put before them where paths are
	// relative to a folder above it.
	tracked tracked
	base    string
	// onlyTracked is true within a folder that is ignored: nothing in it is
	// listed but what the index has.
	onlyTracked bool
}

// leavesOut tells whether git would not list a file or folder: it is ignored and
// not, or not in part, tracked.
func (r *repository) leavesOut(p string, isDir bool) bool {
	if !r.onlyTracked && !ignored(r.files, r.above+p, isDir) {
		return false
	}
	return !r.has(p, isDir)
}

// has tells whether the index has a file, or any below a folder.
func (r *repository) has(p string, isDir bool) bool {
	own := r.above + strings.TrimPrefix(p, r.base)
	if isDir {
		return r.tracked.folders[own]
	}
	return r.tracked.files[own]
}

// openRepository finds the repository of a folder with the patterns that stand
// above the folder. ok is false for a folder that lies in none.
func openRepository(abs string, limits limits) (r repository, ok bool) {
	top := abs
	for !isTop(top) {
		up := filepath.Dir(top)
		if up == top {
			return r, false
		}
		top = up
	}
	rel, err := filepath.Rel(top, abs)
	if err != nil {
		return r, false
	}
	limit := limits.ignore
	r.files = []ignoreFile{readIgnore(excludeFile(top), "", limit)}
	r.tracked = readIndex(top, limits.index)
	if rel == "." {
		return r, true
	}
	dir := ""
	for part := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		r.files = append(r.files, readIgnore(filepath.Join(top, filepath.FromSlash(dir), ".gitignore"), dir, limit))
		if ignored(r.files, dir+part, true) {
			// Whoever checks a folder that git ignores wants it read.
			r.files = nil
		}
		dir += part + "/"
	}
	r.above = dir
	return r, true
}

// isTop tells whether a folder is the top of a repository: .git is a folder
// there, or a file in a submodule or a linked worktree (gitrepository-layout(5)).
func isTop(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// gitFolder is the folder of the repository at top: .git, or the one that it
// names in a submodule or linked worktree.
func gitFolder(top string) string {
	git := filepath.Join(top, ".git")
	if text, ok := readLine(git); ok {
		return resolve(top, strings.TrimPrefix(text, "gitdir: "))
	}
	return git
}

// excludeFile is the place of a repository's own exclude file: info/exclude of
// its folder, or of the one that all worktrees share.
func excludeFile(top string) string {
	git := gitFolder(top)
	if text, ok := readLine(filepath.Join(git, "commondir")); ok {
		git = resolve(git, text)
	}
	return filepath.Join(git, "info", "exclude")
}

func resolve(base, p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(base, p)
}

// readLine is the text of a small regular file without its end of line.
func readLine(file string) (string, bool) {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 4096 {
		return "", false
	}
	data, err := os.ReadFile(file)
	return strings.TrimRight(string(data), "\r\n"), err == nil
}
