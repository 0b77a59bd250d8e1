// Area: servers
// Style: gRPC behind a function that registers, its health server kept for later
// Read: services, the address
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

type server struct {
	port     int
	register []func(grpc.ServiceRegistrar)
}

func (s *server) run() error {
	lc := net.ListenConfig{}
	l, err := lc.Listen(context.Background(), "tcp", ":"+strconv.Itoa(s.port)) // want listen "tcp :9555 from flag --port"
	if err != nil {
		return err
	}
	g := grpc.NewServer()
	for _, r := range s.register {
		r(g)
	}
	return g.Serve(l)
}

func main() {
	port := flag.Int("port", 9555, "port") // want flag "port default 9555"
	flag.Parse()
	hs := health.NewServer()
	hs.SetServingStatus("", grpc_health_v1.HealthCheckResponse_SERVING)
	s := &server{port: *port, register: []func(grpc.ServiceRegistrar){
		func(r grpc.ServiceRegistrar) { grpc_health_v1.RegisterHealthServer(r, hs) }, // want route "grpc grpc.health.v1.Health health"
	}}
	log.Fatal(s.run())
}
