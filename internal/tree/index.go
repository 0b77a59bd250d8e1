package tree

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path"
	"path/filepath"
)

// tracked are the files that a repository's index has, and the folders that they
// lie in, relative to the repository's top. git lists them whatever its ignore
// files say.
type tracked struct {
	files, folders map[string]bool
}

// readIndex reads the index of the repository at top. An index that is missing,
// too large or not understood has no files: then only patterns decide.
func readIndex(top string, limit int64) (t tracked) {
	file := filepath.Join(gitFolder(top), "index")
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > limit {
		return t
	}
	f, err := os.Open(file)
	if err != nil {
		return t
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return t
	}
	names, ok := indexNames(data)
	if !ok {
		return t
	}
	t = tracked{files: map[string]bool{}, folders: map[string]bool{}}
	for _, name := range names {
		t.files[name] = true
		for dir := path.Dir(name); dir != "." && dir != "/" && !t.folders[dir]; dir = path.Dir(dir) {
			t.folders[dir] = true
		}
	}
	return t
}

// Sizes of an index's parts in bytes (gitformat-index(5)).
const (
	indexHeader = 12 // signature, version, number of entries
	indexStat   = 40 // of an entry before the object's name
	sha1Size    = 20
	indexFlags  = 2
)

// maxNames bounds the names of one index together, in bytes: those of version 4
// are written shorter than they are.
const maxNames = 64 << 20

// indexNames are the names of an index's entries, in versions 2 to 4 with SHA-1
// object names. ok is false where it is another or is cut off. An index of which
// another file holds a part (a split index) has the names of its own part.
func indexNames(data []byte) (names []string, ok bool) {
	if len(data) < indexHeader || string(data[:4]) != "DIRC" {
		return nil, false
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if version < 2 || version > 4 {
		return nil, false
	}
	data = data[indexHeader:]
	previous, total := "", 0
	for range count {
		const fixed = indexStat + sha1Size + indexFlags
		if len(data) < fixed {
			return nil, false
		}
		flags := binary.BigEndian.Uint16(data[indexStat+sha1Size:])
		start := fixed
		if flags&0x4000 != 0 && version >= 3 { // extended: two more bytes
			start += 2
		}
		if len(data) < start {
			return nil, false
		}
		prefix := ""
		if version == 4 {
			// The name is what is left of the one before, and a suffix.
			drop, n := offset(data[start:])
			if n == 0 || drop > uint64(len(previous)) {
				return nil, false
			}
			prefix = previous[:uint64(len(previous))-drop]
			start += n
		}
		end := bytes.IndexByte(data[start:], 0)
		if end < 0 {
			return nil, false
		}
		previous = prefix + string(data[start:start+end])
		if total += len(previous); total > maxNames {
			return nil, false
		}
		names = append(names, previous)
		size := start + end + 1
		if version < 4 {
			size = (start + end + 8) &^ 7 // padded with one to eight zeros
		}
		if len(data) < size {
			return nil, false
		}
		data = data[size:]
	}
	return names, true
}

// offset reads a number as pack files encode offsets: seven bits a byte, highest
// first, one added at each further byte (gitformat-pack(5)).
func offset(data []byte) (value uint64, n int) {
	for i, b := range data {
		if i > 8 {
			break
		}
		if i > 0 {
			value++
		}
		value = value<<7 | uint64(b&0x7f)
		if b&0x80 == 0 {
			return value, i + 1
		}
	}
	return 0, 0
}
