// Area: clients
// Style: the AWS SDK, set by its own variables
// Read: the variables that the library reads, those of the code
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx) // want env "AWS_REGION by library" env "AWS_ACCESS_KEY_ID by library"
	if err != nil {
		log.Fatal(err)
	}
	bucket := os.Getenv("BUCKET") // want env "BUCKET"
	client := s3.NewFromConfig(cfg)
	if _, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket}); err != nil {
		log.Fatal(err)
	}
}
