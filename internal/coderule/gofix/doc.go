// Package gofix makes the mends of Go files: small text edits that keep the
// layout, for rules that know how a finding is mended by machine.
//
// A rule on code offers fixes by its field Fix, which gets the finding and its
// [Site], the place in the file that the finding points at:
//
//	var Rule = &coderule.Rule{
//		Rule:  finding.Rule{Name: "notimeout", ...},
//		Judge: judge,
//		Fix: func(s *gofix.Site, f finding.Finding) []finding.Fix {
//			return gofix.ClientTimeout(s)
//		},
//	}
//
// A fix for another place than the finding's own, the literal behind a call for
// instance, begins with Site.At and the position of a related place. Where
// nothing on this page fits, [Site.Edit] starts a fix of the rule's own:
//
//	e := s.Edit()
//	name := e.Import("time")
//	e.Insert(lit.Rbrace, "Timeout: 30 * "+name+".Second")
//	return e.Fix("add a timeout")
//
// What is offered must be safe: the mended file compiles, the finding is gone,
// and nothing else changes. A function returns no fix wherever it is not sure of
// that, so that a rule may call it for each of its findings. Files are read as
// syntax only, for the command has no types at hand when it reports. There are no
// fixes for generated files and vendored ones.
package gofix
