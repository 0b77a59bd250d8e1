// Package grpc_health_v1 stands for google.golang.org/grpc/health/grpc_health_v1.
package grpc_health_v1

import "google.golang.org/grpc"

func RegisterHealthServer(s grpc.ServiceRegistrar, srv any) {}
