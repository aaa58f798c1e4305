package dispatch

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/epoll"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/testconn"
)

// busyDispatcher returns a dispatcher whose only worker never becomes ready, so that all requests wait.
func busyDispatcher() *Dispatcher {
	d := emptyDispatcher("", time.Minute)
	d.begin = func(*worker) {}
	d.clients = epoll.NewWatcher(d.clientGone)
	return d
}

func (d *Dispatcher) mustSubmit(t *testing.T, client net.Conn) *request {
	t.Helper()
	r, err := d.submit(Task{Message: frames.Request{Envelope: &envelope.Envelope{}}, Timeout: time.Minute, Body: &http1.Body{}, Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// numbers returns how many requests wait, and of how many the client is watched.
func (d *Dispatcher) numbers() (waiting, watched int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count(), len(d.watched)
}

// leaves waits until a request has left the queue.
func leaves(t *testing.T, r *request, which string) {
	t.Helper()
	select {
	case outcome := <-r.events:
		if outcome.failure != errClientGone {
			t.Errorf("T4: %s: %+v", which, outcome)
		}
	case <-time.After(10 * time.Second):
		t.Errorf("T4: %s still waits in the queue", which)
	}
}

func TestResetClientsLeaveTheQueue(t *testing.T) {
	d := busyDispatcher()
	staying, end := testconn.Pair(t)
	stays := d.mustSubmit(t, end)
	if err := staying.CloseWrite(); err != nil { // it sends nothing more, and waits for its answer
		t.Fatal(err)
	}
	var gone []*request
	for range 200 {
		client, server := testconn.Pair(t)
		gone = append(gone, d.mustSubmit(t, server))
		testconn.Reset(client)
	}
	for i, r := range gone {
		leaves(t, r, fmt.Sprintf("reset client %d", i))
	}
	client, server := testconn.Pair(t)
	testconn.Reset(client)
	leaves(t, d.mustSubmit(t, server), "a client that was gone before it began to wait")

	if waiting, _ := d.numbers(); len(stays.events) > 0 || waiting != 1 {
		t.Errorf("T4: of the client that only closed its sending side %d events; %d wait", len(stays.events), waiting)
	}
	testconn.Reset(staying)
	leaves(t, stays, "a client that closed its sending side, then reset")
	if waiting, watched := d.numbers(); waiting != 0 || watched != 0 {
		t.Errorf("%d wait, %d are watched", waiting, watched)
	}
}

func TestRequestsThatRunAreNotWatched(t *testing.T) {
	d := busyDispatcher()
	client, server := testconn.Pair(t)
	r := d.mustSubmit(t, server)
	d.mu.Lock()
	for _, w := range d.pools[""].workers {
		w.state, w.concurrency = stateReady, 1
	}
	d.schedule()
	d.mu.Unlock()
	outcome := <-r.events
	if _, watched := d.numbers(); outcome.worker == nil || watched != 0 {
		t.Fatalf("got %+v; %d are watched", outcome, watched)
	}
	testconn.Reset(client)
	other, end := testconn.Pair(t)
	waits := d.mustSubmit(t, end)
	testconn.Reset(other)
	leaves(t, waits, "the other one")
	if len(r.events) > 0 || r.phase != phaseHanded {
		t.Errorf("T4: the request that runs is in phase %d", r.phase)
	}
}

func TestRequestThatWasNotWrittenYetMoves(t *testing.T) {
	d := busyDispatcher()
	r := d.mustSubmit(t, nil)
	d.mu.Lock()
	w := r.pool.workers[0]
	w.state, w.mode, w.concurrency = stateReady, frames.ModeSerial, 1
	d.schedule()
	handed := r.phase == phaseHanded
	d.mu.Unlock()
	if !handed {
		t.Fatal("the worker was not given the request")
	}
	w.ended(io.EOF, &workerExit{what: "exit code 1"}) // before the request's own goroutine has run
	d.mu.Lock()
	if r.phase != phaseWaiting {
		t.Errorf("T2: a request that no worker has seen is in phase %d", r.phase)
	}
	d.mu.Unlock()
	w.send(r) // writes nothing
}
