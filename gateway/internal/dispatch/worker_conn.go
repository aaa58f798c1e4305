package dispatch

import (
	"net"
	"runtime"
	"sync"
	"time"

	"runtimekit/gateway/internal/direct"
	"runtimekit/gateway/internal/envelope"
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
	frames  int // how many frames pending has
	spare   []byte
	err     error
}

func newWorkerConn(socket *net.UnixConn) *workerConn {
	return &workerConn{socket: socket, stream: direct.Wrap(socket)}
}

// writeRequest writes a REQUEST. A small one may not be written yet when it returns: then another goroutine will do so.
// If it has company, other goroutines that are ready to run may first add their requests for the same write.
func (c *workerConn) writeRequest(id uint32, e *envelope.Envelope, company bool) error {
	c.mu.Lock()
	size := len(e.Env.Pairs) + len(e.Headers.Pairs) + len(e.Payload)
	if size <= batched && len(c.pending) < maxPending {
		c.pending = append(frames.AppendRequest(c.pending, id, e), e.Payload...)
		c.frames++
		company = company && c.frames < gathered
		c.mu.Unlock()
		if company {
			runtime.Gosched()
		}
		return c.flush()
	}
	c.mu.Unlock()
	c.turn.Lock()
	err := c.writePending()
	if err == nil {
		_, err = (&net.Buffers{frames.AppendRequest(nil, id, e), e.Payload}).WriteTo(c.stream)
	}
	c.turn.Unlock()
	if err != nil {
		return err
	}
	return c.flush()
}

// writePing writes a PING. If that fails, no PONG comes.
func (c *workerConn) writePing() {
	c.mu.Lock()
	c.pending = frames.AppendHeader(c.pending, frames.KindPing, 0, 0)
	c.mu.Unlock()
	_ = c.flush()
}

// writeFork writes a FORK.
func (c *workerConn) writeFork(folder string) error {
	c.mu.Lock()
	c.pending = frames.AppendString(frames.AppendHeader(c.pending, frames.KindFork, 0, 4+len(folder)), []byte(folder))
	c.mu.Unlock()
	return c.flush()
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
		_, err := c.stream.Write(out)
		c.mu.Lock()
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
