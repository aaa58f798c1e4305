package dispatch

import (
	"runtimekit/gateway/internal/cgroup"
	"runtimekit/gateway/internal/procfs"
)

// resources tells the dispatcher what the container may use, and what its workers use of it. The model test has an
// implementation of its own.
type resources interface {
	tasks() cgroup.Tasks
	memory() cgroup.Memory
	// needed returns what a worker uses that has just been loaded, at its largest.
	needed(w *worker) usage
	// taken returns what a worker uses by now that still loads, or less.
	taken(w *worker) usage
}

// usage is what a worker uses of the container: tasks, those of its children included, and bytes of memory.
type usage struct{ tasks, memory int64 }

// controlGroup reads the resources of the container from the control group in a folder.
type controlGroup string

func (c controlGroup) tasks() cgroup.Tasks { return cgroup.ReadTasks(string(c)) }

func (c controlGroup) memory() cgroup.Memory { return cgroup.ReadMemory(string(c)) }

func (c controlGroup) needed(w *worker) usage {
	pid := w.process.pid()
	switch {
	case pid == 0:
		return usage{}
	case w.template != nil:
		return usage{tasks: procfs.Threads(pid)} // it has no children yet, and its memory is mostly the template's
	}
	return usage{procfs.ThreadsBelow(pid), procfs.Memory(pid) + procfs.MemoryReturned(pid)}
}

func (c controlGroup) taken(w *worker) usage {
	pid := w.process.pid()
	if pid == 0 {
		return usage{}
	}
	return usage{procfs.Threads(pid), procfs.Memory(pid)}
}
