package image

import "github.com/cnready/cnready/internal/finding"

// A Fact is an answer about an image with its evidence.
type Fact struct {
	// Has is Yes, No, or Unknown where it cannot be told.
	Has Has
	// At is the line that made it so: the COPY that brings a file, the RUN that
	// nobody can follow, the FROM whose image has it.
	At finding.Position
	// Why says in words how that line made it so, as a clause that a message can
	// go on with: "RUN installs ca-certificates".
	Why string
}

func present(at finding.Position, why string) Fact { return Fact{Yes, at, why} }
func absent(at finding.Position, why string) Fact  { return Fact{No, at, why} }
func unclear(at finding.Position, why string) Fact { return Fact{Unknown, at, why} }

// String is the answer as a word.
func (h Has) String() string {
	switch h {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// anyOf is Yes where one fact is, else Unknown where one is, else the first No.
func anyOf(facts ...Fact) Fact {
	var open, no Fact
	for _, f := range facts {
		switch {
		case f.Has == Yes:
			return f
		case f.Has == Unknown && open.Why == "":
			open = f
		case f.Has == No && no.Has != No:
			no = f
		}
	}
	if open.Why != "" || no.Has != No {
		return open
	}
	return no
}
