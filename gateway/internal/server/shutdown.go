package server

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// stopTime is how long running requests may take to finish after SIGTERM (contract T3).
	stopTime = 8 * time.Second
	// answerTime is how long the answers of requests that have not finished by then may take to be written.
	answerTime = stopTime / 16
	// lingerTime and lingerBytes bound what is still read from a client after its last answer, in time and in bytes.
	lingerTime  = 5 * time.Second
	lingerBytes = 64 << 20
	// drainTime is how long a stopping server waits for clients that were answered, or that connected, within the
	// last drainTime.
	drainTime = 500 * time.Millisecond
	// arrivalTime is how long a new connection may take to arrive, through a proxy, while the server stops.
	arrivalTime = 50 * time.Millisecond
	// followUpTime is how soon after an answer a busy client sends its next request.
	followUpTime = 100 * time.Millisecond
)

// linger closes the sending side and reads what the client still sends. If the connection were closed at once, the
// kernel would reset it, and the client could lose its answer.
func (c *connection) linger() {
	if closeWrite(c.Conn) != nil || c.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
}

func closeWrite(conn net.Conn) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}

// connections is the set of open connections.
type connections struct {
	mu  sync.Mutex
	set map[*connection]struct{}
}

// add adds a connection and returns how many there are.
func (cs *connections) add(c *connection) int {
	c.touch()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.set == nil {
		cs.set = map[*connection]struct{}{}
	}
	cs.set[c] = struct{}{}
	return len(cs.set)
}

func (cs *connections) remove(c *connection) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.set, c)
}

// count returns how many there are.
func (cs *connections) count() int {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return len(cs.set)
}

// timeline is when a client was last active.
type timeline struct {
	touched  atomic.Int64 // when it connected or got its last answer, in Unix nanoseconds
	answered atomic.Bool  // it has an answer and has sent no further request
}

func (t *timeline) touch() { t.touched.Store(time.Now().UnixNano()) }

// closeFinished closes the sending side of connections whose client has had followUpTime for a further request. It
// returns how many clients have been active since a time, and so may still wait for something.
func (cs *connections) closeFinished(since time.Time) (active int) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c := range cs.set {
		touched := time.Unix(0, c.touched.Load())
		if touched.Before(since) {
			continue
		}
		active++
		if c.answered.Load() && time.Since(touched) > followUpTime {
			_ = closeWrite(c.Conn)
		}
	}
	return active
}

// Stop ends the server in order (contract T3): accepted requests may finish within stopTime, then the workers are ended
// and the answers get time to arrive. If the context is cancelled meanwhile, Stop returns its error at once.
func (s *Server) Stop(ctx context.Context) error {
	s.dispatcher.BeginStop()
	if err := s.waitIdle(ctx, stopTime); err != nil {
		return err
	}
	s.dispatcher.Stop()
	if err := s.waitIdle(ctx, answerTime); err != nil {
		return err
	}
	if err := s.drain(ctx, drainTime); err != nil {
		return err
	}
	s.dispatcher.Close()
	return nil
}

// waitIdle waits until no request is active, at most for d.
func (s *Server) waitIdle(ctx context.Context, d time.Duration) error {
	return waitUntil(ctx, d, func() bool { return s.active.Load() == 0 })
}

// drain waits until clients have their answers, at most for `patience`. In a container the network ends with this
// process, and with it every answer that a proxy or the kernel has not passed on yet. A client shows that it has its
// answer by closing its side too. A client that connected just before the end gets an answer as well.
func (s *Server) drain(ctx context.Context, patience time.Duration) error {
	begin := time.Now()
	return waitUntil(ctx, patience, func() bool {
		return s.connections.closeFinished(begin.Add(-patience)) == 0 && s.active.Load() == 0 && time.Since(begin) >= arrivalTime
	})
}

// waitUntil waits until a condition holds, at most for d. Its error is the context's.
func waitUntil(ctx context.Context, d time.Duration, condition func() bool) error {
	for end := time.Now().Add(d); !condition() && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
