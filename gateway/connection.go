package main

import (
	"bufio"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"runtime/debug"
	"time"
)

const (
	headTimeout = 10 * time.Second // contract R9
	bodyTimeout = 30 * time.Second
	idleTimeout = 75 * time.Second
	// smallBuffer is what an idle connection costs; bigBuffer holds the largest head.
	smallBuffer = 4 << 10
	bigBuffer   = 32 << 10
	// drainTimeout and drainPause bound how long rest of a request is read after an answer that did not wait for it.
	drainTimeout = 5 * time.Second
	drainPause   = time.Second
)

var errSlowHead = fail(408, "the request's head did not arrive within %d seconds", headTimeout/time.Second)
var errSlowBody = fail(408, "the request's body did not arrive within %d seconds", bodyTimeout/time.Second)

// connection is one client's connection: requests one after the other.
type connection struct {
	net.Conn
	reader *bufio.Reader
	server *server
}

// serve answers the connection's requests until one of both sides closes it.
func (c *connection) serve() {
	defer c.Close()
	defer func() {
		// As PID 1 the gateway outlives a mistake of its own in one request.
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
		if !c.exchange(h, f) {
			return
		}
		deadline = idleTimeout
	}
}

// exchange answers one request and reports whether the connection goes on.
func (c *connection) exchange(h *head, f *failure) bool {
	c.server.active.Add(1)
	defer c.server.active.Add(-1)
	var r response
	complete := false // the request has been read to its end
	if f != nil {
		r = f.response()
	} else {
		r, complete = c.server.answer(c, h)
	}
	keepAlive := complete && h.keepAlive && !c.server.stopping()
	err := r.write(c, h, keepAlive)
	c.server.answers.release(r.budgeted)
	if err == nil && !complete {
		c.linger()
	}
	return err == nil && keepAlive
}

// readHead waits for a request's head. `wait` is the time until its first byte; the rest has headTimeout. An error
// means that there is nobody to answer.
func (c *connection) readHead(wait time.Duration) (*head, *failure, error) {
	if c.reader.Buffered() == 0 {
		if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
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
		size, f := headEnd(data)
		if f != nil {
			return nil, f, nil
		}
		if size > 0 {
			h, f := parseHead(data[:size])
			_, _ = c.reader.Discard(size) // does not touch what parseHead has kept, before the next read
			return h, f, nil
		}
		if len(data) >= smallBuffer && c.reader.Size() < bigBuffer {
			c.reader = bufio.NewReaderSize(c.reader, bigBuffer)
		}
		if !limited {
			limited = true
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

// beginBody allows bodyTimeout for what follows, and once tells a client that waits for it to go on.
func (c *connection) beginBody(h *head) error {
	if err := c.SetReadDeadline(time.Now().Add(bodyTimeout)); err != nil {
		return err
	}
	if !h.expectsContinue || c.reader.Buffered() > 0 {
		return nil
	}
	h.expectsContinue = false
	return writeAll(c, []byte("HTTP/1.1 100 Continue\r\n\r\n"))
}

// linger lets the client read an answer that came before its request was complete: closing at once would reset the
// connection and take the answer with it.
func (c *connection) linger() {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); !ok || half.CloseWrite() != nil {
		return
	}
	c.server.active.Add(-1) // nothing that a stopping server must wait for
	defer c.server.active.Add(1)
	for end := time.Now().Add(drainTimeout); time.Now().Before(end); {
		if c.SetReadDeadline(time.Now().Add(drainPause)) != nil {
			return
		}
		c.reader.Reset(c.Conn)
		if _, err := io.CopyN(io.Discard, c.reader, bigBuffer); err != nil {
			return
		}
	}
}
