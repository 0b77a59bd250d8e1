package vetunit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

// Version writes the line by which the go command tells one build of a vet tool
// from another, its answer to the flag -V=full. It is false where the program does
// not carry a build id; nothing has been written then, and unitchecker.Main makes
// the line of a hash of the whole program.
//
// The go command writes into each program that it links an id that stands for all
// that the program is made of (cmd/go documentation, "go tool buildid"): a hash of
// its inputs, and one of its contents. To read that takes no time, to hash the
// program takes more than all of the rest of a start.
func Version(w io.Writer) bool {
	program, err := os.Executable()
	if err != nil {
		return false
	}
	id, err := buildID(program)
	if err != nil {
		return false
	}
	// The go command takes what follows the last slash: without any it takes all.
	_, err = fmt.Fprintf(w, "cnready version devel buildID=%s\n", strings.ReplaceAll(id, "/", "."))
	return err == nil
}

// The id follows one of these near the beginning of a program: in an ELF file the
// head of a note that is of type 4 and Go's, in others what the text begins with.
var idMarks = []string{"\x04\x00\x00\x00Go\x00\x00", "\xff Go build ID: \""}

// maxHead bounds how much of a program is looked at, in bytes. The go command
// itself looks at 32 KiB (cmd/internal/buildid).
const maxHead = 64 << 10

// An id is four hashes of 20 characters with slashes between them.
const (
	idHashes   = 4
	hashLength = 20
	idLength   = idHashes*(hashLength+1) - 1
)

// buildID reads the id of a program. It is an error that there is none, or not one
// of the go command's: other builders write a word of their own that is always the
// same.
func buildID(program string) (string, error) {
	f, err := os.Open(program)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, maxHead))
	if err != nil {
		return "", err
	}
	for _, mark := range idMarks {
		_, rest, ok := bytes.Cut(head, []byte(mark))
		if ok && len(rest) >= idLength && isID(string(rest[:idLength])) {
			return string(rest[:idLength]), nil
		}
	}
	return "", errors.New("the program carries no build id of the go command")
}

func isID(s string) bool {
	hashes := strings.Split(s, "/")
	for _, h := range hashes {
		if len(h) != hashLength || strings.ContainsFunc(h, func(c rune) bool { return c > unicode.MaxASCII || !unicode.IsGraphic(c) || c == ' ' || c == '"' }) {
			return false
		}
	}
	return len(hashes) == idHashes
}
