// Area: servers
// Style: an AWS Lambda function
// Read: variables of the code, those that the library reads, that nothing listens
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

type event struct {
	Name string `json:"name"`
}

func handle(_ context.Context, e event) (string, error) {
	return e.Name + os.Getenv("SUFFIX"), nil // want env "SUFFIX"
}

func main() {
	lambda.Start(handle) // want env "AWS_LAMBDA_RUNTIME_API by library"
}
