package cgroup

import "path/filepath"

// Tasks is how many tasks the container has, and how many it may have. A task is what the kernel counts: a thread of
// any process.
type Tasks struct {
	Used, Limit int64 // Limit 0: there is no limit, or it cannot be read
}

// Fit reports whether the container may have `more` tasks more.
func (t Tasks) Fit(more int64) bool { return t.Limit == 0 || t.Used+more <= t.Limit }

// ReadTasks reads the tasks of the control group in a folder.
func ReadTasks(root string) Tasks {
	for _, group := range []string{"", "pids"} {
		limit, err := readNumber(filepath.Join(root, group, "pids.max"))
		if err != nil {
			continue // another version of cgroups, or no limit ("max")
		}
		if used, err := readNumber(filepath.Join(root, group, "pids.current")); err == nil {
			return Tasks{used, limit}
		}
		break
	}
	return Tasks{}
}
