package effects

import "strings"

// metadataHosts are the names and addresses on which clouds answer from within an
// instance (documentation of each: AWS "Instance metadata" and "Task metadata
// endpoint", Google Cloud "VM metadata", Alibaba Cloud "Instance metadata"; Azure
// and others share the first).
var metadataHosts = map[string]bool{
	"169.254.169.254": true, "fd00:ec2::254": true, "169.254.170.2": true,
	"metadata.google.internal": true, "100.100.100.200": true,
}

// IsMetadataHost tells whether a host, without port, is a cloud's metadata
// service. What asks it is coupled to the machine, not to a peer.
func IsMetadataHost(host string) bool {
	return metadataHosts[strings.ToLower(strings.TrimSuffix(host, "."))]
}
