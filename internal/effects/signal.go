package effects

import "slices"

// signalNumbers are the signals that programs handle (POSIX.1, signal.h; the
// numbers of SIGUSR1 and SIGUSR2 are Linux's).
var signalNumbers = map[string]string{
	"1": "SIGHUP", "2": "SIGINT", "3": "SIGQUIT", "6": "SIGABRT", "9": "SIGKILL",
	"10": "SIGUSR1", "12": "SIGUSR2", "13": "SIGPIPE", "15": "SIGTERM",
}

// SignalNames are the signals that the value of a signal effect lists; none
// means all of them, as for signal.Notify. known is false where one could not be
// resolved and SIGTERM is not among the others.
func SignalNames(v *Value) (names []string, known bool) {
	known = true
	list := v.Alternatives()
	if v != nil && v.Kind == List {
		list = v.Args
	}
	for _, s := range list {
		for _, a := range s.Alternatives() {
			switch {
			case a.Kind == List:
				inner, ok := SignalNames(a)
				names = append(names, inner...)
				known = known && ok
			case a.Kind != Literal:
				known = false
			case signalNumbers[a.Text] != "":
				names = append(names, signalNumbers[a.Text])
			default:
				names = append(names, a.Text)
			}
		}
	}
	return names, known || slices.Contains(names, "SIGTERM")
}
