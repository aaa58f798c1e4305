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
	// memoryTight is the share of the container's memory from which on no further worker of a file is started, and idle
	// ones make room for those of other files, memoryFull that from which on these wait,
	// memoryScarce that from which on idle ones do not keep what large requests have left.
	memoryFull   = 0.95
	memoryTight  = 0.8
	memoryScarce = 0.5
)

// memory is what the container uses of the memory that it may, in bytes. File caches, which the kernel can drop, do not
// count; files that are only in memory do.
type memory struct {
	used, limit int64 // limit 0: none, or none that can be read
}

// below reports whether less than a share of the memory would be used if so many more bytes were.
func (m memory) below(share float64, more int64) bool {
	return m.limit == 0 || float64(m.used+more) <= share*float64(m.limit)
}

func readMemory(root string) memory {
	for _, group := range []struct{ limit, stat, anonymous, shared string }{
		{"memory.max", "memory.stat", "anon", "shmem"},
		{"memory/memory.limit_in_bytes", "memory/memory.stat", "total_rss", "total_shmem"},
	} {
		limit, err := readNumber(filepath.Join(root, group.limit))
		if err != nil {
			continue // another version of cgroups, or no limit ("max")
		}
		if used, err := readStatistic(filepath.Join(root, group.stat), group.anonymous); err == nil {
			shared, _ := readStatistic(filepath.Join(root, group.stat), group.shared)
			return memory{used + shared, limit}
		}
		break
	}
	return memory{}
}

// footprint is the memory that a process has for itself, in bytes; 0 if that cannot be read. Machine code that a language
// makes while it runs often stands in memory that could be shared, but is not.
func footprint(pid int) int64 {
	kibibytes, err := readStatistic(processStatus(pid), "RssAnon:")
	if err != nil {
		return 0
	}
	shared, _ := readStatistic(processStatus(pid), "RssShmem:")
	return (kibibytes + shared) << 10
}

func processStatus(pid int) string { return "/proc/" + strconv.Itoa(pid) + "/status" }

func readNumber(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
}

// readStatistic finds a line that begins with a name and a number in a file.
func readStatistic(path, name string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == name {
			return strconv.ParseInt(words[1], 10, 64)
		}
	}
	return 0, os.ErrNotExist
}
