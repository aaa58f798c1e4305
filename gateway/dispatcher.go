package main

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"runtimekit/gateway/internal/cgroup"
	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/epoll"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/limits"
)

const (
	// maxWaiting is how many requests wait for a worker at a time; further ones are refused (contract T5).
	maxWaiting = 1024
	// maxFiles is how many files have workers at a time.
	maxFiles = 8
	// maxLoading is how many workers load at a time: more would only slow each other down.
	maxLoading = 8
	// workerIdleTime is how long a worker beyond its pool's first may be idle.
	workerIdleTime = 30 * time.Second
)

// dispatcher hands requests to workers, first come, first served, and answers for the workers' end. One lock guards
// it, its pools, workers and jobs; nothing blocks while holding it.
type dispatcher struct {
	launcher *launcher
	answers  *limits.Budget
	mainFile string        // the default function's file, "" for a compiled one
	loadTime time.Duration // how long it may take to load
	stopping atomic.Bool

	container surroundings
	clients   *epoll.Watcher // nil if clients cannot be watched
	clock     clock
	begin     func(w *worker) // begins a worker's life; the model test lives it instead

	mu       sync.Mutex
	pools    map[string]*pool // those that requests may come to, by file
	workers  map[*worker]bool // all that have not ended, those of evicted pools too
	running  int
	nextTurn uint64
	openings uint64
	watched  map[uint64]*job // requests that wait in a queue, by turn, whose clients are watched
	leaving  *pool           // that takes no request from turn `barrier` on, so that another file has room for its
	barrier  uint64
}

func newDispatcher(l *launcher, answers *limits.Budget, mainFile string, loadTime time.Duration) *dispatcher {
	d := emptyDispatcher(mainFile, loadTime)
	d.launcher, d.answers = l, answers
	d.clients = epoll.NewWatcher(d.leave)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addWorker(d.pool(mainFile))
	return d
}

func emptyDispatcher(mainFile string, loadTime time.Duration) *dispatcher {
	return &dispatcher{
		mainFile: mainFile, loadTime: loadTime, container: controlGroup(cgroup.Root), clock: systemClock{},
		begin: func(w *worker) { go w.run() },
		pools: map[string]*pool{}, workers: map[*worker]bool{}, watched: map[uint64]*job{},
	}
}

// call has a worker answer a request and waits for the outcome. While the request waits in a queue its client is watched.
func (d *dispatcher) call(file string, e *envelope.Envelope, body *http1.Body, client net.Conn) (http1.Response, error) {
	j, err := d.submit(file, e, body, client)
	if err != nil {
		return http1.Response{}, err
	}
	for {
		outcome := <-j.events
		switch {
		case outcome.worker != nil:
			outcome.worker.send(j)
		case outcome.failure != nil:
			return http1.Response{}, outcome.failure
		default:
			return outcome.response, nil
		}
	}
}

func (d *dispatcher) submit(file string, e *envelope.Envelope, body *http1.Body, client net.Conn) (*job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopping.Load() {
		return nil, failure.ErrStopping
	}
	if d.count() >= maxWaiting {
		return nil, failure.ErrOverloaded
	}
	d.nextTurn++
	j := newJob(d.nextTurn, e, body, client)
	j.pool = d.pool(file)
	j.pool.queue = append(j.pool.queue, j)
	if j.pool.loadingOther() {
		d.startClock(j)
	}
	d.schedule()
	if j.phase == phaseWaiting {
		d.watch(j)
	}
	return j, nil
}

// count is the number of requests that wait for a worker.
func (d *dispatcher) count() int {
	waiting := 0
	for _, p := range d.pools {
		waiting += len(p.queue)
	}
	return waiting
}

// pool returns the pool of a file, new if need be.
func (d *dispatcher) pool(file string) *pool {
	p := d.pools[file]
	if p == nil {
		p = &pool{file: file, main: file == d.mainFile}
		d.pools[file] = p
	}
	return p
}

// schedule hands waiting requests to free workers, the oldest first, and starts workers for those that remain.
func (d *dispatcher) schedule() {
	d.startFiles()
	for d.running < frames.MaxRunning {
		var first *pool
		var free *worker
		for _, p := range d.pools {
			if len(p.queue) == 0 || (first != nil && p.queue[0].turn > first.queue[0].turn) || d.barred(p) {
				continue
			}
			if w := p.free(); w != nil {
				first, free = p, w
			}
		}
		if first == nil {
			break
		}
		j := first.queue[0]
		first.queue = first.queue[1:]
		d.hand(j, free)
	}
	for _, p := range d.pools {
		for len(p.workers) > 0 && d.shouldGrow(p) && !d.barred(p) && d.makeRoomToGrow(p) {
			d.addWorker(p)
		}
	}
}

// wake looks again whether a waiting request can be handed to a worker, or needs a new one.
func (d *dispatcher) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.schedule()
}

// hand gives a request to a worker; the request's own goroutine writes it.
func (d *dispatcher) hand(j *job, w *worker) {
	d.unwatch(j)
	d.running++
	j.worker = w
	j.phase = phaseHanded
	w.jobs[j.id] = j
	w.used = d.clock.now()
	w.served = true
	d.startClock(j)
	j.events <- event{worker: w}
}

// healthy reports whether the default function has been loaded, and has not failed to since (contract R10). If it has
// failed to, being asked is a reason to try again: who waits for health sends no request that would be one.
func (d *dispatcher) healthy() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.pool(d.mainFile)
	if !p.loaded && len(p.workers) == 0 && d.since(p.failed) >= growPause && !d.stopping.Load() {
		d.addWorker(p)
	}
	return p.loaded
}

// stop ends all workers; requests that have not been answered are told so (contract T3).
func (d *dispatcher) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	ended := event{failure: failure.New(500, "the function was ended because the server stops")}
	for _, p := range d.pools {
		for _, j := range p.queue {
			d.finish(j, ended)
		}
		p.queue = nil
		for _, w := range p.workers {
			for _, j := range w.jobs {
				d.finish(j, ended)
			}
			w.kill(failure.New(500, "the server stops"))
		}
	}
}

// tidy ends workers that have been idle for long, and gives back memory that large requests have left, again and again.
func (d *dispatcher) tidy() {
	for range time.Tick(workerIdleTime / 6) {
		d.mu.Lock()
		for _, p := range d.pools {
			p.endIdle(time.Now().Add(-workerIdleTime))
		}
		idle := d.running == 0
		d.mu.Unlock()
		if idle {
			limits.ReleaseHeap()
		}
	}
}
