// Area: servers
// Style: go-zero's zrpc, with a file that a flag names
// Read: the address of RpcServerConf, registered services, the health service that zrpc adds
package main

import (
	"flag"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"
)

type config struct {
	zrpc.RpcServerConf
	Greeting string `json:",default=hello"`
}

type greeter interface{ Greet() }

type service struct{}

func (service) Greet() {}

func main() {
	file := flag.String("f", "etc/greet.yaml", "the config file") // want flag "f default etc/greet.yaml"
	flag.Parse()
	var c config
	conf.MustLoad(*file, &c)                                          // want read "etc/greet.yaml from flag --f"
	s := zrpc.MustNewServer(c.RpcServerConf, func(srv *grpc.Server) { // want listen "tcp :? from config ListenOn" route "grpc grpc.health.v1.Health health"
		desc := &grpc.ServiceDesc{ServiceName: "greet.Greeter", HandlerType: (*greeter)(nil)}
		srv.RegisterService(desc, service{}) // want route "grpc greet.Greeter"
	})
	defer s.Stop()
	s.Start() // want shutdown "SIGTERM drains zrpc.RpcServer.Start"
}
