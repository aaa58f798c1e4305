// Package procfs reads what the kernel says of one process in /proc. A process that has ended, or a file that cannot be
// read, counts as zero. The package knows nothing of workers.
package procfs

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Parent returns the number of a living process's parent, 0 if the process has ended.
func Parent(pid int) int {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 2 || fields[0] == "Z" || fields[0] == "X" {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

// Threads returns how many threads a process has.
func Threads(pid int) int64 {
	tasks, err := Field(statusPath(pid), "Threads:")
	if err != nil {
		return 0
	}
	return tasks
}

// ThreadsBelow returns how many threads a process and its descendants have.
func ThreadsBelow(pid int) int64 {
	children := map[int][]int{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return Threads(pid)
	}
	for _, entry := range entries {
		if child, err := strconv.Atoi(entry.Name()); err == nil {
			parent := Parent(child)
			children[parent] = append(children[parent], child)
		}
	}
	var sum func(pid int) int64
	sum = func(pid int) int64 {
		total := Threads(pid)
		for _, child := range children[pid] {
			total += sum(child)
		}
		return total
	}
	return sum(pid)
}

// Memory returns the memory that a process has for itself, in bytes. It counts shared memory too: many languages keep
// the machine code that they compile at run time in memory that could be shared, but is not.
func Memory(pid int) int64 {
	kibibytes, err := Field(statusPath(pid), "RssAnon:")
	if err != nil {
		return 0
	}
	shared, _ := Field(statusPath(pid), "RssShmem:")
	return (kibibytes + shared) << 10
}

// MemoryReturned returns by how many bytes a process is smaller than it was at its largest. Loading a function often
// takes more memory than keeping it loaded.
func MemoryReturned(pid int) int64 {
	largest, err := Field(statusPath(pid), "VmHWM:")
	if err != nil {
		return 0
	}
	now, err := Field(statusPath(pid), "VmRSS:")
	if err != nil {
		return 0
	}
	return max(0, largest-now) << 10
}

// CPUDemand returns for how long the threads of a process have used a CPU or waited for one. On a busy machine a
// process that spins gets less CPU than it wants; this counts what it wants.
func CPUDemand(pid int) time.Duration {
	var sum time.Duration
	threads, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/schedstat")
	for _, path := range threads {
		var used, waited time.Duration
		if text, err := os.ReadFile(path); err == nil {
			_, _ = fmt.Sscan(string(text), &used, &waited) // both in nanoseconds
		}
		sum += used + waited
	}
	return sum
}

func statusPath(pid int) string { return "/proc/" + strconv.Itoa(pid) + "/status" }

// Field returns the number behind a name at the start of a line, as in /proc/PID/status and in a cgroup's memory.stat.
func Field(path, name string) (int64, error) {
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
