package kubernetes

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// keysOf are the entries of a mapping. Values are kept of ConfigMaps alone.
func keysOf(c yamldoc.Cursor, values bool) []deploy.ConfigKey {
	var keys []deploy.ConfigKey
	for _, name := range c.Keys() {
		at := c.Get(name)
		key := deploy.ConfigKey{Name: name, Position: c.Key(name).At, ValuePosition: at.At}
		if values {
			key.Value = at.Text()
			if len(key.Value) > deploy.MaxConfigValue {
				key.Value = key.Value[:deploy.MaxConfigValue]
			}
		}
		keys = append(keys, key)
	}
	return keys
}

// whole tells whether all keys of a mapping were looked at.
func whole(c yamldoc.Cursor) bool { return len(c.Keys()) < yamldoc.MaxKeys }

func readConfigMap(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	data, binary := c.Get("data"), c.Get("binaryData")
	config := &deploy.Config{
		Object: o, Keys: append(keysOf(data, true), keysOf(binary, false)...), Complete: whole(data) && whole(binary),
		Immutable: c.Get("immutable").Bool(),
	}
	// An operator fills a ConfigMap that asks for it (OpenShift documentation,
	// "Configuring a custom PKI"; cert-manager documentation, "cainjector").
	for name := range o.Labels {
		if strings.HasPrefix(name, "config.openshift.io/inject-") {
			config.Complete = false
		}
	}
	for name := range o.Annotations {
		if strings.Contains(name, "inject") {
			config.Complete = false
		}
	}
	m.Configs = append(m.Configs, config)
	return &config.Object
}

func readSecret(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	data, plain := c.Get("data"), c.Get("stringData")
	config := &deploy.Config{
		Object: o, Keys: append(keysOf(data, false), keysOf(plain, false)...), Type: c.Get("type").Text(),
		Immutable: c.Get("immutable").Bool(), Complete: whole(data) && whole(plain),
	}
	// The control plane fills in a service account's token (Kubernetes
	// documentation, "Secrets").
	if config.Type == "kubernetes.io/service-account-token" || len(config.Keys) == 0 || len(o.Annotations) > 0 {
		config.Complete = false
	}
	m.Configs = append(m.Configs, config)
	return &config.Object
}

// made adds a Secret that an operator makes of an object; name is where it is
// named, the object's own name where it is not.
func made(m *deploy.Manifests, o deploy.Object, name yamldoc.Cursor, keys []deploy.ConfigKey, complete bool) *deploy.Object {
	config := &deploy.Config{Object: o, Source: o.Kind, Keys: keys, Complete: complete}
	config.Kind = "Secret"
	if name.Text() != "" {
		config.Name, config.Position = name.Text(), name.At
	}
	m.Configs = append(m.Configs, config)
	return &o
}

// readExternalSecret reads an ExternalSecret (External Secrets Operator
// documentation, "ExternalSecret"; of its forerunner the object's own name).
func readExternalSecret(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	var keys []deploy.ConfigKey
	for _, item := range spec.Get("data").Items() {
		if key := first(item.Get("secretKey"), item.Get("name")); key.Set() {
			keys = append(keys, deploy.ConfigKey{Name: key.Text(), Position: key.At, ValuePosition: key.At})
		}
	}
	complete := !spec.Get("dataFrom").Set() && !spec.Path("target", "template").Set()
	return made(m, o, spec.Path("target", "name"), keys, complete)
}

// readSealedSecret reads a SealedSecret (Sealed Secrets documentation).
func readSealedSecret(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	spec := c.Get("spec")
	template := spec.Get("template")
	keys := append(keysOf(spec.Get("encryptedData"), false), keysOf(template.Get("data"), false)...)
	made(m, o, template.Path("metadata", "name"), keys, spec.Get("encryptedData").Set())
	if ns := template.Path("metadata", "namespace"); ns.Text() != "" {
		m.Configs[len(m.Configs)-1].Namespace = ns.Text()
	}
	return &o
}

// readCertificate reads a Certificate (cert-manager documentation,
// "Certificate resource").
func readCertificate(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	name := c.Path("spec", "secretName")
	if name.Text() == "" {
		return &o
	}
	var keys []deploy.ConfigKey
	for _, key := range []string{"tls.crt", "tls.key", "ca.crt"} {
		keys = append(keys, deploy.ConfigKey{Name: key, Position: name.At, ValuePosition: name.At})
	}
	return made(m, o, name, keys, !c.Path("spec", "keystores").Set() && !c.Path("spec", "additionalOutputFormats").Set())
}

// readSecretProviderClass reads the Secrets that a class makes beside its volume
// (Secrets Store CSI Driver documentation, "Sync as Kubernetes Secret").
func readSecretProviderClass(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	for _, item := range c.Path("spec", "secretObjects").Items() {
		var keys []deploy.ConfigKey
		for _, d := range item.Get("data").Items() {
			keys = append(keys, deploy.ConfigKey{Name: d.Get("key").Text(), Position: d.Get("key").At, ValuePosition: d.Get("key").At})
		}
		if item.Get("secretName").Text() != "" {
			made(m, o, item.Get("secretName"), keys, true)
		}
	}
	return &o
}

// readDestination reads what Vault's operator makes (Vault Secrets Operator API
// reference, "Destination").
func readDestination(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	return made(m, o, c.Path("spec", "destination", "name"), nil, false)
}

// readNamesake reads a kind whose operator makes a Secret of the same name
// (1Password Operator documentation).
func readNamesake(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	return made(m, o, yamldoc.Cursor{Doc: c.Doc, At: o.Position}, nil, false)
}

// readSopsSecret reads the Secrets of a SopsSecret (sops-secrets-operator
// documentation).
func readSopsSecret(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	for _, item := range c.Path("spec", "secretTemplates").Items() {
		if item.Get("name").Text() != "" {
			made(m, o, item.Get("name"), append(keysOf(item.Get("data"), false), keysOf(item.Get("stringData"), false)...), true)
		}
	}
	return &o
}

// readInfisical reads an InfisicalSecret (Infisical Kubernetes Operator
// documentation).
func readInfisical(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	return made(m, o, first(c.Path("spec", "managedSecretReference", "secretName"), c.Path("spec", "managedKubeSecretReferences").Item(0).Get("secretName")), nil, false)
}

func readClaimObject(m *deploy.Manifests, c yamldoc.Cursor, o deploy.Object) *deploy.Object {
	claim := readClaim(c)
	claim.Object = o
	m.Claims = append(m.Claims, claim)
	return &claim.Object
}
