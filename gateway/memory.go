package main

import (
	"bytes"
	"os"
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

// memoryTight reports whether the container has used more than 80 % of the memory that it may, so that no further
// worker should be started. File caches, which the kernel can drop, do not count.
func (l *launcher) memoryTight() bool {
	for _, group := range []struct{ limit, stat, anonymous string }{
		{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.stat", "anon"},
		{"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.stat", "total_rss"},
	} {
		limit, err := readNumber(group.limit)
		if err != nil {
			continue // another version of cgroups, or no limit ("max")
		}
		used, err := readStatistic(group.stat, group.anonymous)
		return err == nil && used > limit/5*4
	}
	return false
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
