// Area: servers
// Style: gRPC with generated services, health and reflection
// Read: services, the address of net.Listen, the drain
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	pb "github.com/cnready/cnready/testdata/styles/grpc/cartpb"
)

type cart struct{ pb.UnimplementedCartServer }

func main() {
	port := os.Getenv("PORT") // want env "PORT default 50051"
	if port == "" {
		port = "50051"
	}
	l, err := net.Listen("tcp", fmt.Sprintf(":%s", port)) // want listen "tcp :50051 from env PORT"
	if err != nil {
		log.Fatal(err)
	}
	srv := grpc.NewServer()
	pb.RegisterCartServer(srv, cart{})
	healthpb.RegisterHealthServer(srv, health.NewServer()) // want route "grpc grpc.health.v1.Health health"
	reflection.Register(srv)                               // want route "grpc grpc.reflection.v1.ServerReflection" route "grpc grpc.reflection.v1alpha.ServerReflection"

	go func() {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM) // want-typed shutdown "SIGTERM drains grpc.Server.GracefulStop"
		<-stop
		srv.GracefulStop()
	}()
	log.Fatal(srv.Serve(l))
}
