// Area: clients
// Style: pgx, a connection and a pool
// Read: the variables of the connection strings
package main

import (
	"context"
	"log"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL")) // want env "DATABASE_URL" dial "tcp ? from env DATABASE_URL"
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close(ctx)

	cfg, err := pgxpool.ParseConfig(os.Getenv("REPLICA_URL")) // want env "REPLICA_URL"
	if err != nil {
		log.Fatal(err)
	}
	cfg.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(ctx, cfg) // want dial "tcp ? from env REPLICA_URL"
	if err != nil {
		log.Fatal(err)
	}
	pool.Close()
}
