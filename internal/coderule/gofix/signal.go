package gofix

import (
	"go/ast"

	"github.com/cnready/cnready/internal/finding"
)

// AddSIGTERM adds syscall.SIGTERM to a call of signal.Notify or
// signal.NotifyContext that lists its signals.
func AddSIGTERM(s *Site) []finding.Fix {
	if s == nil {
		return nil
	}
	call, ok := callAt(s)
	if !ok || len(call.Args) < 2 {
		return nil
	}
	if !s.Is(call.Fun, "os/signal", "Notify") && !s.Is(call.Fun, "os/signal", "NotifyContext") {
		return nil
	}
	for _, a := range call.Args[1:] {
		if sel, ok := a.(*ast.SelectorExpr); ok && sel.Sel.Name == "SIGTERM" {
			return nil
		}
	}
	e := s.Edit()
	e.AddArgument(call, e.Import("syscall")+".SIGTERM")
	return e.Fix("add syscall.SIGTERM to the signals")
}
