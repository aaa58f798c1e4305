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
	// lingerTime and lingerBytes bound how long, and how much of, what a client still sends is read after its last
	// answer.
	lingerTime  = 5 * time.Second
	lingerBytes = 64 << 20
	// partingTime is how long the server's end waits for clients that were answered or connected a moment ago, and
	// what a moment is.
	partingTime = 500 * time.Millisecond
	// arrivalTime is how long a connection may be on its way, through a proxy, to a server that is told to stop.
	arrivalTime = 50 * time.Millisecond
	// followUpTime is how soon a client that asks again and again does so.
	followUpTime = 100 * time.Millisecond
)

// linger says that no more will be sent, and lets the client read its answer. Closing at once while the client still
// sends would reset the connection, and take the answer with it. No request is active meanwhile.
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

// connections are those that are open.
type connections struct {
	mu  sync.Mutex
	set map[*connection]struct{}
}

// add notes a connection and returns how many there are.
func (o *connections) add(c *connection) int {
	c.touch()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.set == nil {
		o.set = map[*connection]struct{}{}
	}
	o.set[c] = struct{}{}
	return len(o.set)
}

func (o *connections) remove(c *connection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.set, c)
}

// timeline is when a client was last heard of.
type timeline struct {
	touched  atomic.Int64 // when it connected or got its last answer, in nanoseconds
	answered atomic.Bool  // it has got an answer and has not asked again
}

func (t *timeline) touch() { t.touched.Store(time.Now().UnixNano()) }

// part half-closes the connections whose client has had its answer for long enough to ask again, and returns how many
// clients were answered or have connected since a moment, and may still wait for something.
func (o *connections) part(since time.Time) (warm int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for c := range o.set {
		touched := time.Unix(0, c.touched.Load())
		if touched.Before(since) {
			continue
		}
		warm++
		if c.answered.Load() && time.Since(touched) > followUpTime {
			_ = closeWrite(c.Conn)
		}
	}
	return warm
}

// Stop ends the server in order (contract T3): requests that have been accepted may finish within stopTime, then their
// workers are ended, and the answers get their time to arrive. It returns the context's error once that is cancelled.
func (s *Server) Stop(ctx context.Context) error {
	s.dispatcher.BeginStop()
	if err := s.waitIdle(ctx, stopTime); err != nil {
		return err
	}
	s.dispatcher.Stop()
	if err := s.waitIdle(ctx, answerTime); err != nil {
		return err
	}
	if err := s.part(ctx, partingTime); err != nil {
		return err
	}
	s.dispatcher.Close()
	return nil
}

// waitIdle waits until no request is active, at most for d.
func (s *Server) waitIdle(ctx context.Context, d time.Duration) error {
	return waitUntil(ctx, d, func() bool { return s.active.Load() == 0 })
}

// part waits until clients have their answers, at most for `patience`. In a container the network ends with this process,
// and with it every answer that a proxy or the kernel has not passed on yet. A client shows that it has its answer by
// closing its side too. A client that connected just before the end gets an answer as well.
func (s *Server) part(ctx context.Context, patience time.Duration) error {
	begin := time.Now()
	return waitUntil(ctx, patience, func() bool {
		return s.connections.part(begin.Add(-patience)) == 0 && s.active.Load() == 0 && time.Since(begin) >= arrivalTime
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
