// Package dispatch hands requests to workers: which files have workers, how many, which request runs next, and what
// becomes of requests whose worker is late, crashes or is no longer needed (docs/contract.md F, T, E). It starts
// workers and speaks the worker protocol with them. It knows nothing of HTTP but the memory of a body.
//
// # Locks
//
// Dispatcher.mu guards the Dispatcher, its pools, workers and requests. Nothing waits while it is held: requests are
// written, processes started and answers read without it. Only small files of /proc and of control groups are read.
// What workers print is read and logged without it, too: the locks of native and of books are never taken while it is
// held.
//
// While it is held, these locks may be taken, one at a time: workerProcess.mu, workerConn.mu and the locks of the
// budgets' lanes. Their holders take no other lock. workerConn.turn, socketFolder.mu and the locks of process.Table are
// never taken while Dispatcher.mu is held, because their holders wait for the operating system. workerConn.mu may be
// taken while holding workerConn.turn.
//
// # After a wait
//
// Nothing is looked up by name after a wait, because the name may mean something else by then. A pool exists from its
// first worker until it is evicted; a file that is called again later gets a new pool. A request has a turn, a clock
// has a number, and neither is given again.
package dispatch

import (
	"sync"
	"sync/atomic"
	"time"

	"runtimekit/gateway/internal/cgroup"
	"runtimekit/gateway/internal/epoll"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/limits"
)

const (
	// MaxWaiting is how many requests wait for a worker at a time (contract T5). Further ones are refused.
	MaxWaiting = 1024
	// MaxFiles is how many files have workers at a time.
	MaxFiles = 8
	// maxLoading is how many workers of a file load at a time. More would only slow each other down.
	maxLoading = 8
	// workerIdleTime is how long a worker may be idle that is not its pool's only one.
	workerIdleTime = 30 * time.Second
)

// Dispatcher hands requests to workers, first come, first served, and answers those whose worker has ended.
type Dispatcher struct {
	launcher *Launcher
	answers  *limits.Budget
	mainFile string        // the default function's file, "" for a compiled one
	loadTime time.Duration // how long it may take to load
	stops    atomic.Bool   // no more requests are accepted
	context  bool          // functions take a context, not a request and a response

	ready      chan struct{} // closed once a worker has loaded its function
	firstReady sync.Once     // closes it

	resources resources
	clients   *epoll.Watcher // nil if clients cannot be watched
	clock     clock
	begin     func(w *worker) // starts the goroutine of a worker; the model test replaces it

	mu        sync.Mutex       // guards what follows; see the package's documentation
	pools     map[string]*pool // by file; evicted ones are not there
	workers   map[*worker]bool // all that have not ended, those of evicted pools too
	running   int
	nextTurn  uint64
	openings  uint64
	started   int                 // workers that were ever started
	lost      int                 // workers that ended though nobody wanted it
	watched   map[uint64]*request // queued requests whose clients are watched, by turn
	yielding  *pool               // the pool that gets no request of turn yieldTurn or later, to make room for another file
	yieldTurn uint64
}

// New returns a dispatcher and begins to load the default function. `mainFile` is that function's file, "" for a
// compiled function; it may take `loadTime` to load. Answers reserve their memory in a budget; the caller of Call
// releases it.
func New(l *Launcher, answers *limits.Budget, mainFile string, loadTime time.Duration) *Dispatcher {
	d := emptyDispatcher(mainFile, loadTime)
	d.launcher, d.answers, d.context = l, answers, l.context
	d.clients = epoll.NewWatcher(d.clientGone)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addWorker(d.pool(mainFile))
	return d
}

func emptyDispatcher(mainFile string, loadTime time.Duration) *Dispatcher {
	return &Dispatcher{
		mainFile: mainFile, loadTime: loadTime, resources: controlGroup(cgroup.Root), clock: systemClock{},
		begin: func(w *worker) { go w.run() },
		pools: map[string]*pool{}, workers: map[*worker]bool{}, watched: map[uint64]*request{},
		ready: make(chan struct{}),
	}
}

// Call has a worker answer a request and waits for the answer. Its error is a failure.Error. Call takes over the body's
// memory, which the message shares. If the client resets its connection while the request waits for a worker, the
// request is not executed.
func (d *Dispatcher) Call(t Task) (Answer, error) {
	r, err := d.submit(t)
	if err != nil {
		return Answer{}, err
	}
	for {
		outcome := <-r.events
		switch {
		case outcome.worker != nil:
			outcome.worker.send(r)
		case outcome.failure != nil:
			r.endLog()
			return Answer{}, outcome.failure
		default:
			r.endLog()
			return outcome.answer, nil
		}
	}
}

func (d *Dispatcher) submit(t Task) (*request, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Stopping() {
		return nil, failure.ErrStopping
	}
	if d.count() >= MaxWaiting {
		return nil, failure.ErrOverloaded
	}
	d.nextTurn++
	r := newRequest(d.nextTurn, t)
	r.pool = d.pool(t.File)
	r.pool.queue = append(r.pool.queue, r)
	if r.pool.loadingOther() || !r.since.IsZero() {
		d.startClock(r)
	}
	d.schedule()
	if r.phase == phaseWaiting {
		d.watch(r)
	}
	return r, nil
}

// count is the number of requests that wait for a worker.
func (d *Dispatcher) count() int {
	waiting := 0
	for _, p := range d.pools {
		waiting += len(p.queue)
	}
	return waiting
}

// pool returns the pool of a file, new if need be.
func (d *Dispatcher) pool(file string) *pool {
	p := d.pools[file]
	if p == nil {
		p = &pool{file: file, main: file == d.mainFile}
		d.pools[file] = p
	}
	return p
}

// schedule hands waiting requests to free workers, the oldest first, and starts workers for those that remain.
func (d *Dispatcher) schedule() {
	if d.count() == 0 {
		d.yielding = nil
		return
	}
	d.startFiles()
	for d.running < frames.MaxRunning {
		var first *pool
		var free *worker
		for _, p := range d.pools {
			if len(p.queue) == 0 || (first != nil && p.queue[0].turn > first.queue[0].turn) || d.yields(p) {
				continue
			}
			if w := p.free(); w != nil {
				first, free = p, w
			}
		}
		if first == nil {
			break
		}
		r := first.queue[0]
		first.queue = first.queue[1:]
		d.hand(r, free)
	}
	for _, p := range d.pools {
		for len(p.workers) > 0 && d.shouldGrow(p) && !d.yields(p) && d.makeRoomToGrow(p) {
			d.addWorker(p)
		}
	}
}

// wake looks again whether a waiting request can be handed to a worker, or needs a new one.
func (d *Dispatcher) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.schedule()
}

// hand gives a request to a worker. The request's own goroutine, in Call, writes it.
func (d *Dispatcher) hand(r *request, w *worker) {
	d.unwatch(r)
	d.running++
	r.worker = w
	r.phase = phaseHanded
	w.requests[r.id] = r
	w.used = d.clock.now()
	w.served = true
	d.startClock(r)
	r.events <- event{worker: w}
}

// Healthy reports whether the default function is loaded (contract R10). If it could not be loaded, Healthy tries
// again: a caller that waits for health sends no request that would make the dispatcher try.
func (d *Dispatcher) Healthy() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.pool(d.mainFile)
	if !p.loaded && len(p.workers) == 0 && d.since(p.failed) >= growPause && !d.Stopping() {
		d.addWorker(p)
	}
	return p.loaded
}

// Ready returns a channel that is closed once a worker has loaded its function.
func (d *Dispatcher) Ready() <-chan struct{} { return d.ready }

// Stopping reports whether the dispatcher refuses new requests.
func (d *Dispatcher) Stopping() bool { return d.stops.Load() }

// BeginStop has the dispatcher refuse new requests. Those that it has accepted go on.
func (d *Dispatcher) BeginStop() { d.stops.Store(true) }

// Close removes what is left of the workers' sockets.
func (d *Dispatcher) Close() { d.launcher.sockets.remove() }

// Stop ends all workers and answers the requests that are left with a failure (contract T3).
func (d *Dispatcher) Stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	ended := event{failure: failure.Newf(500, "the function was ended because the server stops")}
	for _, p := range d.pools {
		for _, r := range p.queue {
			d.finish(r, ended)
		}
		p.queue = nil
		for _, w := range p.workers {
			for _, r := range w.requests {
				d.finish(r, ended)
			}
			w.kill(failure.Newf(500, "the server stops"))
		}
	}
}

// Tidy ends workers that have been idle for long, and gives back memory that large requests have left. It does so every
// few seconds and does not return.
func (d *Dispatcher) Tidy() {
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
