package main

import (
	"net"
	"sync"
	"time"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/frames"
)

const (
	// batched is the size up to which frames are collected for one write.
	batched = 64 << 10
	// maxPending is when a writer waits instead of adding to what is collected.
	maxPending = 1 << 20
)

// link is the gateway's end of a worker's connection. Frames that come while one write is under way go out together
// with the next one.
type link struct {
	conn *net.UnixConn
	turn sync.Mutex // held while writing

	mu      sync.Mutex // guards what follows; never held while writing
	pending []byte
	spare   []byte
	err     error
}

// request writes a REQUEST. Small ones may still be on their way when it returns.
func (l *link) request(id uint32, e *envelope.Envelope) error {
	l.mu.Lock()
	size := len(e.Env.Pairs) + len(e.Headers.Pairs) + len(e.Payload)
	if size <= batched && len(l.pending) < maxPending {
		l.pending = append(frames.AppendRequest(l.pending, id, e), e.Payload...)
		l.mu.Unlock()
		return l.flush()
	}
	l.mu.Unlock()
	l.turn.Lock()
	err := l.writePending()
	if err == nil {
		_, err = (&net.Buffers{frames.AppendRequest(nil, id, e), e.Payload}).WriteTo(l.conn)
	}
	l.turn.Unlock()
	if err != nil {
		return err
	}
	return l.flush()
}

// ping writes a PING. A failure shows in the answer that does not come.
func (l *link) ping() {
	l.mu.Lock()
	l.pending = frames.AppendHeader(l.pending, frames.KindPing, 0, 0)
	l.mu.Unlock()
	_ = l.flush()
}

// fork writes a FORK.
func (l *link) fork(folder string) error {
	l.mu.Lock()
	l.pending = frames.AppendString(frames.AppendHeader(l.pending, frames.KindFork, 0, 4+len(folder)), []byte(folder))
	l.mu.Unlock()
	return l.flush()
}

// flush writes what is collected, unless another goroutine is writing and will do so.
func (l *link) flush() error {
	for l.waiting() && l.turn.TryLock() {
		err := l.writePending()
		l.turn.Unlock()
		if err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *link) waiting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending) > 0 && l.err == nil
}

// writePending writes what is collected, until nothing is; the caller has the turn.
func (l *link) writePending() error {
	for {
		l.mu.Lock()
		out := l.pending
		if len(out) == 0 || l.err != nil {
			defer l.mu.Unlock()
			return l.err
		}
		l.pending, l.spare = l.spare[:0], nil
		l.mu.Unlock()
		_, err := l.conn.Write(out)
		l.mu.Lock()
		if cap(out) <= 2*batched {
			l.spare = out
		}
		l.err = err
		l.mu.Unlock()
	}
}

// limit bounds the time until the next read is complete; 0 lifts it.
func (l *link) limit(d time.Duration) {
	deadline := time.Time{}
	if d > 0 {
		deadline = time.Now().Add(d)
	}
	_ = l.conn.SetReadDeadline(deadline)
}
