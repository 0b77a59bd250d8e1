package apitable_test

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/effects/apitable"
)

func TestWith(t *testing.T) {
	base := apitable.Default()
	before := len(base.Lookup("os", "Getenv"))
	if before == 0 {
		t.Fatal("the table does not know os.Getenv")
	}
	more, err := base.With("api.txt", `
# The company's mail client.
package example.com/acme/mail/v2
Client.Send  dial network=tcp address=$recv.Addr

package os
Getenv       env name=$0
Getenv       read path=$0
`)
	if err != nil {
		t.Fatal(err)
	}
	if got := more.Lookup("example.com/acme/mail/v3", "Client.Send"); len(got) != 1 || got[0].Verb != "dial" {
		t.Errorf("Client.Send: %+v", got)
	}
	if !more.KnowsPackage("example.com/acme/mail") || base.KnowsPackage("example.com/acme/mail") {
		t.Error("the copy must know the package, and the table must not")
	}
	// What the table says already is not said twice, or effects would be.
	if got := len(more.Lookup("os", "Getenv")); got != before+1 {
		t.Errorf("the copy has %d entries of os.Getenv, want %d", got, before+1)
	}
	if got := len(base.Lookup("os", "Getenv")); got != before {
		t.Errorf("the table has %d entries of os.Getenv now, want %d", got, before)
	}
	// Two copies of one table do not share the lists they grew.
	other, err := base.With("other.txt", "package os\nGetenv write path=$0\n")
	if err != nil {
		t.Fatal(err)
	}
	last := func(t *apitable.Table) string {
		list := t.Lookup("os", "Getenv")
		return list[len(list)-1].Verb
	}
	if last(more) != "read" || last(other) != "write" {
		t.Errorf("the copies end in %s and %s", last(more), last(other))
	}
}

func TestWithSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"Send dial address=$0":                     "api.txt:1: want a package line first",
		"package example.com/mail\n\nSend":         "api.txt:3: want a package line first, then SYMBOL VERB ARGUMENTS",
		"package a b":                              "api.txt:1: a package line has one import path",
		"package a.example/b\nSend flies path=$0":  `api.txt:2: unknown verb "flies"`,
		"package a.example/b\nSend dial url=$x":    `api.txt:2: bad argument "$x"`,
		"package a.example/b\n*Send dial url=$0":   `api.txt:2: bad symbol "*Send"`,
		"package a.example/b\nSend returns frob 0": "api.txt:2: returns wants an operation",
	} {
		_, err := apitable.Default().With("api.txt", text)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
