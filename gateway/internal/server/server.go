// Package server is the HTTP side of the gateway: it accepts connections, reads requests, makes the contract's checks
// in their order (docs/contract.md R0), has the function called, and writes the answers. It knows nothing of workers.
//
// Lock order: the lock of connections is never held together with another one.
package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log"
	"net"
	"os"
	"sync/atomic"
	"time"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/files"
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

var errUnauthorized = failure.Newf(401, "unauthorized")

// Server serves one function over HTTP/1.1.
type Server struct {
	key         [sha256.Size]byte // a hash, so that the time of a comparison does not depend on the key's length
	files       *files.Resolver
	dispatcher  *dispatch.Dispatcher
	bodies      *limits.Budget
	answers     *limits.Budget
	processors  *process.Processors
	active      atomic.Int64 // requests whose answer is not yet written
	connections connections
}

// New returns a server. Callers must send the key (contract R1). The resolver finds the files of the function, the
// dispatcher calls them and reserves the answers' memory in the budget; the server releases it. The processors hear of
// each request.
func New(key string, resolver *files.Resolver, d *dispatch.Dispatcher, answers *limits.Budget, p *process.Processors) *Server {
	return &Server{
		key: sha256.Sum256([]byte(key)), files: resolver, dispatcher: d,
		bodies: limits.NewBudget(limits.BodyBudget), answers: answers, processors: p,
	}
}

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

// answer checks a well-formed request in the contract's order (R0) and returns the answer. The second result tells
// whether the request has been read to its end, so that another may follow.
func (s *Server) answer(c *connection, h *http1.Head) (http1.Response, bool) {
	bodyless := !h.Chunked && h.Length <= 0
	if f := s.admit(h); f != nil {
		r := http1.ErrorResponse(f)
		if f == errMethod {
			r.Header = "Allow: POST\r\n"
		}
		return r, bodyless
	}
	if h.Method == "GET" {
		return s.health(), bodyless
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
		return http1.ErrorResponse(f), false
	}
	r, err := s.call(c, body)
	if err != nil {
		var f *failure.Error
		if !errors.As(err, &f) {
			f = failure.Newf(500, "%v", err)
		}
		r = http1.ErrorResponse(f)
	}
	return r, true
}

var errMethod = failure.Newf(405, "functions are called with POST")

// admit makes the checks that need no body: method, key, encoding, announced size (contract R0, R1, R3, R10).
func (s *Server) admit(h *http1.Head) *failure.Error {
	switch {
	case h.Method == "GET" && h.Path == "/healthz":
		return nil
	case h.Method != "POST":
		return errMethod
	case !s.authorized(h):
		return errUnauthorized
	case h.Encoded:
		return failure.Newf(415, "the body must be sent without a Content-Encoding")
	case h.Length > http1.MaxBody:
		return http1.ErrTooLarge
	}
	return nil
}

// authorized compares the key in constant time (contract R1).
func (s *Server) authorized(h *http1.Head) bool {
	sum := sha256.Sum256(h.Key)
	return subtle.ConstantTimeCompare(sum[:], s.key[:]) == 1 && h.Keys == 1
}

// health answers GET /healthz (contract R10).
func (s *Server) health() http1.Response {
	if !s.dispatcher.Healthy() {
		return http1.ErrorResponse(failure.Newf(503, "no worker has loaded the function"))
	}
	return http1.Response{Status: 200, ContentType: http1.ContentText, Body: []byte("ok\n")}
}

// call reads the envelope in a body and has a worker answer it. It takes over the body's memory.
func (s *Server) call(c *connection, body *http1.Body) (http1.Response, error) {
	defer body.Release()
	e, err := envelope.Parse(body.Data)
	body.Data = nil // from here on only the envelope refers to the memory
	if err != nil {
		return http1.Response{}, err
	}
	file, err := s.files.Resolve(e.Path, e.File)
	if err != nil {
		return http1.Response{}, err
	}
	return s.dispatcher.Call(file, e, body, c.Conn)
}
