package dispatch

import (
	"net"
	"strconv"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/logbook"
)

// phase is how far a request has come. Only requeue takes one back, from phaseHanded to phaseWaiting.
type phase int

const (
	phaseWaiting phase = iota // in its pool's queue
	phaseHanded               // given to a worker
	phaseStarted              // the function may have begun to run
	phaseDone                 // its outcome is known
)

const (
	// keptSize is the size, in bytes, of the largest request that is kept after it was written to a worker, for the
	// case that the worker ends before it has read it. Larger ones give their memory back.
	keptSize = 64 << 10
	// maxMoves is how often a request that no worker has started may move to another one.
	maxMoves = 3
)

// request is one request on its way through the dispatcher. Dispatcher.mu guards all fields but events.
type request struct {
	turn     uint64 // its place among all requests, never given again
	id       uint32 // its number in the worker protocol, which may be given again
	pool     *pool
	message  frames.Message // what a worker is told; nil once its memory has been given back
	body     *http1.Body
	client   net.Conn // the connection that it came from, nil if that cannot be watched
	timeout  time.Duration
	since    time.Time     // when its time began to run, zero if that is when a worker gets it
	book     *logbook.Book // what the function logs, nil for functions that take no context
	native   *native       // the output of the worker that it was written to last; the request's own goroutine alone uses it
	phase    phase
	worker   *worker    // the worker that it was handed to, nil while it waits
	place    uint64     // where it ends among the bytes for that worker, valid once it is handed and sent
	clock    stopper    // nil while its time does not run (contract R7)
	clocks   int        // the number of its clock: an earlier one may have been stopped too late
	incoming bool       // its answer is arriving, and its time no longer counts
	moves    int        // how often it was moved to another worker
	events   chan event // has room for all that can ever come, so that sending never blocks
}

// event tells the goroutine of a request, in Call, what to do: write the request to a worker, or return a failure, or
// return the function's answer.
type event struct {
	worker  *worker
	answer  Answer
	failure *failure.Error
}

func newRequest(turn uint64, t Task) *request {
	return &request{
		turn: turn, id: uint32(turn), message: t.Message, body: t.Body, client: t.Client, timeout: t.Timeout,
		since: t.Since, book: t.Book,
		place: neverTaken, events: make(chan event, maxMoves+2),
	}
}

// releaseMessage gives back the memory of a large request that is not needed any more.
func (r *request) releaseMessage() {
	if r.message != nil && r.body.Size > keptSize {
		r.message = nil
		r.body.Release()
	}
}

// timedOut is the failure of a request that overran its time (contract T1).
func (r *request) timedOut() *failure.Error {
	return failure.Newf(500, "the function timed out after %s s without an answer", strconv.FormatFloat(r.timeout.Seconds(), 'f', -1, 64)).Because(failure.Timeout)
}

// startClock begins the time of a request, unless it runs already.
func (d *Dispatcher) startClock(r *request) {
	if r.clock == nil {
		r.clocks++
		mine := r.clocks
		left := r.timeout
		if !r.since.IsZero() {
			left -= d.since(r.since)
		}
		r.clock = d.clock.after(left, func() { d.overrun(r, mine) })
	}
}

// pauseClock ends the time of a request that has to wait. The next startClock begins it anew. The time of a request that
// runs since it came goes on.
func (r *request) pauseClock() {
	if r.since.IsZero() {
		r.stopClock()
	}
}

// stopClock ends the time of a request.
func (r *request) stopClock() {
	if r.clock != nil {
		r.clock.Stop()
		r.clock = nil
	}
}

// finish sends a request's outcome, once, and takes the request off its worker.
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
	r.phase, r.message = phaseDone, nil
	r.events <- outcome
}

// requeue puts a request that no worker has started back to the front of its queue. After maxMoves it fails instead.
func (d *Dispatcher) requeue(r *request, reason *failure.Error) {
	if r.moves == maxMoves || r.message == nil {
		d.finish(r, event{failure: reason})
		return
	}
	r.pauseClock()
	r.worker.take(r)
	d.running--
	r.moves++
	r.phase, r.worker, r.place = phaseWaiting, nil, neverTaken
	r.pool.queue = append([]*request{r}, r.pool.queue...)
	d.watch(r)
}
