package server

import (
	"bufio"
	"errors"
	"log"
	"net"
	"os"
	"runtime/debug"
	"time"

	"runtimekit/gateway/internal/direct"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/limits"
)

const (
	// headTimeout is how long a request's head may take to arrive, from its first byte on (contract R9).
	headTimeout = 10 * time.Second
	// idleTimeout is how long a connection is kept open between two requests.
	idleTimeout = 75 * time.Second
	// idleSlack is by how much that may be shorter, so that the deadline need not be set for each request.
	idleSlack = time.Second
	// smallBuffer is the size of a connection's buffer, in bytes, and bigBuffer that for heads that are larger.
	smallBuffer = 4 << 10
	bigBuffer   = 32 << 10
)

var (
	errSlowHead = failure.Newf(408, "the request's head did not arrive within %d seconds", headTimeout/time.Second)
	errSlowBody = failure.Newf(408, "the request's body did not arrive within %d seconds", http1.BodyTimeout/time.Second)
)

// connection is one client's connection. Its requests come one after the other. All fields but timeline belong to the
// connection's own goroutine.
type connection struct {
	net.Conn
	timeline
	reader  *bufio.Reader
	server  *Server
	pace    http1.Pace
	bodyEnd time.Time // when the body that is being read must have arrived; zero if none is being read
	idleEnd time.Time // when the connection is closed if nothing more arrives; zero if another deadline is set
}

func newConnection(conn net.Conn, s *Server) *connection {
	c := &connection{Conn: direct.Wrap(conn), server: s}
	c.reader = bufio.NewReaderSize(c, smallBuffer)
	return c
}

// Read reads from the client. While a body is being read, the client's pace counts.
func (c *connection) Read(b []byte) (int, error) {
	if c.bodyEnd.IsZero() {
		return c.Conn.Read(b)
	}
	c.idleEnd = time.Time{}
	return c.pace.Read(c.Conn, b, c.bodyEnd)
}

// TryWrite writes what the client takes at once.
func (c *connection) TryWrite(b []byte) (int, error) {
	if direct, ok := c.Conn.(*direct.Conn); ok {
		return direct.TryWrite(b)
	}
	return 0, nil
}

// allowIdle lets the connection wait for the next request.
func (c *connection) allowIdle(wait time.Duration) error {
	end := time.Now().Add(wait)
	if more := end.Sub(c.idleEnd); wait == idleTimeout && more >= 0 && more < idleSlack {
		return nil
	}
	c.idleEnd = end
	return c.SetReadDeadline(end)
}

// begin serves the connection, or turns it away if too many are open.
func (c *connection) begin(open int) {
	defer c.server.connections.remove(c)
	defer c.Close()
	switch {
	case open <= maxConnections:
		c.serve()
	case open <= maxConnections+maxTurnedAway:
		r := c.server.protocol.Refuse(failure.ErrOverloaded)
		seen := c.server.observer.begin(nil)
		c.server.observer.label(seen, &r)
		defer c.server.observer.end(seen, nil, &r)
		if r.Write(c, nil, false, http1.Pace{}) == nil {
			c.linger()
		}
	}
}

// serve answers the connection's requests until either side closes it.
func (c *connection) serve() {
	defer func() {
		// The gateway is PID 1: it must survive a fault of its own in one request.
		if problem := recover(); problem != nil {
			log.Printf("gateway: internal error: %v\n%s", problem, debug.Stack())
		}
	}()
	deadline := headTimeout
	for {
		h, f, err := c.readHead(deadline)
		if err != nil {
			return
		}
		goesOn, err := c.exchange(h, f)
		if err != nil {
			return
		}
		if !goesOn {
			c.linger()
			return
		}
		deadline = idleTimeout
	}
}

// exchange answers one request, with a failure or as its head says, and reports whether the connection stays open. An
// error means that the client cannot be answered.
func (c *connection) exchange(h *http1.Head, f *failure.Error) (bool, error) {
	c.server.processors.Use(c.server.active.Add(1))
	defer c.server.active.Add(-1)
	c.answered.Store(false)
	seen := c.server.observer.begin(h)
	var r http1.Response
	complete := false // the request has been read to its end
	if f != nil {
		r = c.server.protocol.Refuse(f)
	} else {
		r, complete = c.server.answer(c, h)
	}
	c.server.observer.label(seen, &r)
	keepAlive := complete && h.KeepAlive && !c.server.stopping()
	err := r.Write(c, h, keepAlive, http1.NewPace(c.server.answers.Lane(r.Reserved), r.Reserved, time.Now()))
	c.server.answers.Release(r.Reserved)
	c.touch()
	c.answered.Store(true)
	c.server.observer.end(seen, h, &r)
	return keepAlive, err
}

// readHead waits for a request's head, `wait` for its first byte and headTimeout for the rest. An error means that the
// client cannot be answered.
func (c *connection) readHead(wait time.Duration) (*http1.Head, *failure.Error, error) {
	if c.reader.Buffered() == 0 {
		if err := c.allowIdle(wait); err != nil {
			return nil, nil, err
		}
		if _, err := c.reader.Peek(1); err != nil {
			return nil, nil, err
		}
	}
	limited := false
	for {
		data, _ := c.reader.Peek(c.reader.Buffered())
		if len(data) >= 2 && data[0] == '\r' && data[1] == '\n' { // left over behind a previous body: RFC 9112, 2.2
			data = data[2:]
			_, _ = c.reader.Discard(2)
		}
		size, f := http1.HeadSize(data)
		if f != nil {
			return nil, f, nil
		}
		if size > 0 {
			h, f := http1.ParseHead(data[:size])
			_, _ = c.reader.Discard(size) // leaves the bytes that h refers to as they are, until the next read
			return h, f, nil
		}
		if len(data) >= smallBuffer && c.reader.Size() < bigBuffer {
			c.reader = bufio.NewReaderSize(c.reader, bigBuffer)
		}
		if !limited {
			limited = true
			c.idleEnd = time.Time{}
			if err := c.SetReadDeadline(time.Now().Add(headTimeout)); err != nil {
				return nil, nil, err
			}
		}
		if _, err := c.reader.Peek(len(data) + 1); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return nil, errSlowHead, nil
			}
			return nil, nil, err
		}
	}
}

// readBody reads a request's body, at the client's pace.
func (c *connection) readBody(h *http1.Head) (*http1.Body, error) {
	defer func() { c.bodyEnd = time.Time{} }()
	return http1.ReadBody(c.reader, h, c.server.bodies, func(lane *limits.Lane, size int) error {
		now := time.Now()
		c.pace, c.bodyEnd = http1.NewPace(lane, size, now), now.Add(http1.BodyTimeout)
		return c.allow(h)
	})
}

// allow tells a client that waits for it to send the body (100 Continue), once.
func (c *connection) allow(h *http1.Head) error {
	if !h.ExpectsContinue || c.reader.Buffered() > 0 {
		return nil
	}
	h.ExpectsContinue = false
	var p http1.Pace
	return p.Write(c, []byte("HTTP/1.1 100 Continue\r\n\r\n"))
}
