package image

import "testing"

// TestCopyOfUnknown copies what may be a file or a folder: neither what stands in
// the folder nor what is beside it is said to be missing.
func TestCopyOfUnknown(t *testing.T) {
	f := Parse("Dockerfile", []byte("FROM registry.example.com/build:1 AS build\nRUN make\nFROM debian:bookworm\nWORKDIR /app\nCOPY --from=build /target /\nENTRYPOINT [\"./shop\"]\n"))
	img := Of(f.Shipped(""), nil)
	if has := img.Start().File.Has; has != Unknown {
		t.Errorf("the program in a folder that is copied whole: %s, want unknown", has)
	}
	if has := img.File("/etc/passwd").Has; has != Yes {
		t.Errorf("what the base image has: %s, want yes", has)
	}
}
