// Area: clients
// Style: the MongoDB driver
// Read: the URI
package main

import (
	"context"
	"log"
	"os"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func main() {
	uri := "mongodb://mongo:27017"
	if v, ok := os.LookupEnv("MONGO_URI"); ok { // want env "MONGO_URI default mongodb://mongo:27017"
		uri = v
	}
	client, err := mongo.Connect(options.Client().ApplyURI(uri)) // want dial "tcp mongodb://mongo:27017 from env MONGO_URI"
	if err != nil {
		log.Fatal(err)
	}
	log.Print(client.Ping(context.Background(), nil))
}
