// Area: clients
// Style: nats.go
// Read: the URL
package main

import (
	"cmp"
	"log"
	"os"

	"github.com/nats-io/nats.go"
)

func main() {
	nc, err := nats.Connect(cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL), nats.Name("worker")) // want env "NATS_URL default nats://127.0.0.1:4222" dial "tcp nats://127.0.0.1:4222 from env NATS_URL"
	if err != nil {
		log.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Subscribe("jobs", func(m *nats.Msg) { _ = m.Ack() }); err != nil {
		log.Fatal(err)
	}
	select {}
}
