package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// workerState is a step in a worker's life.
type workerState int

const (
	stateLoading  workerState = iota
	stateReady                // takes requests, or forks
	stateDraining             // takes nothing new and is about to end
	stateEnded
)

// transferTimeout is how long a worker may take to send an answer that it has begun to send.
const transferTimeout = 30 * time.Second

// worker is a process that holds a language's adapter and the function. Its fields, but for those that only its own
// goroutine uses, belong to the dispatcher's lock.
type worker struct {
	d           *dispatcher
	pool        *pool
	template    *worker // that it is forked from, nil for one that is started
	state       workerState
	mode        workerMode
	concurrency int
	jobs        map[uint32]*job
	used        time.Time
	served      bool     // it was handed a request
	cause       *failure // why the gateway ended it, nil if it ended by itself
	refused     *failure // FAILED: why the function could not be loaded
	probing     chan struct{}
	link        *link
	station     station
}

// addWorker starts a worker for a pool, as a fork if there is a template.
func (d *dispatcher) addWorker(p *pool) {
	w := &worker{d: d, pool: p, template: p.template, jobs: map[uint32]*job{}, used: time.Now()}
	p.workers = append(p.workers, w)
	if w.template != nil {
		d.forking++
	} else if p.main {
		time.AfterFunc(d.loadTime, w.loadOverrun)
	}
	if p.loadingOther() {
		for _, j := range p.queue {
			d.startClock(j)
		}
	}
	go w.run()
}

// run is the worker's whole life.
func (w *worker) run() {
	err := w.start()
	if err == nil {
		err = w.read(bufio.NewReaderSize(w.link.conn, 16<<10))
	}
	w.end(err)
}

// takesMore reports whether the worker can be handed a request.
func (w *worker) takesMore() bool {
	return w.state == stateReady && w.mode != modeTemplate && len(w.jobs) < w.concurrency
}

func (w *worker) idle() bool {
	return w.state == stateReady && w.mode != modeTemplate && len(w.jobs) == 0
}

// take takes a request off the worker. A draining one ends with its last request.
func (w *worker) take(j *job) {
	delete(w.jobs, j.id)
	if w.state == stateDraining && len(w.jobs) == 0 {
		w.kill(errNotNeeded)
	}
}

var errNotNeeded = fail(500, "the worker was no longer needed")

// retire ends a worker that has nothing to do.
func (w *worker) retire() { w.kill(errNotNeeded) }

// kill ends the worker's processes; its own goroutine notices and settles the rest.
func (w *worker) kill(cause *failure) {
	if w.cause == nil {
		w.cause = cause
	}
	if w.state != stateEnded {
		w.state = stateDraining
	}
	w.station.kill()
}

// send writes a request to the worker. It is called by the request's own goroutine, without the lock.
func (w *worker) send(j *job) {
	w.d.mu.Lock()
	request, id := j.request, j.id
	w.d.mu.Unlock()
	if request == nil {
		return // it has timed out meanwhile
	}
	err := w.link.request(id, request)
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if j.worker != w || j.phase != phaseHanded {
		return
	}
	if err != nil {
		j.unsent = true
	} else if w.mode != modeShared {
		j.phase = phaseStarted
		j.forget()
	}
}

// read handles the worker's frames until the connection ends.
func (w *worker) read(r *bufio.Reader) error {
	for {
		h, err := readHeader(r)
		if err != nil {
			return err
		}
		if h.kind == frameAnswer {
			err = w.readAnswer(r, h)
		} else {
			var body []byte
			if body, err = readBody(r, h); err == nil {
				err = w.handle(h, body)
			}
		}
		if err != nil {
			return err
		}
	}
}

// handle acts on a frame other than ANSWER.
func (w *worker) handle(h frameHeader, body []byte) error {
	d := w.d
	d.mu.Lock()
	defer d.mu.Unlock()
	j := w.jobs[h.id]
	switch h.kind {
	case frameReady:
		return w.becomeReady(body)
	case frameFailed:
		f, err := parseFailure(body)
		if w.state == stateLoading {
			w.refused = f
		}
		return err
	case frameStarted:
		if j != nil {
			j.phase = phaseStarted
			j.forget()
		}
	case framePong:
		if w.probing != nil {
			close(w.probing)
			w.probing = nil
		}
	case frameError:
		f, err := parseFailure(body)
		if err != nil {
			return err
		}
		w.settle(j, event{failure: f})
	case frameSilent:
		w.settle(j, event{failure: errSilent})
	default:
		return fmt.Errorf("%w: a frame of kind %#x", errProtocol, byte(h.kind))
	}
	return nil
}

var errSilent = fail(500, "the function ended without an answer: call res.send or res.json")

// settle finishes a request of this worker and lets the next one have its place.
func (w *worker) settle(j *job, outcome event) {
	if j == nil {
		return // it has timed out meanwhile
	}
	w.used = time.Now()
	w.d.finish(j, outcome)
	w.d.schedule()
}

// becomeReady acts on READY: the function is loaded.
func (w *worker) becomeReady(body []byte) error {
	mode, concurrency, err := parseReady(body)
	if err != nil || w.state == stateDraining {
		return err
	}
	if w.state != stateLoading || (w.template != nil && mode != modeSerial) {
		return fmt.Errorf("%w: an unexpected READY", errProtocol)
	}
	w.state, w.mode, w.concurrency, w.used = stateReady, mode, concurrency, time.Now()
	w.pool.loaded = true
	if mode == modeTemplate {
		w.pool.template = w
		if w.pool.inState(stateLoading) == 0 {
			w.d.addWorker(w.pool) // so that the first request need not wait for a fork
		}
	}
	w.d.schedule()
	return nil
}

// readAnswer reads an ANSWER. From its first byte on time no longer counts: waiting for memory is not the function's
// fault.
func (w *worker) readAnswer(r *bufio.Reader, h frameHeader) error {
	if h.size < answerHead {
		return fmt.Errorf("%w: an ANSWER without status and type", errProtocol)
	}
	raw, err := r.Peek(answerHead)
	if err != nil {
		return err
	}
	status, kind := int(int32(binary.BigEndian.Uint32(raw))), raw[4]
	_, _ = r.Discard(answerHead)
	size := h.size - answerHead
	j := w.beginAnswer(h.id)
	problem := checkAnswer(status, kind, size)
	if j == nil || problem != nil {
		if _, err := io.CopyN(io.Discard, r, int64(size)); err != nil {
			return err
		}
		w.settleAnswer(j, event{failure: problem})
		return nil
	}
	body, err := w.receive(r, size)
	if err != nil {
		w.resume(j)
		return err
	}
	answer := response{status: status, contentType: contentText, body: body, budgeted: size}
	if kind == 1 {
		answer.contentType = contentJSON
	}
	w.settleAnswer(j, event{response: answer})
	return nil
}

// checkAnswer says what is wrong with an answer that no client can be given (contract F4).
func checkAnswer(status int, kind byte, size int) *failure {
	switch {
	case status < 200 || status > 599:
		return fail(500, "the function answered with status %d; it must be from 200 to 599", status)
	case size > maxAnswer:
		return fail(500, "the function's answer has %d bytes; it may have %d", size, maxAnswer)
	case kind > 1:
		return fail(500, "the worker sent an answer of unknown type %d", kind)
	}
	return nil
}

// receive reads an answer's bytes once there is memory for them.
func (w *worker) receive(r *bufio.Reader, size int) ([]byte, error) {
	w.d.answers.acquire(size)
	body := make([]byte, size)
	if size <= r.Buffered() {
		_, err := io.ReadFull(r, body)
		return body, err
	}
	w.link.limit(transferTimeout)
	_, err := io.ReadFull(r, body)
	w.link.limit(0)
	if err != nil {
		w.d.answers.release(size)
	}
	return body, err
}

// beginAnswer stops a request's clock; nil if it has timed out already.
func (w *worker) beginAnswer(id uint32) *job {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	j := w.jobs[id]
	if j != nil {
		j.incoming = true
	}
	return j
}

// resume marks a request whose answer broke off as started, never to be given to another worker.
func (w *worker) resume(j *job) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	j.incoming, j.phase = false, phaseStarted
}

func (w *worker) settleAnswer(j *job, outcome event) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if j != nil && j.phase == phaseDone { // the server has stopped
		w.d.answers.release(outcome.response.budgeted)
		return
	}
	w.settle(j, outcome)
}
