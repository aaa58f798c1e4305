package main

// surroundings is what the dispatcher knows of the container and of what its workers take of it. The model test has
// some of its own.
type surroundings interface {
	tasks() taskCount
	memory() memory
	// needed is what a worker that has just been loaded has taken.
	needed(w *worker) share
	// taken is what a worker that still loads has taken already, or less.
	taken(w *worker) share
}

// share is what a worker takes of the container: tasks with those of its children, and bytes of memory.
type share struct{ tasks, memory int64 }

// controlGroup is the container as the kernel describes it; the folder is controlGroups.
type controlGroup string

func (c controlGroup) tasks() taskCount { return readTasks(string(c)) }

func (c controlGroup) memory() memory { return readMemory(string(c)) }

func (c controlGroup) needed(w *worker) share {
	pid := w.station.pid()
	switch {
	case pid == 0:
		return share{}
	case w.template != nil:
		return share{tasks: tasksOf(pid)} // it has no children yet, and its memory is mostly the template's
	}
	return share{tasksBelow(pid), footprint(pid) + shrunk(pid)}
}

func (c controlGroup) taken(w *worker) share {
	pid := w.station.pid()
	if pid == 0 {
		return share{}
	}
	return share{tasksOf(pid), footprint(pid)}
}

// shrunk is by how much a process has become smaller since it was largest, in bytes; 0 if that cannot be read. Loading a
// function often takes more than holding it.
func shrunk(pid int) int64 {
	largest, err := readStatistic(processStatus(pid), "VmHWM:")
	if err != nil {
		return 0
	}
	now, err := readStatistic(processStatus(pid), "VmRSS:")
	if err != nil {
		return 0
	}
	return max(0, largest-now) << 10
}
