// Area: clients
// Style: segmentio/kafka-go, a reader and a writer
// Read: the brokers
package main

import (
	"context"
	"log"
	"os"
	"strings"

	"github.com/segmentio/kafka-go"
)

func main() {
	brokers := strings.Split(os.Getenv("KAFKA_BROKERS"), ",")                                      // want env "KAFKA_BROKERS"
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: "orders", GroupID: "mailer"}) // want dial "tcp ? from env KAFKA_BROKERS"
	w := &kafka.Writer{Addr: kafka.TCP("kafka:9092"), Topic: "mails"}                              // want dial "tcp kafka:9092"
	for {
		m, err := r.ReadMessage(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		if err := w.WriteMessages(context.Background(), kafka.Message{Value: m.Value}); err != nil {
			log.Print(err)
		}
	}
}
