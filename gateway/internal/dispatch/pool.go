package dispatch

import (
	"slices"
	"time"

	"runtimekit/gateway/internal/frames"
)

// growPause is how long a pool does not grow after one of its workers failed to load, unless a request needs it to.
const growPause = time.Second

// pool is the workers of one file and the requests that wait for them.
type pool struct {
	file     string
	main     bool // the file is the default function's
	queue    []*request
	workers  []*worker // those that have not ended: loading, ready, draining, and the template
	template *worker   // the worker that forks the others, nil if there is none
	opened   uint64    // when it got its first worker, in the order of all pools
	loaded   bool      // a worker has loaded the function, and none has failed to load it since
	failed   time.Time
	reported string // the last load failure that was logged; it is not logged twice in a row
}

// free returns the worker that should take the next request, nil if none can: the one that was used last, so that the
// others become idle and end.
func (p *pool) free() *worker {
	var best *worker
	for _, w := range p.workers {
		if w.takesMore() && (best == nil || w.used.After(best.used)) {
			best = w
		}
	}
	return best
}

// inState counts the pool's workers in one state. The template does not count: it serves no requests.
func (p *pool) inState(s workerState) int {
	n := 0
	for _, w := range p.workers {
		if w.state == s && w != p.template {
			n++
		}
	}
	return n
}

// loadingOther reports whether requests of this pool wait for the first worker of a file that is not the default one.
// Then their time runs, so that a file that never finishes loading overruns it (contract R7).
func (p *pool) loadingOther() bool {
	return !p.main && p.template == nil && p.inState(stateReady) == 0 && p.inState(stateLoading) > 0
}

// running reports whether any request of the pool is with a worker.
func (p *pool) running() bool {
	for _, w := range p.workers {
		if len(w.requests) > 0 {
			return true
		}
	}
	return false
}

// used is when a worker of the pool was last used.
func (p *pool) used() time.Time {
	var last time.Time
	for _, w := range p.workers {
		if w.used.After(last) {
			last = w.used
		}
	}
	return last
}

// dequeue takes a request out of the queue.
func (p *pool) dequeue(r *request) {
	if i := slices.Index(p.queue, r); i >= 0 {
		p.queue = append(p.queue[:i:i], p.queue[i+1:]...)
	}
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
func (d *Dispatcher) shouldGrow(p *pool) bool {
	loading := p.inState(stateLoading)
	if len(p.queue) <= loading || d.Stopping() {
		return false
	}
	ready := p.inState(stateReady)
	if ready == 0 && p.template == nil {
		return loading == 0 // how the function takes requests is not known before its first worker is ready
	}
	return loading < maxLoading && d.running+loading < frames.MaxRunning && d.since(p.failed) >= growPause &&
		(ready == 0 || d.resources.memory().Below(memoryTight, int64(loading+1)*p.footprint()))
}

// footprint estimates the memory of one more worker, in bytes: as much as a ready one has. A fork shares nearly all of
// its memory with the template.
func (p *pool) footprint() int64 {
	for _, w := range p.workers {
		if p.template == nil && w.state == stateReady {
			return w.process.footprint()
		}
	}
	return 0
}

// remove takes an ended worker out of its pool, and the pool out of the dispatcher if it is empty.
func (d *Dispatcher) remove(w *worker) {
	p := w.pool
	delete(d.workers, w)
	for i, other := range p.workers {
		if other == w {
			p.workers = append(p.workers[:i:i], p.workers[i+1:]...)
			break
		}
	}
	if p.template == w {
		p.template = nil
	}
	d.removeIfEmpty(p)
}

// removeIfEmpty takes a pool without workers and requests out of the dispatcher, but for the default function's. The
// file may have another pool by now, which stays.
func (d *Dispatcher) removeIfEmpty(p *pool) {
	if !p.main && len(p.workers) == 0 && len(p.queue) == 0 && d.pools[p.file] == p {
		delete(d.pools, p.file)
	}
}
