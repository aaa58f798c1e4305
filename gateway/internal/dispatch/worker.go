package dispatch

import (
	"bufio"
	"fmt"
	"sync"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/starttimes"
)

// workerState is the state of a worker. It only ever advances.
type workerState int

const (
	stateLoading  workerState = iota
	stateReady                // takes requests, or forks
	stateDraining             // takes nothing new and is about to end
	stateEnded
)

// large is the size, in bytes, of requests and answers after which many languages keep the memory that they took.
const large = 1 << 20

// worker is a process with a language's adapter and the function. Dispatcher.mu guards its fields, but for conn and
// process, which have locks of their own.
type worker struct {
	d           *Dispatcher
	pool        *pool
	template    *worker // the worker that forks it, nil if it is started
	state       workerState
	mode        frames.Mode
	concurrency int
	atOnce      bool // a request that was written to it has started
	changes     bool // it can print to other pipes
	requests    map[uint32]*request
	used        time.Time
	served      bool           // it has got a request
	hadLarge    bool           // it had a large request or answer since it was last idle
	sending     sync.WaitGroup // requests and PINGs that are being written; none is added once the connection has ended
	needed      usage          // what it used of the container when it had just been loaded
	cause       *failure.Error // why the gateway ended it, nil if it ended by itself
	refused     *failure.Error // why it could not load the function (FAILED)
	probing     chan struct{}  // closed when PONG arrives; nil if no PING was sent
	conn        *workerConn    // nil until it has connected
	process     workerProcess
	native      *native // nil until it is started, and for functions that take no context
}

// addWorker starts a worker for a pool, as a fork if there is a template.
func (d *Dispatcher) addWorker(p *pool) {
	w := &worker{d: d, pool: p, template: p.template, requests: map[uint32]*request{}, used: d.clock.now()}
	w.process.unwanted = make(chan struct{})
	p.workers = append(p.workers, w)
	d.workers[w] = true
	d.started++
	if len(p.workers) == 1 {
		d.openings++
		p.opened = d.openings
	}
	if w.template == nil && p.main {
		d.clock.after(d.loadTime, w.loadOverrun)
	}
	if p.loadingOther() {
		for _, r := range p.queue {
			d.startClock(r)
		}
	}
	d.begin(w)
}

// run starts the worker, reads its frames until its connection ends, and settles what it leaves.
func (w *worker) run() {
	err := w.start()
	if err == nil {
		err = w.read(bufio.NewReaderSize(w.conn.stream, 16<<10))
	}
	w.end(err)
}

// takesMore reports whether the worker can be handed a request.
func (w *worker) takesMore() bool {
	return w.state == stateReady && w.mode != frames.ModeTemplate && len(w.requests) < w.concurrency
}

func (w *worker) idle() bool {
	return w.state == stateReady && w.mode != frames.ModeTemplate && len(w.requests) == 0
}

// take takes a request off the worker. A draining worker ends with its last request.
func (w *worker) take(r *request) {
	delete(w.requests, r.id)
	if w.state == stateDraining && len(w.requests) == 0 {
		w.kill(errNotNeeded)
	}
}

var errNotNeeded = failure.Newf(500, "the worker was no longer needed")

// retire ends an idle worker.
func (w *worker) retire() { w.kill(errNotNeeded) }

// kill ends the worker's processes. The worker's own goroutine notices that and settles the rest.
func (w *worker) kill(cause *failure.Error) {
	if w.cause == nil {
		w.cause = cause
	}
	if w.state != stateEnded {
		w.state = stateDraining
	}
	w.process.kill()
}

// send writes a request to the worker. The request's own goroutine calls it, without the lock.
func (w *worker) send(r *request) {
	w.d.mu.Lock()
	message, id, company, serial, changes := r.message, r.id, len(w.requests) > 1, w.mode == frames.ModeSerial, w.changes
	wanted := message != nil && r.worker == w && w.state != stateEnded // else it has timed out, has moved to another worker, or will move
	if wanted {
		w.sending.Add(1)
	}
	w.d.mu.Unlock()
	if wanted {
		defer w.sending.Done()
		w.beginLog(r, serial, changes)
		place, err := w.conn.writeRequest(id, message, company)
		w.sent(r, place, err)
	}
}

// beginLog has the request's book get what the worker prints from now on. The request's own goroutine calls it.
func (w *worker) beginLog(r *request, serial, changes bool) {
	if r.book != nil && w.native != nil {
		r.endLog()
		var change func() (func(), error)
		if serial && changes {
			change = w.changeOutput
		}
		w.native.begin(r.book, serial, change)
		r.native = w.native
	}
}

// endLog ends that.
func (r *request) endLog() {
	if r.native != nil {
		r.native.end(r.book)
		r.native = nil
	}
}

// sent notes that a request has been written to the worker, or where it stands among what will be. A request that could
// not be written stays as it is, and moves to another worker once this one has ended.
func (w *worker) sent(r *request, place uint64, err error) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if r.worker != w || r.phase != phaseHanded {
		return
	}
	r.place = place
	if err == nil && (w.mode != frames.ModeShared || w.atOnce && w.conn.taken(place)) {
		r.phase = phaseStarted
		r.releaseMessage()
	}
}

// read handles the worker's frames until the connection ends.
func (w *worker) read(reader *bufio.Reader) error {
	for {
		h, err := frames.ReadHeader(reader)
		if err != nil {
			return err
		}
		if h.Kind.Large() {
			err = w.largeFrame(reader, h)
		} else {
			var body []byte
			if body, err = frames.ReadBody(reader, h); err == nil {
				err = w.handle(h, body)
			}
		}
		if err != nil {
			return err
		}
	}
}

// handle acts on a frame that is not large.
func (w *worker) handle(h frames.Header, body []byte) error {
	d := w.d
	d.mu.Lock()
	defer d.mu.Unlock()
	r := w.requests[h.ID]
	switch h.Kind {
	case frames.KindReady:
		return w.becomeReady(body)
	case frames.KindFailed:
		f, err := frames.ParseFailure(body)
		if w.state == stateLoading {
			w.refused = f
		}
		return err
	case frames.KindStarted:
		if r != nil {
			r.phase = phaseStarted
			r.releaseMessage()
		}
	case frames.KindPong:
		if w.probing != nil {
			close(w.probing)
			w.probing = nil
		}
	case frames.KindError:
		f, err := frames.ParseFailure(body)
		if err != nil {
			return err
		}
		w.settle(r, event{failure: f})
	case frames.KindSilent:
		w.settle(r, event{failure: errSilent})
	default:
		return fmt.Errorf("%w: a frame of kind %#x", frames.ErrProtocol, byte(h.Kind))
	}
	return nil
}

var errSilent = failure.Newf(500, "the function ended without an answer: call res.send or res.json").Because(failure.Silent)

// settle finishes a request of this worker and hands the next one to a worker.
func (w *worker) settle(r *request, outcome event) {
	if r == nil {
		return // it has timed out meanwhile
	}
	w.used = w.d.clock.now()
	w.hadLarge = w.hadLarge || r.body.Size > large || len(outcome.answer.Body) > large
	w.d.finish(r, outcome)
	w.d.schedule()
	if w.hadLarge && w.idle() {
		w.hadLarge = false
		if w.pool.inState(stateReady) > 1 && !w.d.resources.memory().Below(memoryScarce, 0) {
			w.retire() // else other workers could not start for lack of memory
		}
	}
}

// becomeReady acts on READY: the function is loaded.
func (w *worker) becomeReady(body []byte) error {
	ready, err := frames.ParseReady(body)
	if err != nil || w.state == stateDraining {
		return err
	}
	if err := w.checkShape(ready); err != nil {
		return err
	}
	if w.state != stateLoading || (w.template != nil && ready.Mode != frames.ModeSerial) {
		return fmt.Errorf("%w: an unexpected READY", frames.ErrProtocol)
	}
	w.state, w.mode, w.concurrency, w.atOnce = stateReady, ready.Mode, ready.Concurrency, ready.BeginsAtOnce
	w.changes = ready.ChangesOutput
	w.used = w.d.clock.now()
	w.needed = w.d.resources.needed(w)
	w.pool.loaded = true
	w.d.firstReady.Do(func() { close(w.d.ready) })
	starttimes.Note(starttimes.Ready)
	if ready.Mode == frames.ModeTemplate && w.pool.template != nil {
		w.retire() // several were started side by side, and one is enough
	} else if ready.Mode == frames.ModeTemplate {
		w.pool.template = w
		if w.pool.inState(stateLoading) == 0 {
			w.d.addWorker(w.pool) // so that the first request need not wait for a fork
		}
	}
	w.d.schedule()
	for _, r := range w.pool.queue {
		r.pauseClock() // the file is loaded: a request that still waits does so for a free worker
	}
	return nil
}
