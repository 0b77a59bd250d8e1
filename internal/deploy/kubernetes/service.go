package kubernetes

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// newService decodes a Service.
func newService(raw []byte, c yamldoc.Cursor, dir string) (*deploy.Endpoint, error) {
	var o corev1.Service
	if err := decode(raw, &o); err != nil {
		return nil, err
	}
	e := &deploy.Endpoint{
		Platform: "kubernetes", Kind: "Service", Name: o.Name, Namespace: o.Namespace, Dir: dir,
		Type: string(o.Spec.Type), Selector: o.Spec.Selector, Position: c.Path("metadata", "name").At,
		APIVersion: c.Get("apiVersion").Field(), Labels: o.Labels, Annotations: o.Annotations,
	}
	spec := c.Get("spec")
	e.TypeField = spec.Get("type").Field()
	e.ClusterIP = spec.Get("clusterIP").Field()
	e.SelectorPosition = spec.Get("selector").At
	e.ExternalName = spec.Get("externalName").Field()
	e.SessionAffinity = spec.Get("sessionAffinity").Field()
	e.TrafficPolicy = spec.Get("externalTrafficPolicy").Field()
	e.PublishNotReady = spec.Get("publishNotReadyAddresses").Bool()
	e.LoadBalancerHost = spec.Get("loadBalancerIP").Field()
	if e.Type == "" {
		e.Type = string(corev1.ServiceTypeClusterIP)
	}
	ports := c.Path("spec", "ports")
	for i := range o.Spec.Ports {
		p, at := &o.Spec.Ports[i], ports.Item(i)
		port := at.Get("port")
		at.At = port.At
		target := at.Get("targetPort")
		e.Ports = append(e.Ports, deploy.EndpointPort{
			Name: p.Name, Number: int(p.Port), TargetPort: target.Text(),
			Position: port.At, TargetPosition: target.At,
			Protocol: protocol(p.Protocol), AppProtocol: at.Get("appProtocol").Text(), NodePort: at.Get("nodePort").Int(),
		})
	}
	return e, nil
}

// protocol is TCP where none is given (Kubernetes API reference, ServicePort).
func protocol(p corev1.Protocol) string {
	if p == "" {
		return string(corev1.ProtocolTCP)
	}
	return string(p)
}
