package dispatch

import "runtimekit/gateway/internal/frames"

const (
	// memoryTight is the share of the container's memory from which on no further worker of a file is started, and idle
	// workers are ended to make room for other files.
	memoryTight = 0.8
	// memoryFull is the share from which on other files wait.
	memoryFull = 0.95
	// memoryScarce is the share from which on idle workers do not keep what large requests have left in their memory.
	memoryScarce = 0.5
)

// sparedShare is how many tasks stay free for what functions themselves start when a file gets its first worker: one in
// sparedShare of the container's.
const sparedShare = 8

// startFiles starts a worker for each file that has requests but no workers, the file of the oldest request first. If
// there is no room for a file, those behind it wait too, so that it gets the next room there is.
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

// makeRoom reports whether there is room for the first worker of a file: fewer than MaxFiles other files with workers,
// and enough tasks and memory. If there is none, it ends idle workers of other files; when one has ended, the
// dispatcher looks again.
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
	return !(d.anyLoading() || d.makeOneYield(p) || d.anySurplus()) // nothing else can end: it may try
}

// makeRoomToGrow is makeRoom for one more worker of a file that has some.
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
	return p.inState(stateReady)+p.inState(stateLoading)+p.inState(stateDraining) == 0 // it has none that serves, and must try
}

// files returns how many files have workers.
func (d *Dispatcher) files() int {
	files := 0
	for _, p := range d.pools {
		if len(p.workers) > 0 {
			files++
		}
	}
	return files
}

// tasksFit reports whether the container may have the tasks of one more worker, forked or started, together with those
// that loading workers have yet to start. One in `share` of all tasks stays free (0: none).
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

// tasksNeeded estimates how many tasks a new worker will have: as many as one of the present workers had when it was
// loaded. Before any is loaded, the estimate is that MaxFiles workers just fit; for a fork it is one task.
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
// ones, together with the memory that loading workers have yet to take.
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

// anyEnding reports whether a worker is ending. What it uses becomes free soon.
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

// endIdlePool ends the workers of the idle file that was not called for the longest time, to make room for another
// file. It never ends those of the default function. It reports whether there was such a file.
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

// isNext reports whether an idle pool is about to serve a request that is older than the oldest one of another pool.
func (d *Dispatcher) isNext(p, other *pool) bool {
	return len(p.queue) > 0 && (p.queue[0].turn < other.queue[0].turn || p.inState(stateLoading) > 0)
}

// evict ends a pool for good. Requests that wait for its file move to a new pool, so that what the old workers still
// report concerns none of them.
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
			r.pauseClock()
		}
	}
}

// makeOneYield chooses the file that has had workers for the longest time to make room for another one: it serves no
// request that is newer than the oldest request of that one, and so becomes idle. It reports whether there is such a
// file.
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

// yields reports whether a pool's next request has to wait because the pool makes room for another file.
func (d *Dispatcher) yields(p *pool) bool {
	return p == d.yielding && len(p.queue) > 0 && p.queue[0].turn > d.yieldTurn
}

// endSurplus ends an idle worker of another file that has several. It reports whether there was one.
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

// anySurplus reports whether a worker will make room once its requests are answered: because it is draining, or because
// its file has several.
func (d *Dispatcher) anySurplus() bool {
	for _, p := range d.pools {
		if p.inState(stateReady) > 1 || p.inState(stateDraining) > 0 {
			return true
		}
	}
	return false
}

// endOther ends an idle worker of another file. It reports whether there was one.
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
