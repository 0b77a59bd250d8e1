package main

import (
	"net"
	"net/http"
	"os"
	"syscall"
)

func main() {
	net.Dial("unix", "/var/run/docker.sock")                             // want `hostcoupling: talks to the host's container engine \(/var/run/docker.sock\) \(net.Dial\)`
	os.WriteFile("/proc/sys/net/core/somaxconn", []byte("4096"), 0o644)  // want `hostcoupling: changes the kernel's settings in /proc/sys/net/core/somaxconn`
	syscall.Mount("tmpfs", "/cache", "tmpfs", 0, "")                     // want `hostcoupling: mounts file systems \(syscall.Mount\): that takes CAP_SYS_ADMIN`
	http.Get("http://169.254.169.254/latest/meta-data/placement/region") // want `hostcoupling: asks the cloud's metadata service at 169.254.169.254`
	os.OpenFile("/dev/ttyUSB0", os.O_RDWR, 0)                            // want `hostcoupling: opens the device /dev/ttyUSB0`
	os.WriteFile("/etc/hosts", []byte("10.0.0.1 db"), 0o644)             // want `hostcoupling: changes /etc/hosts`
	http.ListenAndServe(":8080", nil)
}
