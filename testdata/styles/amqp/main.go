// Area: clients
// Style: amqp091-go
// Read: the URL and its parts
package main

import (
	"fmt"
	"log"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

func main() {
	url := fmt.Sprintf("amqp://guest:guest@%s:5672/", os.Getenv("RABBITMQ_HOST")) // want env "RABBITMQ_HOST"
	conn, err := amqp.Dial(url)                                                   // want dial "tcp amqp://guest:guest@:5672/ from env RABBITMQ_HOST"
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
}
