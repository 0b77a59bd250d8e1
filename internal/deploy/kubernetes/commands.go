package kubernetes

import (
	"bytes"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of the search for commands that make objects.
const (
	maxScripts    = 3000
	maxScriptSize = 256 << 10
	maxCommands   = 2000
)

var (
	// kubectl documentation, "kubectl create secret", "kubectl create configmap".
	createCommand = lazyregexp.New(`\b(?:kubectl|oc|k)\b[^\n;|]*?\bcreate\s+(?:-[^\s]+(?:[ =][^\s-][^\s]*)?\s+)*(secret\s+(?:-[^\s]+(?:[ =][^\s-][^\s]*)?\s+)*(?:generic|tls|docker-registry)|configmap|cm|serviceaccount|sa)\s+(?:-[^\s]+(?:[ =][^\s-][^\s]*)?\s+)*["']?([a-z0-9][a-z0-9.\-]*)`)
	// Documentation of Terraform's Kubernetes provider.
	terraformObject = lazyregexp.New(`(?s)resource\s+"kubernetes_(secret|config_map|service_account)(?:_v1)?"\s+"[^"]+"\s*\{.{0,400}?\bname\s*=\s*"([^"$]+)"`)
)

// commandsIn finds the commands in scripts, documents and pipelines that make
// Secrets, ConfigMaps and service accounts: who follows them has what no manifest
// has.
func commandsIn(t *tree.Tree) []*deploy.Config {
	var list []*deploy.Config
	read := 0
	for _, f := range t.Files {
		if f.Size > maxScriptSize || !mayCreate(f.Path) {
			continue
		}
		if read++; read > maxScripts || len(list) > maxCommands {
			break
		}
		text, err := t.Read(f.Path, maxScriptSize)
		if err != nil || !bytes.Contains(text, []byte("create")) && !bytes.Contains(text, []byte("kubernetes_")) {
			continue
		}
		pattern := createCommand
		if path.Ext(f.Path) == ".tf" {
			pattern = terraformObject
		} else {
			// A command may go on over lines. Blanks keep the places.
			text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\\\r\n"), []byte("   ")), []byte("\\\n"), []byte("  "))
		}
		d := &yamldoc.Document{File: t.Name(f.Path), Text: text}
		for _, m := range pattern.FindAllSubmatchIndex(text, 200) {
			c := &deploy.Config{Source: "command", External: true}
			c.Platform, c.Name, c.Dir = deploy.Kubernetes, string(text[m[4]:m[5]]), path.Dir(t.Name(f.Path))
			c.Position = d.Position(m[4], m[5])
			switch kind := string(text[m[2]:m[3]]); {
			case strings.HasPrefix(kind, "secret"):
				c.Kind = "Secret"
			case strings.HasPrefix(kind, "s"):
				c.Kind = "ServiceAccount"
			default:
				c.Kind = "ConfigMap"
			}
			list = append(list, c)
		}
	}
	return list
}

func mayCreate(p string) bool {
	base := path.Base(p)
	switch path.Ext(base) {
	case ".sh", ".bash", ".md", ".mdx", ".mk", ".yml", ".yaml", ".rst", ".adoc", ".txt", ".ps1", ".tf", ".py":
		return true
	}
	return strings.HasPrefix(base, "Makefile") || base == "makefile" || strings.EqualFold(base, "justfile") || base == "Jenkinsfile" || base == "Tiltfile"
}
