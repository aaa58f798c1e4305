// Package server is the HTTP side of the gateway: it accepts connections, reads requests, has a protocol answer them,
// and writes the answers. It knows nothing of workers, nor of what a request means: that is the protocol's.
//
// Lock order: the lock of connections is never held together with another one.
package server

import (
	"errors"
	"log"
	"net"
	"os"
	"sync/atomic"
	"time"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/limits"
	"runtimekit/gateway/internal/process"
)

const (
	// maxConnections bounds how many connections are served at a time. Further ones are answered 503 at once.
	maxConnections = 4096
	// maxTurnedAway is how many of these are answered at a time. Further ones are only closed.
	maxTurnedAway = 256
)

// Server serves one function over HTTP/1.1.
type Server struct {
	protocol    Protocol
	dispatcher  *dispatch.Dispatcher
	bodies      *limits.Budget
	answers     *limits.Budget
	processors  *process.Processors
	active      atomic.Int64 // requests whose answer is not yet written
	connections connections
	observer    *Observer // nil: nobody wants to know
}

// New returns a server that speaks a protocol. The dispatcher, which the protocol calls, reserves the answers' memory in
// the budget; the server releases it. The processors hear of each request.
func New(protocol Protocol, d *dispatch.Dispatcher, answers *limits.Budget, p *process.Processors) *Server {
	return &Server{
		protocol: protocol, dispatcher: d, bodies: limits.NewBudget(limits.BodyBudget), answers: answers, processors: p,
	}
}

// Observe has an observer note what becomes of requests. It must be called before Serve.
func (s *Server) Observe(o *Observer) { s.observer = o }

// Serve serves a listener's connections until the listener is closed. If the process runs out of descriptors, it waits
// a moment and goes on.
func (s *Server) Serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			log.Printf("gateway: cannot accept connections for now: %v", err)
			time.Sleep(50 * time.Millisecond) // no event tells when there are descriptors again
			continue
		}
		c := newConnection(conn, s)
		go c.begin(s.connections.add(c))
	}
}

func (s *Server) stopping() bool { return s.dispatcher.Stopping() }

// answer answers a well-formed request, as the protocol says. The second result tells whether the request has been read
// to its end, so that another may follow.
func (s *Server) answer(c *connection, h *http1.Head) (http1.Response, bool) {
	if s.observer.isMetrics(h) {
		return s.metrics(h), !h.Chunked && h.Length <= 0
	}
	call, r := s.protocol.Admit(h)
	if r != nil {
		return *r, !h.Chunked && h.Length <= 0
	}
	body, err := c.readBody(h)
	if err != nil {
		var f *failure.Error
		if !errors.As(err, &f) {
			f = failure.Newf(400, "the body ended before its announced length")
			if errors.Is(err, os.ErrDeadlineExceeded) {
				f = errSlowBody
			}
		}
		return s.protocol.Refuse(f), false
	}
	return call(body, c.Conn), true
}
