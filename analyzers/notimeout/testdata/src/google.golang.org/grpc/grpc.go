// Package grpc stands for google.golang.org/grpc.
package grpc

import "context"

type CallOption interface{}

type ClientStream interface {
	Context() context.Context
	SendMsg(m any) error
	RecvMsg(m any) error
}

type ClientConnInterface interface {
	Invoke(ctx context.Context, method string, args, reply any, opts ...CallOption) error
}

type ServiceRegistrar interface{}

type Server struct{}

func NewServer() *Server { return &Server{} }

type UnaryServerInfo struct{}

type UnaryHandler func(ctx context.Context, req any) (any, error)
