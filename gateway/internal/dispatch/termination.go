package dispatch

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"
	"syscall"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
)

const (
	// probeTimeout is how long a shared worker may take to answer PING when one of its requests has timed out.
	probeTimeout = 700 * time.Millisecond
	// spinShare is the share of that time in which a worker must want the CPU to count as spinning.
	spinShare = 0.6
	// endedByAnother begins the message of a request whose worker was ended because of another request.
	endedByAnother = "worker ended by another request"
)

// overrun answers a request whose time is over, and ends its worker if no other request needs it (contract T1, T2).
func (d *Dispatcher) overrun(r *request, clock int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.phase == phaseDone || r.incoming || r.clock == nil || r.clocks != clock {
		return
	}
	w, p := r.worker, r.pool
	d.finish(r, event{failure: r.timedOut()})
	if w == nil {
		d.overrunLoading(p, r)
	} else if w.state == stateReady && len(w.requests) > 0 {
		w.probe()
	} else if len(w.requests) == 0 {
		w.kill(r.timedOut())
	}
	d.schedule()
}

// overrunLoading takes a request out of its queue that waited for its file to load. If it was the last one, loading
// ends.
func (d *Dispatcher) overrunLoading(p *pool, late *request) {
	p.dequeue(late)
	defer d.removeIfEmpty(p)
	if len(p.queue) == 0 && p.loadingOther() {
		for _, w := range p.workers {
			w.kill(late.timedOut())
		}
	}
}

// loadOverrun ends a worker of the default function that is still loading after loadTime.
func (w *worker) loadOverrun() {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if w.state == stateLoading {
		f := failure.Newf(500, "the function did not load within %v", w.d.loadTime).Because(failure.Load)
		w.kill(f)
		w.d.loadFailed(w, f)
		w.d.schedule()
	}
}

// probe gives a shared worker no more requests, and finds out whether those that it has can still finish: a worker that
// merely waits answers PING and uses little CPU (contract T2). Any other one is ended.
func (w *worker) probe() {
	w.state = stateDraining
	pong := make(chan struct{})
	w.probing = pong
	before := w.process.cpuDemand()
	begin := w.d.clock.now()
	w.sending.Add(1)
	go func() {
		defer w.sending.Done()
		w.conn.writePing() // it blocks if the worker does not read
	}()
	w.d.clock.after(probeTimeout, func() {
		answered := closed(pong)
		w.d.mu.Lock()
		defer w.d.mu.Unlock()
		spinning := w.process.cpuDemand()-before > time.Duration(spinShare*float64(w.d.since(begin)))
		if w.state == stateDraining && w.cause == nil && (!answered || spinning) && !w.receiving() {
			w.kill(failure.Newf(500, "%s, which overran its time and kept the worker busy", endedByAnother))
		}
	})
}

// receiving reports whether an answer of the worker is arriving. Then its other frames come later, PONG too.
func (w *worker) receiving() bool {
	for _, r := range w.requests {
		if r.incoming {
			return true
		}
	}
	return false
}

// end settles everything after the worker's connection has ended, or it could not be started.
func (w *worker) end(err error) {
	w.disconnected()
	how := w.process.finish(err)
	if w.conn != nil {
		_ = w.conn.socket.Close()
	}
	w.sending.Wait() // from here on it is known which requests were written
	if w.native != nil {
		w.native.close()
	}
	w.ended(err, how)
	w.d.launcher.processes.Sweep()
	w.d.wake() // the processes that the worker had left behind took tasks and memory too
}

// disconnected acts on the end of a worker's connection. Its process may not have ended yet.
func (w *worker) disconnected() {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if w.state != stateLoading {
		w.state = stateEnded
		if w.pool.template == w {
			w.pool.template = nil
		}
		w.d.schedule()
	}
}

// ended settles the requests of a worker whose connection and process have ended.
func (w *worker) ended(err error, how *workerExit) {
	d := w.d
	d.mu.Lock()
	defer d.mu.Unlock()
	loading := w.state == stateLoading
	w.state = stateEnded
	d.countEnd(w)
	if loading {
		d.loadFailed(w, w.loadFailure(how))
	}
	w.settleAll(err, how)
	d.remove(w)
	if w.pool.main && w.served && len(w.pool.workers) == 0 && !d.Stopping() {
		d.addWorker(w.pool) // so that the next request finds a loaded function
	}
	d.schedule()
}

// loadFailure returns why a worker could not load the function (contract E1).
func (w *worker) loadFailure(how *workerExit) *failure.Error {
	if w.refused != nil {
		return w.refused.Because(failure.Load)
	}
	return failure.Newf(500, "the function could not be loaded: %s", how).Because(failure.Load)
}

// loadFailed acts on a worker that could not load the function. Requests that wait for the file fail, unless another
// worker of the pool can serve them. A fork that failed says nothing of the function: then they wait for a newly
// started worker.
func (d *Dispatcher) loadFailed(w *worker, f *failure.Error) {
	p := w.pool
	p.failed = d.clock.now()
	d.clock.after(growPause, d.wake) // else requests that wait now would wait for the next event of any kind
	if w.template != nil {
		w.template.kill(f) // it no longer forks; the next worker is started
		if p.template == w.template {
			p.template = nil
		}
	}
	if p.inState(stateReady) > 0 || p.inState(stateLoading) > 0 {
		return
	}
	p.loaded = p.loaded && w.template != nil // a fork's function was loaded already
	if p.main && w.template == nil && p.reported != f.Message {
		p.reported = f.Message
		log.Printf("gateway: %s", f.Message) // perhaps no request is told
	}
	queue := p.queue
	p.queue = nil
	for _, r := range queue {
		if w.template != nil && r.moves < maxMoves {
			r.moves++
			r.pauseClock()
			p.queue = append(p.queue, r)
		} else {
			d.finish(r, event{failure: f})
		}
	}
}

// settleAll answers or moves the requests that an ended worker had (contract E4, T2).
func (w *worker) settleAll(err error, how *workerExit) {
	started, waiting := w.split(err)
	message := w.cause
	switch {
	case message != nil:
	case len(started)+len(waiting) > 0 && len(started) <= 1:
		message = failure.Newf(500, "the function ended its process: %s", how)
	default:
		message = failure.Newf(500, "%s, or by this one: %s", endedByAnother, how)
	}
	for _, r := range started {
		w.d.finish(r, event{failure: message})
	}
	for i := len(waiting) - 1; i >= 0; i-- {
		w.d.requeue(waiting[i], message)
	}
}

// split separates the requests that a worker may have started from those that it certainly has not. A shared worker
// reports each start (STARTED), unless it begins at once with what is written to it. The request of a serial worker
// counts as started once it is written, unless the worker ended without reading it: then the kernel has reset the
// connection.
func (w *worker) split(err error) (started, waiting []*request) {
	unread := w.mode != frames.ModeShared && errors.Is(err, syscall.ECONNRESET)
	for _, r := range w.requests {
		if unread || r.phase == phaseHanded && !(w.atOnce && w.conn.taken(r.place)) {
			waiting = append(waiting, r)
		} else {
			started = append(started, r)
		}
	}
	slices.SortFunc(waiting, func(a, b *request) int { return cmp.Compare(a.turn, b.turn) })
	return started, waiting
}

// workerExit is how a worker's process ended, for messages.
type workerExit struct {
	what   string
	output string // its last lines
}

func (e *workerExit) String() string {
	if e.output == "" {
		return e.what
	}
	return fmt.Sprintf("%s; its last output:\n%s", e.what, strings.TrimRight(e.output, "\n"))
}
