// Package cgroup reads what the container may use and does use of memory and tasks, from control groups of version 1 or
// 2. It knows nothing of workers.
package cgroup

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"

	"runtimekit/gateway/internal/procfs"
)

// Root is where the kernel describes the control group of the container.
const Root = "/sys/fs/cgroup"

// Memory is the memory that the container uses, and the most that it may use, in bytes. File caches do not count,
// because the kernel can drop them; files that exist only in memory do.
type Memory struct {
	Used, Limit int64 // Limit 0: there is no limit, or it cannot be read
}

// Below reports whether the container would stay below a share of its limit if it used `more` bytes more.
func (m Memory) Below(share float64, more int64) bool {
	return m.Limit == 0 || float64(m.Used+more) <= share*float64(m.Limit)
}

// ReadMemory reads the memory of the control group in a folder.
func ReadMemory(root string) Memory {
	for _, group := range []struct{ limit, stat, anonymous, shared string }{
		{"memory.max", "memory.stat", "anon", "shmem"},
		{"memory/memory.limit_in_bytes", "memory/memory.stat", "total_rss", "total_shmem"},
	} {
		limit, err := readNumber(filepath.Join(root, group.limit))
		if err != nil {
			continue // another version of cgroups, or no limit ("max")
		}
		if used, err := procfs.Field(filepath.Join(root, group.stat), group.anonymous); err == nil {
			shared, _ := procfs.Field(filepath.Join(root, group.stat), group.shared)
			return Memory{used + shared, limit}
		}
		break
	}
	return Memory{}
}

func readNumber(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
}
