package kubernetes

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed removed.txt
var removedText string

// A Removal says that Kubernetes does not serve an API version any more.
type Removal struct {
	In  string // the release that removed it: 1.22
	Use string // the API version to use instead; "" where there is none
}

// Removed looks up an API version and a kind in the table of those that are gone
// (removed.txt, which names its source and date).
func Removed(apiVersion, kind string) (Removal, bool) {
	r, ok := removals()[apiVersion+" "+kind]
	return r, ok
}

var removals = sync.OnceValue(func() map[string]Removal {
	table := map[string]Removal{}
	for line := range strings.Lines(removedText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Fields(line)
		if len(columns) != 4 {
			continue
		}
		r := Removal{In: columns[2], Use: columns[3]}
		if r.Use == "-" {
			r.Use = ""
		}
		for kind := range strings.SplitSeq(columns[1], ",") {
			table[columns[0]+" "+kind] = r
		}
	}
	return table
})
