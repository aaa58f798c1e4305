package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// keptHeap is how much unused memory the gateway keeps while nothing runs.
const keptHeap = 16 << 20

// releaseMemory gives unused memory back to the system, which Go would do only after minutes.
func releaseMemory() {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if stats.HeapSys-stats.HeapReleased > keptHeap {
		debug.FreeOSMemory()
	}
}

const (
	// controlGroups is where the kernel says how much memory the container has.
	controlGroups = "/sys/fs/cgroup"
	// memoryTight is the share of the container's memory from which on no further worker is started,
	// memoryScarce that from which on idle ones do not keep what large requests have left.
	memoryTight  = 0.8
	memoryScarce = 0.5
)

// memoryUsed is the share of the memory that the container may use which it does; 0 where it has no limit. File caches,
// which the kernel can drop, do not count.
func memoryUsed(root string) float64 {
	for _, group := range []struct{ limit, stat, anonymous string }{
		{"memory.max", "memory.stat", "anon"},
		{"memory/memory.limit_in_bytes", "memory/memory.stat", "total_rss"},
	} {
		limit, err := readNumber(filepath.Join(root, group.limit))
		if err != nil || limit <= 0 {
			continue // another version of cgroups, or no limit ("max")
		}
		used, err := readStatistic(filepath.Join(root, group.stat), group.anonymous)
		if err != nil {
			return 0
		}
		return float64(used) / float64(limit)
	}
	return 0
}

func readNumber(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
}

// readStatistic finds a line `name number` of a file.
func readStatistic(path, name string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return 0, os.ErrNotExist
}
