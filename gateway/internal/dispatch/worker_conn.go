package dispatch

import (
	"math"
	"net"
	"runtime"
	"sync"
	"time"

	"runtimekit/gateway/internal/direct"
	"runtimekit/gateway/internal/frames"
)

const (
	// batched is the size, in bytes, of the largest request that is collected with others for one write.
	batched = 64 << 10
	// maxPending is how many bytes are collected at most.
	maxPending = 1 << 20
	// gathered is how many requests are written without waiting for more. The worker can begin with them meanwhile.
	gathered = 8
)

// workerConn is the gateway's end of a worker's connection. Frames that come during a write go out together with the
// next write.
type workerConn struct {
	socket *net.UnixConn
	stream net.Conn   // the same one, to be read and written directly
	turn   sync.Mutex // held while writing

	mu      sync.Mutex // guards what follows; never held while writing
	pending []byte
	frames  int    // how many requests pending has
	queued  uint64 // the bytes that were ever put into pending
	written uint64 // how many of them the worker's connection has taken
	spare   []byte
	err     error
}

func newWorkerConn(socket *net.UnixConn) *workerConn {
	return &workerConn{socket: socket, stream: direct.Wrap(socket)}
}

// writeRequest writes a request. A small one may not be written yet when it returns: then another goroutine will do so.
// Once that has happened, taken reports true for the returned place. If the request has company, other goroutines that
// are ready to run may first add theirs for the same write.
func (c *workerConn) writeRequest(id uint32, m frames.Message, company bool) (place uint64, err error) {
	c.mu.Lock()
	if m.Size() <= batched && len(c.pending) < maxPending {
		before := len(c.pending)
		c.pending = append(m.AppendTo(c.pending, id), m.Tail()...)
		c.queued += uint64(len(c.pending) - before)
		place = c.queued
		c.frames++
		company = company && c.frames < gathered
		c.mu.Unlock()
		if company {
			runtime.Gosched()
		}
		return place, c.flush()
	}
	c.mu.Unlock()
	c.turn.Lock()
	err = c.writePending()
	if err == nil {
		_, err = (&net.Buffers{m.AppendTo(nil, id), m.Tail()}).WriteTo(c.stream)
	}
	c.turn.Unlock()
	if err != nil {
		return neverTaken, err
	}
	return 0, c.flush()
}

// neverTaken is the place of a request that could not be written.
const neverTaken = math.MaxUint64

// taken reports whether the worker's connection has taken a whole request.
func (c *workerConn) taken(place uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.written >= place
}

// writePing writes a PING. If that fails, no PONG comes.
func (c *workerConn) writePing() {
	c.add(frames.AppendHeader(nil, frames.KindPing, 0, 0))
	_ = c.flush()
}

// writeFork writes a FORK.
func (c *workerConn) writeFork(folder string) error {
	c.add(frames.Folder(frames.KindFork, folder))
	return c.flush()
}

// add collects a frame and returns its place.
func (c *workerConn) add(frame []byte) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = append(c.pending, frame...)
	c.queued += uint64(len(frame))
	return c.queued
}

// flush writes what is collected, unless another goroutine is writing, which will write this too.
func (c *workerConn) flush() error {
	for c.waiting() && c.turn.TryLock() {
		err := c.writePending()
		c.turn.Unlock()
		if err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *workerConn) waiting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending) > 0 && c.err == nil
}

// writePending writes what is collected until nothing is left. The caller holds turn.
func (c *workerConn) writePending() error {
	for {
		c.mu.Lock()
		out := c.pending
		if len(out) == 0 || c.err != nil {
			defer c.mu.Unlock()
			return c.err
		}
		c.pending, c.spare, c.frames = c.spare[:0], nil, 0
		c.mu.Unlock()
		n, err := c.stream.Write(out)
		c.mu.Lock()
		c.written += uint64(n)
		if cap(out) <= 2*batched {
			c.spare = out
		}
		c.err = err
		c.mu.Unlock()
	}
}

// setReadTimeout bounds the time until the next read is complete; 0 removes the bound.
func (c *workerConn) setReadTimeout(d time.Duration) {
	deadline := time.Time{}
	if d > 0 {
		deadline = time.Now().Add(d)
	}
	_ = c.socket.SetReadDeadline(deadline)
}
