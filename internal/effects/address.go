package effects

import "strconv"

// wellKnownPorts are the service names that Go programs give instead of a number
// (IANA Service Name and Transport Protocol Port Number Registry).
var wellKnownPorts = map[string]int{"http": 80, "https": 443, "ssh": 22, "smtp": 25, "domain": 53}

// PortNumber reads a port, a number from 0 to 65535 or a well-known name.
func PortNumber(text string) (port int, ok bool) {
	n, err := strconv.Atoi(text)
	if err != nil {
		n, ok = wellKnownPorts[text]
		return n, ok
	}
	return n, n >= 0 && n <= 65535
}

// Address is the address of a listen or dial effect, be it given whole or as host
// and port; nil where it has none.
func (i *Instance) Address() *Value {
	host, port := i.Value("host"), i.Value("port")
	if a := i.Value("address"); a != nil || port == nil {
		return a
	}
	if host == nil {
		host = Lit("", port.At)
	}
	return &Value{Kind: HostPort, Args: []*Value{host, port}, At: port.At}
}
