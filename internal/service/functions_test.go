package service_test

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// TestFunctions joins functions without an image to the main that is their code.
func TestFunctions(t *testing.T) {
	shop := mod("github.com/acme/shop")
	sam := func(properties string) string {
		return file("template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties: {"+properties+"}\n")
	}
	for _, tt := range []struct{ name, archive, want string }{
		{"by the folder of the code", shop + cli("functions/list") + cli("functions/put") + sam("CodeUri: functions/list/, Handler: bootstrap, Runtime: provided.al2023"),
			`service list in functions/list
  run by AWS::Serverless::Function/Fn in template.yaml: its code is the folder functions/list
main put in functions/put: it neither listens nor is run by a workload
`},
		{"a folder of several", shop + cli("functions/list") + cli("functions/put") + sam("CodeUri: functions, Handler: bootstrap, Runtime: provided.al2023"),
			`main list in functions/list: it neither listens nor is run by a workload
main put in functions/put: it neither listens nor is run by a workload
unowned AWS::Serverless::Function/Fn in template.yaml
`},
		{"by the handler", shop + cli("cmd/list") + cli("cmd/put") + file("serverless.yml", "provider: {name: aws, runtime: provided.al2}\nfunctions:\n  a: {handler: bin/put}\n"),
			`service put in cmd/put
  run by function/a in serverless.yml: it starts put, the name of the program
main list in cmd/list: it neither listens nor is run by a workload
`},
		{"by the archive", shop + cli("cmd/list") + cli("cmd/put") + file("infra/main.tf", "resource \"aws_lambda_function\" \"a\" {\n  runtime = \"provided.al2\"\n  handler = \"bootstrap\"\n  filename = \"build/list.zip\"\n}\n"),
			`service list in cmd/list
  run by aws_lambda_function/a in infra/main.tf: it starts list, the name of the program
main put in cmd/put: it neither listens nor is run by a workload
`},
		{"beside its host.json", shop + server("fn/cmd") + server("web") + file("fn/host.json", `{"customHandler": {"description": {"defaultExecutablePath": "handler.exe"}}}`),
			`service fn in fn/cmd
  run by function app/fn in fn/host.json: its code is in the folder of host.json
service web in web
`},
		{"another language's", shop + server("web") + file("rust/host.json", `{"customHandler": {"description": {"defaultExecutablePath": "web"}}}`),
			`service web in web
unowned function app/rust in rust/host.json
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(ruletest.Join(treetest.Open(t, tt.archive))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
