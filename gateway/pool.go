package main

import (
	"time"
)

// growPause is how long a pool does not grow after one of its workers failed to load, unless a request needs it to.
const growPause = time.Second

// pool is the workers of one file and the requests that wait for them.
type pool struct {
	file     string
	main     bool // it is the default function's
	queue    []*job
	workers  []*worker // that have not ended: loading, ready, draining, and the template
	template *worker
	loaded   bool // a worker has loaded the function, and none has failed to since
	failed   time.Time
	reported string // the last failure to load that was logged: the same one is not repeated
}

// free returns the worker that should take the next request: the one that was used last, so that others can idle out.
func (p *pool) free() *worker {
	var best *worker
	for _, w := range p.workers {
		if w.takesMore() && (best == nil || w.used.After(best.used)) {
			best = w
		}
	}
	return best
}

// inState counts the pool's workers in one state; the template is none that serves.
func (p *pool) inState(s workerState) int {
	n := 0
	for _, w := range p.workers {
		if w.state == s && w != p.template {
			n++
		}
	}
	return n
}

// loadingOther reports whether requests of this pool wait for a file to load which is not the default one. They count
// as handed to a worker, so that an import that loops overruns their time (contract R7).
func (p *pool) loadingOther() bool {
	return !p.main && p.template == nil && p.inState(stateReady) == 0 && p.inState(stateLoading) > 0
}

// busy reports whether any request of the pool waits or runs.
func (p *pool) busy() bool {
	if len(p.queue) > 0 {
		return true
	}
	for _, w := range p.workers {
		if len(w.jobs) > 0 {
			return true
		}
	}
	return false
}

// endIdle ends all but one of the ready workers that have been idle since a moment.
func (p *pool) endIdle(since time.Time) {
	ready := p.inState(stateReady)
	for _, w := range p.workers {
		if ready > 1 && w.idle() && w.used.Before(since) {
			w.retire()
			ready--
		}
	}
}

// shouldGrow reports whether another worker would let a waiting request run.
func (d *dispatcher) shouldGrow(p *pool) bool {
	loading := p.inState(stateLoading)
	if len(p.queue) <= loading || d.stopping.Load() {
		return false
	}
	ready := p.inState(stateReady)
	if ready == 0 && p.template == nil {
		return loading == 0 // how the function takes requests is not known before its first worker is ready
	}
	return loading < maxLoading && d.running+loading < maxRunning && time.Since(p.failed) >= growPause &&
		(ready == 0 || readMemory(controlGroups).below(memoryTight, int64(loading+1)*p.footprint()))
}

// footprint is what one more worker will use of the container's memory: as much as one that is ready, but next to
// nothing where it is forked from a template. Those that still load have not taken all of theirs.
func (p *pool) footprint() int64 {
	for _, w := range p.workers {
		if p.template == nil && w.state == stateReady {
			return w.station.footprint()
		}
	}
	return 0
}

// makeRoom sees to it that neither files nor workers become too many, by ending idle ones of other pools. It reports
// false if all are busy; the request then waits.
func (d *dispatcher) makeRoom(p *pool) bool {
	files, workers := 0, 0
	for _, other := range d.pools {
		if len(other.workers) > 0 {
			files++
			workers += len(other.workers)
		}
	}
	if len(p.workers) == 0 && files >= maxFiles {
		return d.endIdlePool()
	}
	if workers < maxRunning+maxFiles {
		return true
	}
	for _, other := range d.pools {
		for _, w := range other.workers {
			if other != p && w.idle() {
				w.retire()
				return true
			}
		}
	}
	return false
}

// endIdlePool ends the workers of the file, other than the default one, that nobody has called for the longest time.
func (d *dispatcher) endIdlePool() bool {
	var oldest *pool
	var oldestUse time.Time
	for _, p := range d.pools {
		if p.main || p.busy() || len(p.workers) == 0 {
			continue
		}
		var used time.Time
		for _, w := range p.workers {
			if w.used.After(used) {
				used = w.used
			}
		}
		if oldest == nil || used.Before(oldestUse) {
			oldest, oldestUse = p, used
		}
	}
	if oldest == nil {
		return false
	}
	for _, w := range oldest.workers {
		w.retire()
	}
	oldest.workers, oldest.template = nil, nil
	return true
}

// remove takes an ended worker out of its pool, and an empty pool out of the dispatcher.
func (d *dispatcher) remove(w *worker) {
	p := w.pool
	for i, other := range p.workers {
		if other == w {
			p.workers = append(p.workers[:i:i], p.workers[i+1:]...)
			break
		}
	}
	if p.template == w {
		p.template = nil
	}
	if !p.main && len(p.workers) == 0 && len(p.queue) == 0 {
		delete(d.pools, p.file)
	}
}
