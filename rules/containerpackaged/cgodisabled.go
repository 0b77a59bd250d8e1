package containerpackaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// CgoDisabled finds programs with C code that are built without cgo.
var CgoDisabled = &rule.Rule{
	Rule: finding.Rule{
		Name: "cgodisabled",
		Doc: `a package that needs cgo is built without it

Some packages are C code with a little Go around it: drivers of SQLite, Kafka and
DuckDB, image and compression libraries. With CGO_ENABLED=0, for another platform,
or where there is no C compiler, as in golang's Alpine images, go leaves that code
out. Then the build fails, or, worse, it succeeds with a stub: go-sqlite3 answers
"Binary was compiled with 'CGO_ENABLED=0', go-sqlite3 requires cgo to work" when
the first connection is opened.

The rule fails where the program of the image imports such a package, itself or
through others, and cgo is off in the build that makes it.

# Fails

	FROM golang:1.26 AS build
	RUN CGO_ENABLED=0 go build -o /app .   // import _ "github.com/mattn/go-sqlite3"

# Holds

	FROM golang:1.26 AS build
	RUN CGO_ENABLED=1 go build -o /app .
	FROM gcr.io/distroless/base-debian13
	COPY --from=build /app /app

# How to mend it

Build with cgo and a C compiler (in Alpine: apk add gcc musl-dev), and ship an
image with the same C library. Or take a package without C code, such as
modernc.org/sqlite.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: linksCgo,
	Run:     cgoDisabled,
}

// A cgoPackage is one that does not work without cgo.
type cgoPackage struct {
	path string
	// stub is what it does at run time; "" where it does not build.
	stub string
}

// cgoPackages were read in the sources of the modules, 2026-11: of those without a
// stub all Go files that matter import "C" or have the build constraint cgo.
var cgoPackages = []cgoPackage{
	{"github.com/mattn/go-sqlite3", "every connection fails with \"Binary was compiled with 'CGO_ENABLED=0', go-sqlite3 requires cgo to work. This is a stub\""},
	{"github.com/confluentinc/confluent-kafka-go/kafka", ""},
	{"github.com/confluentinc/confluent-kafka-go/v2/kafka", ""},
	{"github.com/marcboeker/go-duckdb", ""},
	{"github.com/marcboeker/go-duckdb/v2", ""},
	{"github.com/duckdb/duckdb-go/v2", ""},
	{"github.com/mutecomm/go-sqlcipher", ""},
	{"github.com/mutecomm/go-sqlcipher/v4", ""},
	{"github.com/godror/godror", ""},
	{"github.com/h2non/bimg", ""},
	{"github.com/davidbyttow/govips/v2/vips", ""},
	{"gopkg.in/gographics/imagick.v2/imagick", ""},
	{"gopkg.in/gographics/imagick.v3/imagick", ""},
	{"gocv.io/x/gocv", ""},
	{"github.com/linxGnu/grocksdb", ""},
	{"github.com/tecbot/gorocksdb", ""},
	{"github.com/libgit2/git2go/v34", ""},
	{"github.com/pebbe/zmq4", ""},
	{"github.com/DataDog/zstd", ""},
	{"github.com/valyala/gozstd", ""},
	{"github.com/ibm-messaging/mq-golang/v5/ibmmq", ""},
	{"github.com/coreos/go-systemd/v22/sdjournal", ""},
}

func cgoDisabled(p *rule.Pass) {
	for _, c := range cgoPackages {
		if linked, _ := p.Contract.Links(c.path); linked {
			judgeCgo(p, c)
		}
	}
}

func judgeCgo(p *rule.Pass, c cgoPackage) {
	subject := c.path
	b := program(p)
	if b == nil {
		p.CannotTell(0, subject, "the build that makes the image's program was not found", p.Stage.Position)
		return
	}
	switch b.Cgo.Has {
	case image.Yes:
		p.Holds(0, subject)
		return
	case image.Unknown:
		p.CannotTell(0, subject, "whether cgo is on cannot be told: "+b.Cgo.Why, b.At)
		return
	}
	outcome := c.stub
	severity := finding.Error
	if outcome == "" {
		outcome = "the build fails"
	}
	f := finding.Finding{Position: b.At}
	if c.stub != "" {
		use := opens(p, c.path)
		if use == nil {
			severity = finding.Warning
		} else {
			f.Related = append(f.Related, relatedCode(use, "opens a database with it"))
		}
	}
	f.Message = fmt.Sprintf("the program imports %s, which needs cgo, but cgo is off (%s): %s; build it with CGO_ENABLED=1 and a C compiler, or take a package without C code", c.path, b.Cgo.Why, outcome)
	if b.Cgo.At.IsValid() && b.Cgo.At != b.At {
		f.Related = append(f.Related, finding.Related{Position: b.Cgo.At, Message: b.Cgo.Why})
	}
	p.Fails(severity, subject, f)
}

// opens is the call that opens a database by a driver of SQLite, or nil.
func opens(p *rule.Pass, _ string) *effects.Instance {
	for _, e := range p.Contract.Of(effects.Dial, effects.Write) {
		if e.Reach == effects.OnRequest {
			continue
		}
		for _, name := range []string{"driver", "database"} {
			if text, known := e.Value(name).Default(); known && strings.HasPrefix(text, "sqlite") {
				return e
			}
		}
		if strings.HasPrefix(e.API, "sqlite.") {
			return e
		}
	}
	return nil
}
