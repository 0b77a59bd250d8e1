package effects

import "testing"

func TestIsMetadataHost(t *testing.T) {
	for host, want := range map[string]bool{
		"169.254.169.254": true, "metadata.google.internal.": true, "Metadata.Google.Internal": true,
		"metadata": false, "169.254.1.1": false, "": false,
	} {
		if got := IsMetadataHost(host); got != want {
			t.Errorf("%q: got %v", host, got)
		}
	}
}
