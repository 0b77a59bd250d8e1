// Package redis stands for github.com/redis/go-redis/v9.
package redis

type Options struct {
	Addr     string
	Password string
}

type ClusterOptions struct{ Addrs []string }

type Client struct{}

type ClusterClient struct{}

func NewClient(opt *Options) *Client { return nil }

func NewClusterClient(opt *ClusterOptions) *ClusterClient { return nil }
