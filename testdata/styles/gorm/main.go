// Area: clients
// Style: gorm with its Postgres driver
// Read: the variable of the DSN
package main

import (
	"log"
	"os"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

func main() {
	dsn := os.Getenv("DSN") // want env "DSN required"
	if dsn == "" {
		log.Fatal("DSN is not set")
	}
	db, err := gorm.Open(postgres.Open(dsn), &gorm.Config{}) // want dial "tcp ? from env DSN"
	if err != nil {
		log.Fatal(err)
	}
	log.Print(db.Exec("SELECT 1").Error)
}
