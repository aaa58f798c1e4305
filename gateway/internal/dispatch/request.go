package dispatch

import (
	"net"
	"strconv"
	"time"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
)

// phase is how far a request has come.
type phase int

const (
	phaseWaiting phase = iota // in its pool's queue
	phaseHanded               // given to a worker
	phaseStarted              // inside the function, as far as is known
	phaseDone                 // its outcome is on the way to the client
)

const (
	// keptSize is the size up to which a request is kept after it was written to a worker, for the case that the
	// worker ends before reading it. Larger ones give their memory back.
	keptSize = 64 << 10
	// maxMoves is how often a request that no worker has started may move to another one.
	maxMoves = 3
)

// request is one request on its way through the dispatcher. All fields but events belong to the dispatcher's lock.
type request struct {
	turn     uint64 // its place among all requests, never given again
	id       uint32 // what the worker protocol has of it
	pool     *pool
	envelope *envelope.Envelope // nil once its memory has been given back
	body     *http1.Body
	client   net.Conn // that it came from
	timeout  time.Duration
	phase    phase
	worker   *worker // that it was handed to
	clock    stopper // nil until it counts as handed to a worker (contract R7)
	clocks   int     // how many it has had: one that was stopped too late is not this one
	incoming bool    // its answer is arriving; time no longer counts
	moves    int
	events   chan event // room for all that can ever come, so that nobody blocks
}

// event tells the goroutine that answers a request what to do: write it to a worker, or (worker nil) answer.
type event struct {
	worker   *worker
	response http1.Response
	failure  *failure.Error
}

func newRequest(turn uint64, e *envelope.Envelope, body *http1.Body, client net.Conn) *request {
	return &request{turn: turn, id: uint32(turn), envelope: e, body: body, client: client, timeout: e.Timeout, events: make(chan event, maxMoves+2)}
}

// releaseEnvelope gives back a large request's memory once nobody needs it any more.
func (r *request) releaseEnvelope() {
	if r.envelope != nil && r.body.Size > keptSize {
		r.envelope = nil
		r.body.Release()
	}
}

// timedOut is the failure of a request that overran its time (contract T1).
func (r *request) timedOut() *failure.Error {
	return failure.New(500, "the function timed out after %s s", strconv.FormatFloat(r.timeout.Seconds(), 'f', -1, 64))
}

// startClock makes a request count as handed to a worker.
func (d *Dispatcher) startClock(r *request) {
	if r.clock == nil {
		r.clocks++
		mine := r.clocks
		r.clock = d.clock.after(r.timeout, func() { d.overrun(r, mine) })
	}
}

// stopClock makes a request count as waiting again.
func (r *request) stopClock() {
	if r.clock != nil {
		r.clock.Stop()
		r.clock = nil
	}
}

// finish sends a request's outcome, once, and frees its place.
func (d *Dispatcher) finish(r *request, outcome event) {
	if r.phase == phaseDone {
		return
	}
	r.stopClock()
	if r.worker != nil {
		r.worker.take(r)
		d.running--
	}
	d.unwatch(r)
	r.phase, r.envelope = phaseDone, nil
	r.events <- outcome
}

// requeue puts a request that no worker has started back to the front of its queue, or gives up on it.
func (d *Dispatcher) requeue(r *request, reason *failure.Error) {
	if r.moves == maxMoves || r.envelope == nil {
		d.finish(r, event{failure: reason})
		return
	}
	r.stopClock()
	r.worker.take(r)
	d.running--
	r.moves++
	r.phase, r.worker = phaseWaiting, nil
	r.pool.queue = append([]*request{r}, r.pool.queue...)
	d.watch(r)
}
