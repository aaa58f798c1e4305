package main

import (
	"runtimekit/gateway/internal/cgroup"
	"runtimekit/gateway/internal/procfs"
)

// surroundings is what the dispatcher knows of the container and of what its workers take of it. The model test has
// some of its own.
type surroundings interface {
	tasks() cgroup.Tasks
	memory() cgroup.Memory
	// needed is what a worker that has just been loaded has taken.
	needed(w *worker) share
	// taken is what a worker that still loads has taken already, or less.
	taken(w *worker) share
}

// share is what a worker takes of the container: tasks with those of its children, and bytes of memory.
type share struct{ tasks, memory int64 }

// controlGroup is the container as the kernel describes it; the folder is controlGroups.
type controlGroup string

func (c controlGroup) tasks() cgroup.Tasks { return cgroup.ReadTasks(string(c)) }

func (c controlGroup) memory() cgroup.Memory { return cgroup.ReadMemory(string(c)) }

func (c controlGroup) needed(w *worker) share {
	pid := w.station.pid()
	switch {
	case pid == 0:
		return share{}
	case w.template != nil:
		return share{tasks: procfs.Threads(pid)} // it has no children yet, and its memory is mostly the template's
	}
	return share{procfs.ThreadsBelow(pid), procfs.Memory(pid) + procfs.MemoryReturned(pid)}
}

func (c controlGroup) taken(w *worker) share {
	pid := w.station.pid()
	if pid == 0 {
		return share{}
	}
	return share{procfs.Threads(pid), procfs.Memory(pid)}
}
