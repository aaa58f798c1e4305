package http1

import (
	"errors"
	"net"
	"os"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/limits"
)

const (
	// paceTime is how long a body or an answer may take at the slowest pace that a client may have.
	paceTime = BodyTimeout
	// paceSlack is how far a client may be behind that pace (contract T5).
	paceSlack = 5 * time.Second
	// paceInterval is how often the pace of a client that moves nothing is checked.
	paceInterval = time.Second
)

var errSlowForOthers = failure.Newf(408, "the body arrived too slowly while others waited for its memory")

// Pace is how fast a client sends a body or takes an answer. A client that is slower than the slowest pace keeps its
// memory while nobody else waits for it, and is given up when somebody does. The zero Pace has no memory to give up.
type Pace struct {
	lane *limits.Lane  // the lane that the memory was taken from, nil for the zero Pace
	each time.Duration // how long a MiB may take
	due  time.Time     // when the client will be too far behind if it moves nothing more
}

// NewPace returns the pace of a client that begins now to move `size` bytes, whose memory is of a lane.
func NewPace(lane *limits.Lane, size int, now time.Time) Pace {
	if size <= limits.Uncounted {
		return Pace{}
	}
	return Pace{lane, paceTime * (1 << 20) / time.Duration(size), now.Add(paceSlack)}
}

// moved counts bytes that the client has sent or taken. Fast bytes do not earn a pause longer than paceSlack.
func (p *Pace) moved(n int, now time.Time) {
	p.due = p.due.Add(p.each * time.Duration(n) >> 20)
	if most := now.Add(paceSlack); p.due.After(most) {
		p.due = most
	}
}

// late reports whether the client is too far behind while somebody waits for its memory.
func (p *Pace) late(now time.Time) bool { return p.lane != nil && now.After(p.due) && p.lane.Crowded() }

// nextCheck returns when to check the client's pace again, at the latest at an end.
func (p *Pace) nextCheck(now, end time.Time) time.Time {
	if next := now.Add(paceInterval); p.lane != nil && next.Before(end) {
		return next
	}
	return end
}

// Read reads a part of a body from a connection. The whole body must have arrived at the time `end`.
func (p *Pace) Read(conn net.Conn, b []byte, end time.Time) (int, error) {
	for now := time.Now(); ; {
		if err := conn.SetReadDeadline(p.nextCheck(now, end)); err != nil {
			return 0, err
		}
		n, err := conn.Read(b)
		now = time.Now()
		p.moved(n, now)
		if p.late(now) {
			return n, errSlowForOthers
		}
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || !now.Before(end) {
			return n, err
		}
	}
}

// Write writes an answer, or a part of it, to a connection. It fails if the client takes nothing for writeStall. Most
// answers are taken at once: then there is no deadline to set.
func (p *Pace) Write(conn net.Conn, data []byte) error {
	if direct, ok := conn.(interface{ TryWrite([]byte) (int, error) }); ok {
		n, err := direct.TryWrite(data[:min(len(data), writePiece)])
		if data = data[n:]; err != nil || len(data) == 0 {
			return err
		}
		p.moved(n, time.Now())
	}
	now := time.Now()
	for end := now.Add(writeStall); len(data) > 0; {
		if err := conn.SetWriteDeadline(p.nextCheck(now, end)); err != nil {
			return err
		}
		n, err := conn.Write(data[:min(len(data), writePiece)])
		data = data[n:]
		now = time.Now()
		p.moved(n, now)
		if n > 0 {
			end = now.Add(writeStall)
		}
		if err != nil && (!errors.Is(err, os.ErrDeadlineExceeded) || !now.Before(end)) {
			return err
		}
		if len(data) > 0 && p.late(now) {
			return errSlowForOthers
		}
	}
	return nil
}
