package dispatch

import (
	"runtimekit/gateway/internal/frames"
)

const (
	// memoryTight is the share of the container's memory from which on no further worker of a file is started, and idle
	// workers are ended to make room for other files.
	memoryTight = 0.8
	// memoryFull is the share from which on other files wait.
	memoryFull = 0.95
	// memoryScarce is the share from which on idle workers do not keep what large requests have left in their memory.
	memoryScarce = 0.5
)

// sparedShare is the share of the tasks that the container may have which is left to what functions themselves start
// when a file is given its first worker.
const sparedShare = 8

// startFiles starts a worker for each file that has none and is wanted, that of the oldest request first. Who finds no
// room has the next that there is: those behind it wait too.
func (d *Dispatcher) startFiles() {
	d.yielding = nil
	for !d.Stopping() {
		p := d.oldestWithoutWorkers()
		if p == nil || !d.makeRoom(p) {
			return
		}
		d.addWorker(p)
	}
}

func (d *Dispatcher) oldestWithoutWorkers() *pool {
	var oldest *pool
	for _, p := range d.pools {
		if len(p.workers) == 0 && len(p.queue) > 0 && (oldest == nil || p.queue[0].turn < oldest.queue[0].turn) {
			oldest = p
		}
	}
	return oldest
}

// makeRoom sees to it that neither files nor what their workers take become too much, by ending idle workers of other
// files. If it reports false, something is on its way to its end, after which there may be room.
func (d *Dispatcher) makeRoom(p *pool) bool {
	if d.files() >= MaxFiles && !d.endIdlePool(p) {
		d.makeOneYield(p)
		return false
	}
	tasksFit := d.tasksFit(false, sparedShare)
	if tasksFit && d.memoryFits(memoryTight) {
		return true
	}
	if d.anyEnding() || d.endIdlePool(p) || d.endSurplus(p) {
		return false
	}
	if tasksFit && d.memoryFits(memoryFull) {
		return true
	}
	return !(d.anyLoading() || d.makeOneYield(p) || d.anySurplus()) // alone it may try
}

// makeRoomToGrow is the same for a file that has workers and could use one more.
func (d *Dispatcher) makeRoomToGrow(p *pool) bool {
	if len(d.workers) >= frames.MaxRunning+MaxFiles && !d.endOther(p) {
		return false
	}
	if d.tasksFit(p.template != nil, 0) {
		return true
	}
	if d.anyEnding() || d.endIdlePool(p) || d.endSurplus(p) {
		return false
	}
	return p.inState(stateReady)+p.inState(stateLoading)+p.inState(stateDraining) == 0 // nobody else's end would help it
}

// files is how many files have workers.
func (d *Dispatcher) files() int {
	files := 0
	for _, p := range d.pools {
		if len(p.workers) > 0 {
			files++
		}
	}
	return files
}

// tasksFit reports whether the container may have the tasks of one more worker, forked or started, beside those that
// loading workers will yet have, and leave a share of all to others (0: nothing).
func (d *Dispatcher) tasksFit(forked bool, share int64) bool {
	tasks := d.resources.tasks()
	if tasks.Limit == 0 {
		return true
	}
	more := d.tasksNeeded(forked, tasks.Limit)
	if share > 0 {
		more += tasks.Limit / share
	}
	for w := range d.workers {
		if w.state == stateLoading {
			more += max(0, d.tasksNeeded(w.template != nil, tasks.Limit)-d.resources.taken(w).tasks)
		}
	}
	return tasks.Fit(more)
}

// tasksNeeded is how many tasks a new worker will have: as many as one of the present ones had when it was loaded. Before
// one is, it counts as if the fixed number of files would just fit; a fork hardly ever has more than one.
func (d *Dispatcher) tasksNeeded(forked bool, limit int64) int64 {
	known, least := int64(0), int64(1)
	if !forked {
		least = limit / MaxFiles
	}
	for w := range d.workers {
		switch {
		case (w.template != nil) != forked:
		case w.needed.tasks > 0:
			known = max(known, w.needed.tasks)
		default:
			least = max(least, d.resources.taken(w).tasks)
		}
	}
	if known > 0 {
		return known
	}
	return least
}

// memoryFits reports whether a share of the container's memory has room for a worker like the largest of the present
// ones, beside what loading workers will yet take.
func (d *Dispatcher) memoryFits(part float64) bool {
	need := int64(0)
	for w := range d.workers {
		need = max(need, w.needed.memory)
	}
	if need == 0 {
		return true
	}
	more := need
	for w := range d.workers {
		if w.state == stateLoading && w.template == nil {
			more += max(0, need-d.resources.taken(w).memory)
		}
	}
	return d.resources.memory().Below(part, more)
}

// anyEnding reports whether a worker is killed, or has ended, whose end is not settled: what it took comes free.
func (d *Dispatcher) anyEnding() bool {
	for w := range d.workers {
		if w.cause != nil || w.state == stateEnded {
			return true
		}
	}
	return false
}

func (d *Dispatcher) anyLoading() bool {
	for w := range d.workers {
		if w.state == stateLoading {
			return true
		}
	}
	return false
}

// endIdlePool ends the workers of the file, other than the default one, that nobody has called for the longest time, to
// make room for another's.
func (d *Dispatcher) endIdlePool(wanting *pool) bool {
	var oldest *pool
	for _, p := range d.pools {
		if p.main || p == wanting || len(p.workers) == 0 || p.running() || d.isNext(p, wanting) {
			continue
		}
		if oldest == nil || p.used().Before(oldest.used()) {
			oldest = p
		}
	}
	if oldest == nil {
		return false
	}
	d.evict(oldest)
	return true
}

// isNext reports whether an idle pool is about to take a request before another pool is due.
func (d *Dispatcher) isNext(p, other *pool) bool {
	return len(p.queue) > 0 && (p.queue[0].turn < other.queue[0].turn || p.inState(stateLoading) > 0)
}

// evict ends a pool for good. Requests that wait for its file get a new one: what the workers of this one have still to
// report concerns nobody else.
func (d *Dispatcher) evict(p *pool) {
	for _, w := range p.workers {
		w.retire()
	}
	queue := p.queue
	p.workers, p.template, p.queue = nil, nil, nil
	d.removeIfEmpty(p)
	if len(queue) > 0 {
		next := d.pool(p.file)
		next.queue = queue
		for _, r := range queue {
			r.pool = next
			r.stopClock()
		}
	}
}

// makeOneYield chooses the file that has had workers for the longest time to take no more requests than are older than one
// that waits for room. It reports false if there is none that could make room in this way.
func (d *Dispatcher) makeOneYield(wanting *pool) bool {
	d.yielding, d.yieldTurn = nil, wanting.queue[0].turn
	for _, p := range d.pools {
		if p.main || p == wanting || len(p.workers) == 0 || p.inState(stateLoading) > 0 {
			continue
		}
		if d.yielding == nil || p.opened < d.yielding.opened {
			d.yielding = p
		}
	}
	return d.yielding != nil
}

// yields reports whether a pool's next request has to wait until another file has had its turn.
func (d *Dispatcher) yields(p *pool) bool {
	return p == d.yielding && len(p.queue) > 0 && p.queue[0].turn > d.yieldTurn
}

// endSurplus ends an idle worker of another file that has more than one.
func (d *Dispatcher) endSurplus(wanting *pool) bool {
	for _, p := range d.pools {
		for _, w := range p.workers {
			if p != wanting && w.idle() && p.inState(stateReady) > 1 {
				w.retire()
				return true
			}
		}
	}
	return false
}

// anySurplus reports whether a worker will end, or be idle beside another of its file, once its requests are answered.
func (d *Dispatcher) anySurplus() bool {
	for _, p := range d.pools {
		if p.inState(stateReady) > 1 || p.inState(stateDraining) > 0 {
			return true
		}
	}
	return false
}

// endOther ends an idle worker of another file.
func (d *Dispatcher) endOther(wanting *pool) bool {
	for _, p := range d.pools {
		for _, w := range p.workers {
			if p != wanting && w.idle() {
				w.retire()
				return true
			}
		}
	}
	return false
}
