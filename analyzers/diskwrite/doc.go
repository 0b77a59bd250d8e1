// Package diskwrite finds services that keep durable data on the local file
// system.
//
// # Analyzer diskwrite
//
// diskwrite: a service keeps no durable data in its container's file system
//
// Property: container packaged. Severity: error.
//
// What a container writes to its own file system is gone when the instance is
// replaced, and no other replica sees it (Kubernetes documentation, "Volumes";
// The Twelve-Factor App, "Processes"). The rule fails where a serving main can
// reach a call that creates, writes, appends to or renames a file under a
// durable path, or makes a directory for later writes, also through helpers in
// other packages of the program.
//
// It is silent for temporary files (os.CreateTemp, TMPDIR, /tmp), devices,
// sockets, pid files and logs, for what only CLI commands and other mains do that
// do not serve, and for tests. Where nothing is written until configuration asks
// for it, the finding is a warning. A finding is cleared where every workload that
// runs the service mounts a persistent volume at the path.
//
// Fails:
//
//	func save(name string, body []byte) error {
//		return os.WriteFile(filepath.Join("/data", name), body, 0o644)
//	}
//
// Passes: the data goes to a database or an object store, or the workload mounts
// a persistent volume:
//
//	volumeMounts:
//	  - name: data
//	    mountPath: /data
//	volumes:
//	  - name: data
//	    persistentVolumeClaim:
//	      claimName: uploads
package diskwrite
