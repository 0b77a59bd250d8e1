package code

import "testing"

func TestPackageName(t *testing.T) {
	for path, want := range map[string]string{
		"github.com/labstack/echo/v4":          "echo",
		"github.com/go-chi/chi/v5":             "chi",
		"gopkg.in/yaml.v3":                     "yaml",
		"github.com/nats-io/nats.go":           "nats",
		"github.com/redis/go-redis/v9":         "redis",
		"github.com/segmentio/kafka-go":        "kafka",
		"github.com/urfave/cli/v3":             "cli",
		"go-micro.dev/v5":                      "micro",
		"github.com/gin-gonic/gin":             "gin",
		"github.com/rabbitmq/amqp091-go":       "amqp091",
		"github.com/caarlos0/env/v11":          "env",
		"github.com/kelseyhightower/envconfig": "envconfig",
	} {
		if got := packageName(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
