package platforms

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/tree/treetest"
)

// TestRead has a file of each format beside the others: each is read once, by its
// own reader.
func TestRead(t *testing.T) {
	m := Read(treetest.Open(t, `
-- task.json --
{"family": "a", "requiresCompatibilities": ["FARGATE"], "containerDefinitions": [{"name": "a", "image": "shop/a:1"}]}
-- stack.yaml --
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: bridge
      ContainerDefinitions: [{Name: a, Image: "shop/a:1"}]
-- serverless.yml --
provider: {name: aws, runtime: provided.al2023}
functions: {a: {handler: bootstrap}}
-- group.yaml --
type: Microsoft.ContainerInstance/containerGroups
name: a
properties: {containers: [{name: a, properties: {image: "shop/a:1"}}]}
-- main.bicep --
resource a 'Microsoft.App/containerApps@2023-05-01' = { name: 'a' }
-- azuredeploy.json --
{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "resources": [{"type": "Microsoft.ContainerService/managedClusters", "name": "a"}]}
-- fn/host.json --
{"customHandler": {"description": {"defaultExecutablePath": "a"}}}
-- cluster.yaml --
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a}
-- main.tf --
resource "vsphere_virtual_machine" "a" {}
-- deploy.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
-- values.yaml --
properties: {containers: []}
`))
	var got []string
	for _, p := range m.Platforms {
		got = append(got, fmt.Sprintf("%s %s %s", p.ID, p.Position.File, p.Format))
	}
	slices.Sort(got)
	want := []string{
		"aci group.yaml Azure YAML", "aks azuredeploy.json ARM", "azure-functions fn/host.json host.json", "container-apps main.bicep Bicep",
		"ecs-ec2 stack.yaml CloudFormation", "fargate task.json ECS", "kubernetes cluster.yaml eksctl", "lambda serverless.yml serverless", "vsphere main.tf Terraform",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("platforms (-want +got):\n%s", diff)
	}
	if len(m.NotAnalyzed) > 0 {
		t.Errorf("not analyzed: %v", m.NotAnalyzed)
	}
}
