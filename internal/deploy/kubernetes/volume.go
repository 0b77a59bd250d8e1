package kubernetes

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// persistent are the kinds of volumes that outlive the pod and can follow it to
// another node (Kubernetes documentation, "Volumes"). A hostPath stays on its
// node, and a generic ephemeral volume goes with its pod.
var persistent = map[string]bool{
	"persistentVolumeClaim": true, "csi": true, "nfs": true,
	"awsElasticBlockStore": true, "gcePersistentDisk": true, "azureDisk": true, "azureFile": true,
	"cephfs": true, "rbd": true, "glusterfs": true, "iscsi": true, "fc": true,
	"portworxVolume": true, "storageos": true, "vsphereVolume": true, "flexVolume": true,
	"cinder": true, "scaleIO": true, "quobyte": true, "photonPersistentDisk": true, "flocker": true,
}

// ephemeralDrivers are CSI drivers whose inline volumes hold what they generate
// for the pod (their own documentation). Other inline volumes may be a share or
// a bucket.
var ephemeralDrivers = map[string]bool{
	"secrets-store.csi.k8s.io": true, "secrets-store-gke.csi.k8s.io": true,
	"csi.cert-manager.io": true, "spiffe.csi.cert-manager.io": true, "csi.spiffe.io": true,
	"inline.storage.kubevirt.io": true, "csi-image.warm-metal.tech": true,
}

// readOnlyKinds are the kinds of volumes that no container can write to.
var readOnlyKinds = map[string]bool{
	"configMap": true, "secret": true, "projected": true, "downwardAPI": true, "image": true,
}

func readVolume(o *corev1.Volume, c yamldoc.Cursor) deploy.Volume {
	v := deploy.Volume{Name: o.Name, Position: c.At}
	if name := c.Get("name"); name.Set() {
		v.Position = name.At
	}
	for _, key := range c.Keys() {
		if key != "name" && c.Get(key).Set() {
			v.Kind = key
			break
		}
	}
	switch {
	case v.Kind == "": // an empty source is an emptyDir (API defaults of Volume)
		v.Kind = "emptyDir"
	case o.HostPath != nil:
		v.Source = o.HostPath.Path
	case o.PersistentVolumeClaim != nil:
		v.Source, v.ReadOnly = o.PersistentVolumeClaim.ClaimName, o.PersistentVolumeClaim.ReadOnly
	case o.ConfigMap != nil:
		v.Source = o.ConfigMap.Name
	case o.Secret != nil:
		v.Source = o.Secret.SecretName
	case o.NFS != nil:
		v.Source, v.ReadOnly = o.NFS.Server+":"+o.NFS.Path, o.NFS.ReadOnly
	case o.CSI != nil:
		v.Source, v.ReadOnly = o.CSI.Driver, o.CSI.ReadOnly != nil && *o.CSI.ReadOnly
	case o.AzureFile != nil:
		v.Source, v.ReadOnly = o.AzureFile.ShareName, o.AzureFile.ReadOnly
	case o.AzureDisk != nil:
		v.Source, v.ReadOnly = o.AzureDisk.DiskName, o.AzureDisk.ReadOnly != nil && *o.AzureDisk.ReadOnly
	case o.AWSElasticBlockStore != nil:
		v.Source, v.ReadOnly = o.AWSElasticBlockStore.VolumeID, o.AWSElasticBlockStore.ReadOnly
	case o.GCEPersistentDisk != nil:
		v.Source, v.ReadOnly = o.GCEPersistentDisk.PDName, o.GCEPersistentDisk.ReadOnly
	case o.Image != nil:
		v.Source = o.Image.Reference
	}
	source := c.Get(v.Kind)
	v.SourcePosition = v.Position
	for _, key := range []string{"path", "claimName", "secretName", "name", "driver", "server", "shareName", "diskName", "volumeID", "pdName", "reference"} {
		if at := source.Get(key); at.Set() {
			v.SourcePosition, v.Unknown = at.At, at.Unknown()
			break
		}
	}
	v.Medium, v.Size, v.HostType = source.Get("medium").Field(), source.Get("sizeLimit").Field(), ""
	refTo := func(kind, name string, optional *bool, c yamldoc.Cursor, key string) {
		if name != "" {
			r := ref(kind, name, "", optional, c)
			r.Position = c.Get(key).At
			v.Refs = append(v.Refs, r)
			for _, item := range c.Get("items").Items() {
				if at := item.Get("key"); at.Text() != "" {
					r.Key, r.KeyPosition = at.Text(), at.At
					v.Refs = append(v.Refs, r)
				}
			}
		}
	}
	switch {
	case o.HostPath != nil:
		v.HostType = source.Get("type").Text()
	case o.PersistentVolumeClaim != nil:
		refTo("PersistentVolumeClaim", v.Source, nil, source, "claimName")
	case o.ConfigMap != nil:
		refTo("ConfigMap", v.Source, o.ConfigMap.Optional, source, "name")
	case o.Secret != nil:
		refTo("Secret", v.Source, o.Secret.Optional, source, "secretName")
	case o.Projected != nil:
		sources := source.Get("sources")
		for i := range o.Projected.Sources {
			p, at := &o.Projected.Sources[i], sources.Item(i)
			if p.ConfigMap != nil {
				refTo("ConfigMap", p.ConfigMap.Name, p.ConfigMap.Optional, at.Get("configMap"), "name")
			}
			if p.Secret != nil {
				refTo("Secret", p.Secret.Name, p.Secret.Optional, at.Get("secret"), "name")
			}
		}
	case o.CSI != nil && o.CSI.NodePublishSecretRef != nil:
		refTo("Secret", o.CSI.NodePublishSecretRef.Name, nil, source.Get("nodePublishSecretRef"), "name")
	case o.Ephemeral != nil:
		v.Template = readClaim(source.Get("volumeClaimTemplate"))
		v.Template.Name = o.Name
	}
	v.Persistent = persistent[v.Kind] && !(o.CSI != nil && ephemeralDrivers[o.CSI.Driver])
	v.ReadOnly = v.ReadOnly || readOnlyKinds[v.Kind]
	return v
}

// readClaim reads a PersistentVolumeClaim or a template of one.
func readClaim(c yamldoc.Cursor) *deploy.Claim {
	spec := c.Get("spec")
	return &deploy.Claim{
		Object:       identify(c),
		AccessModes:  spec.Get("accessModes").Fields(),
		StorageClass: spec.Get("storageClassName").Field(),
		Size:         spec.Path("resources", "requests", "storage").Field(),
		VolumeMode:   spec.Get("volumeMode").Field(),
	}
}
