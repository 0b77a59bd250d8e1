// Area: clients
// Style: the OTLP trace exporter, set by its own variables
// Read: the variables that the library reads
package main

import (
	"context"
	"log"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	exporter, err := otlptracegrpc.New(context.Background()) // want env "OTEL_EXPORTER_OTLP_ENDPOINT by library"
	if err != nil {
		log.Fatal(err)
	}
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)))
	log.Fatal(http.ListenAndServe(":8080", nil)) // want listen "tcp :8080"
}
