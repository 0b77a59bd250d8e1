package main

import (
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "app"}
	root.AddCommand(
		&cobra.Command{Use: "serve", Run: func(*cobra.Command, []string) { http.ListenAndServe(":8080", nil) }},
		&cobra.Command{Use: "dump", Run: func(*cobra.Command, []string) { os.WriteFile("/data/dump", nil, 0o600) }},
	)
	root.Execute()
}
