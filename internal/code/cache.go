package code

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// A cache keeps what was found of packages and programs between runs, in a folder
// with a file for each. A file is named by the hash of all that decides what is
// in it, so nothing in the cache is ever out of date. What cannot be read or
// written is as if it were not there. A nil cache keeps nothing.
type cache struct{ dir string }

// CacheEnv is the environment variable that names the cache's folder, or is "off".
const CacheEnv = "CNREADY_CACHE"

const (
	// maxCacheAge is how long a file is kept that no run has used.
	maxCacheAge = 5 * 24 * time.Hour
	// maxCacheSize is how much is kept, in bytes. A first run on Prometheus leaves 6 MB.
	maxCacheSize = 256 << 20
	// trimInterval is how often old files are looked for, touchInterval how often
	// a file's use is noted.
	trimInterval  = 24 * time.Hour
	touchInterval = time.Hour
	// maxCacheFile is the largest file that is read or written, in bytes.
	maxCacheFile = 64 << 20
)

// openCache finds the folder of a cache. dir is the folder, "off", or "" for what
// the environment says and otherwise the user's cache folder.
func openCache(dir string) *cache {
	if dir == "" {
		dir = os.Getenv(CacheEnv)
	}
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil // no home directory
		}
		dir = filepath.Join(user, "cnready")
	}
	if dir == "off" {
		return nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	return &cache{dir: abs}
}

// A key is the hash of all that decides what is kept under it.
type key [sha256.Size]byte

func (c *cache) file(k key) string {
	name := hex.EncodeToString(k[:])
	return filepath.Join(c.dir, name[:2], name)
}

// get reads what is kept under a key into what v points to.
func (c *cache) get(k key, v any) bool {
	if c == nil {
		return false
	}
	name := c.file(k)
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() > maxCacheFile {
		return false
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil || len(data) < sha256.Size {
		return false
	}
	sum := sha256.Sum256(data[sha256.Size:])
	if !bytes.Equal(sum[:], data[:sha256.Size]) || effects.Decode(data[sha256.Size:], v) != nil {
		return false
	}
	if now := time.Now(); now.Sub(info.ModTime()) > touchInterval {
		_ = os.Chtimes(name, now, now) // a file that cannot be touched is trimmed early
	}
	return true
}

// put keeps v under a key.
func (c *cache) put(k key, v any) {
	if c == nil {
		return
	}
	data, err := effects.Encode(v)
	if err != nil || len(data) > maxCacheFile-sha256.Size {
		return
	}
	sum := sha256.Sum256(data)
	_ = c.write(c.file(k), append(sum[:], data...)) // it is read anew the next time
}

// write makes a file that is there whole or not at all.
func (c *cache) write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// trim removes files that were not used for days, and the ones least recently
// used where there is too much. It looks at most once a day.
func (c *cache) trim(now time.Time, maxSize int64) {
	if c == nil {
		return
	}
	mark := filepath.Join(c.dir, "trimmed")
	if info, err := os.Stat(mark); err == nil && now.Sub(info.ModTime()) < trimInterval && !info.ModTime().After(now) {
		return
	}
	if c.write(mark, nil) != nil {
		return
	}
	_ = os.Chtimes(mark, now, now)
	type kept struct {
		name string
		info fs.FileInfo
	}
	var files []kept
	var size int64
	folders, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, d := range folders {
		// The folder is the user's to name: only what the cache made is removed.
		if !d.IsDir() || !isHex(d.Name(), 2) {
			continue
		}
		entries, err := os.ReadDir(filepath.Join(c.dir, d.Name()))
		if err != nil {
			continue
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() || !isHex(e.Name(), 2*sha256.Size) && !strings.HasPrefix(e.Name(), "new-") {
				continue
			}
			name := filepath.Join(c.dir, d.Name(), e.Name())
			if now.Sub(info.ModTime()) > maxCacheAge {
				_ = os.Remove(name) // it is tried again the next day
				continue
			}
			files = append(files, kept{name, info})
			size += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b kept) int { return a.info.ModTime().Compare(b.info.ModTime()) })
	for _, f := range files {
		if size <= maxSize {
			return
		}
		if os.Remove(f.name) == nil {
			size -= f.info.Size()
		}
	}
}

func isHex(s string, length int) bool {
	return len(s) == length && strings.Trim(s, "0123456789abcdef") == ""
}

// A packageEntry is what is kept of a package.
type packageEntry struct {
	Summary *effects.Package // nil where no file of it could be read
	Notes   []finding.NotAnalyzed
}

// A groupEntry is what is kept of the programs of a group.
type groupEntry struct {
	Mains    []*Main
	Packages int
	Notes    []finding.NotAnalyzed
}

// thisBuild identifies the running program, so that no build reads what another one
// wrote: by its version where that was built as it was published or committed,
// and otherwise by the hash of its executable. It is "" where it cannot be told.
var thisBuild = sync.OnceValue(func() string {
	if info, ok := debug.ReadBuildInfo(); ok && isPublished(info) {
		return info.String()
	}
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return fmt.Sprintf("%x", h.Sum(nil))
})

// isPublished tells whether what a build was made of follows from its build
// information.
func isPublished(info *debug.BuildInfo) bool {
	for _, m := range info.Deps {
		if m.Replace != nil && m.Replace.Sum == "" {
			return false // replaced by a folder
		}
	}
	revision, modified := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			modified = s.Value
		}
	}
	return info.Main.Sum != "" || revision != "" && modified == "false"
}
