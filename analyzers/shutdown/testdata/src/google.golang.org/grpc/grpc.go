// Package grpc stands for google.golang.org/grpc.
package grpc

import "net"

type Server struct{}

type ServerOption interface{}

func NewServer(opt ...ServerOption) *Server { return nil }

func (s *Server) Serve(lis net.Listener) error { return nil }

func (s *Server) GracefulStop() {}

func (s *Server) Stop() {}
