// Area: servers
// Style: grpc-gateway's mux on net/http, in front of a gRPC server
// Read: handled paths, addresses, the dial
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func main() {
	backend := flag.String("grpc-server-endpoint", "localhost:9090", "backend") // want flag "grpc-server-endpoint default localhost:9090"
	flag.Parse()
	conn, err := grpc.NewClient(*backend, grpc.WithTransportCredentials(insecure.NewCredentials())) // want dial "tcp localhost:9090 from flag --grpc-server-endpoint"
	if err != nil {
		log.Fatal(err)
	}
	mux := runtime.NewServeMux(runtime.WithHealthEndpointAt(grpc_health_v1.NewHealthClient(conn), "/readyz"))   // want route "GET /readyz health"
	err = mux.HandlePath("GET", "/version", func(w http.ResponseWriter, _ *http.Request, _ map[string]string) { // want route "GET /version"
		w.WriteHeader(http.StatusOK)
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(":8081", mux)) // want listen "tcp :8081"
}
