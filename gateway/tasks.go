package main

import (
	"os"
	"path/filepath"
	"strconv"
)

// taskCount is how many tasks the container has, and how many it may have. Tasks are what the kernel counts: threads,
// those of all processes together.
type taskCount struct {
	used, limit int64 // limit 0: none, or none that can be read
}

// fits reports whether so many more tasks are allowed.
func (t taskCount) fits(more int64) bool { return t.limit == 0 || t.used+more <= t.limit }

func readTasks(root string) taskCount {
	for _, group := range []string{"", "pids"} {
		limit, err := readNumber(filepath.Join(root, group, "pids.max"))
		if err != nil {
			continue // another version of cgroups, or no limit ("max")
		}
		if used, err := readNumber(filepath.Join(root, group, "pids.current")); err == nil {
			return taskCount{used, limit}
		}
		break
	}
	return taskCount{}
}

// tasksOf is how many tasks a process has; 0 if that cannot be read.
func tasksOf(pid int) int64 {
	tasks, err := readStatistic(processStatus(pid), "Threads:")
	if err != nil {
		return 0
	}
	return tasks
}

// tasksBelow is how many tasks a process and its descendants have.
func tasksBelow(pid int) int64 {
	children := map[int][]int{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return tasksOf(pid)
	}
	for _, entry := range entries {
		if child, err := strconv.Atoi(entry.Name()); err == nil {
			parent := parentOf(child)
			children[parent] = append(children[parent], child)
		}
	}
	var sum func(pid int) int64
	sum = func(pid int) int64 {
		total := tasksOf(pid)
		for _, child := range children[pid] {
			total += sum(child)
		}
		return total
	}
	return sum(pid)
}
