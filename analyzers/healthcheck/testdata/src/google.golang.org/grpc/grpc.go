// Package grpc stands for google.golang.org/grpc.
package grpc

import "net"

type (
	Server           struct{}
	ServiceDesc      struct{ ServiceName string }
	ServiceRegistrar interface {
		RegisterService(desc *ServiceDesc, impl any)
	}
)

func NewServer() *Server                                    { return nil }
func (*Server) Serve(net.Listener) error                    { return nil }
func (*Server) RegisterService(desc *ServiceDesc, impl any) {}
