package main

import (
	"net/http"
	"os"
)

func main() {
	os.ReadFile("/proc/self/status")
	os.ReadFile("/proc/meminfo")
	os.ReadFile("/sys/fs/cgroup/memory.max")
	os.ReadFile("/etc/hosts")
	os.WriteFile("/proc/self/oom_score_adj", []byte("0"), 0o644)
	os.OpenFile("/dev/stdout", os.O_WRONLY, 0)
	os.OpenFile("/dev/urandom", os.O_RDWR, 0)
	http.ListenAndServe(":8080", nil)
}
