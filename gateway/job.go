package main

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
	// keptRequest is the size up to which a request is kept after it was written to a worker, for the case that the
	// worker ends before reading it. Larger ones give their memory back.
	keptRequest = 64 << 10
	// maxMoves is how often a request that no worker has started may move to another one.
	maxMoves = 3
)

// job is one request on its way through the dispatcher. All fields but events belong to the dispatcher's lock.
type job struct {
	turn     uint64 // its place among all requests, never given again
	id       uint32 // what the worker protocol has of it
	pool     *pool
	request  *envelope.Envelope // nil once its memory has been given back
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

func newJob(turn uint64, e *envelope.Envelope, body *http1.Body, client net.Conn) *job {
	return &job{turn: turn, id: uint32(turn), request: e, body: body, client: client, timeout: e.Timeout, events: make(chan event, maxMoves+2)}
}

// forget gives back a large request's memory once nobody needs it any more.
func (j *job) forget() {
	if j.request != nil && j.body.Size > keptRequest {
		j.request = nil
		j.body.Release()
	}
}

// timedOut is the failure of a request that overran its time (contract T1).
func (j *job) timedOut() *failure.Error {
	return failure.New(500, "the function timed out after %s s", strconv.FormatFloat(j.timeout.Seconds(), 'f', -1, 64))
}

// startClock makes a request count as handed to a worker.
func (d *dispatcher) startClock(j *job) {
	if j.clock == nil {
		j.clocks++
		mine := j.clocks
		j.clock = d.clock.after(j.timeout, func() { d.overrun(j, mine) })
	}
}

// stopClock makes a request count as waiting again.
func (j *job) stopClock() {
	if j.clock != nil {
		j.clock.Stop()
		j.clock = nil
	}
}

// finish sends a request's outcome, once, and frees its place.
func (d *dispatcher) finish(j *job, outcome event) {
	if j.phase == phaseDone {
		return
	}
	j.stopClock()
	if j.worker != nil {
		j.worker.take(j)
		d.running--
	}
	d.unwatch(j)
	j.phase, j.request = phaseDone, nil
	j.events <- outcome
}

// requeue puts a request that no worker has started back to the front of its queue, or gives up on it.
func (d *dispatcher) requeue(j *job, reason *failure.Error) {
	if j.moves == maxMoves || j.request == nil {
		d.finish(j, event{failure: reason})
		return
	}
	j.stopClock()
	j.worker.take(j)
	d.running--
	j.moves++
	j.phase, j.worker = phaseWaiting, nil
	j.pool.queue = append([]*job{j}, j.pool.queue...)
	d.watch(j)
}
