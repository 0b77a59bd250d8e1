// Area: configuration
// Style: a helper that fills a field through a pointer and panics without the variable
// Read: variables, and that they are required
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

type frontend struct {
	catalogAddr string
	catalog     *grpc.ClientConn
	cartAddr    string
	cart        *grpc.ClientConn
}

func main() {
	ctx := context.Background()
	svc := new(frontend)
	mustMapEnv(&svc.catalogAddr, "PRODUCT_CATALOG_SERVICE_ADDR")
	mustMapEnv(&svc.cartAddr, "CART_SERVICE_ADDR")
	mustConn(ctx, &svc.catalog, svc.catalogAddr)
	mustConn(ctx, &svc.cart, svc.cartAddr)
	http.HandleFunc("/_healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }) // want route "/_healthz health"
	log.Fatal(http.ListenAndServe(":8080", nil))                                                       // want listen "tcp :8080"
}

func mustMapEnv(target *string, key string) {
	v := os.Getenv(key) // want env "PRODUCT_CATALOG_SERVICE_ADDR required" env "CART_SERVICE_ADDR required"
	if v == "" {
		panic(fmt.Sprintf("environment variable %q not set", key))
	}
	*target = v
}

func mustConn(_ context.Context, conn **grpc.ClientConn, addr string) {
	var err error
	*conn, err = grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials())) // want dial "tcp ? from env PRODUCT_CATALOG_SERVICE_ADDR" dial "tcp ? from env CART_SERVICE_ADDR"
	if err != nil {
		panic(err)
	}
}
