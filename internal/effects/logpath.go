package effects

import (
	"path"
	"slices"
)

// IsLogPath tells log files by their name or by the name of what configures them:
// /var/log/shop.log, flag --log-file.
func IsLogPath(v *Value) bool {
	if text, _ := v.Pattern(); path.Ext(text) == ".log" {
		return true
	}
	named := false
	for _, s := range PathRoots(v) {
		name, ok := s.Name()
		if s.Kind != Env && s.Kind != Flag && s.Kind != Config {
			continue
		}
		if !ok || !slices.ContainsFunc(words(name), func(w string) bool { return w == "log" || w == "logs" || w == "logfile" }) {
			return false
		}
		named = true
	}
	return named
}

// LogFiles are the paths to which the program's log goes, of log effects and of
// writes that log libraries make, by Key.
func (c *Contract) LogFiles() map[string]bool {
	out := map[string]bool{}
	for _, l := range c.Of(Log) {
		for _, f := range LogTargets(l.Value("to")) {
			if f != nil && PathRoot(f).Kind != Unknown {
				out[f.Key()] = true
			}
		}
	}
	for _, w := range c.Of(Write) {
		if w.Value("log") != nil && PathRoot(w.Value("path")).Kind != Unknown {
			out[w.Value("path").Key()] = true
		}
	}
	return out
}

// LogTargets are what a log is sent to: of a file its path, of anything else nil.
func LogTargets(to *Value) []*Value {
	var out []*Value
	for _, a := range to.Elements() {
		switch {
		case a.Kind == Contents && len(a.Args) > 0:
			out = append(out, a.Args[0])
		case a.Kind == List:
			out = append(out, LogTargets(a)...)
		case a.Kind == Literal && a.Text != "" && a.Text != "stdout" && a.Text != "stderr":
			out = append(out, a) // the path itself, as zap takes it
		case (a.Kind == Env || a.Kind == Flag || a.Kind == Config):
			out = append(out, a)
		default:
			out = append(out, nil)
		}
	}
	return out
}
