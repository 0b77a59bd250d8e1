package coderule

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// Doc cuts a rule's text out of its doc.go, so that the page on pkg.go.dev,
// `go vet` help and `cnready explain` are one text: the package comment behind
// its "# Analyzer name" heading.
func Doc(source string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", source, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil || f.Doc == nil {
		return ""
	}
	return text(f.Doc)
}

func text(doc *ast.CommentGroup) string {
	const heading = "# Analyzer "
	all := doc.Text()
	for i := 0; i+len(heading) <= len(all); i++ {
		if all[i:i+len(heading)] != heading {
			continue
		}
		rest := all[i:]
		for j, c := range rest {
			if c == '\n' {
				rest = rest[j:]
				break
			}
		}
		for len(rest) > 0 && rest[0] == '\n' {
			rest = rest[1:]
		}
		return rest
	}
	return all
}
