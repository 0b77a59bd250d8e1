// Package grpc stands for google.golang.org/grpc.
package grpc

type DialOption interface{}

type ClientConn struct{}

func NewClient(target string, opts ...DialOption) (*ClientConn, error) { return nil, nil }
