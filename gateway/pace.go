package main

import (
	"errors"
	"net"
	"os"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/limits"
)

const (
	// paceTime is how long the bytes of a body or an answer may take at the slowest pace that others wait for.
	paceTime = bodyTimeout
	// paceSlack is how far behind that pace a client may be (contract T5).
	paceSlack = 5 * time.Second
	// paceLook is how often a client that moves nothing is looked at.
	paceLook = time.Second
)

var errSlowForOthers = failure.New(408, "the body arrived too slowly while others waited for its memory")

// pace tells whether a client moves a body or an answer as fast as others, who wait for its memory, may expect: one
// that is steady and will be in time always does; one that stalls does not for long.
type pace struct {
	lane *limits.Lane  // that the memory was taken from; nil: none, and nobody waits for it
	each time.Duration // what a MiB may take
	due  time.Time     // when it is too far behind, if nothing more comes
}

func newPace(lane *limits.Lane, size int, now time.Time) pace {
	if size <= limits.Uncounted {
		return pace{}
	}
	return pace{lane, paceTime * (1 << 20) / time.Duration(size), now.Add(paceSlack)}
}

// moved counts bytes. A client cannot save up for a longer pause.
func (p *pace) moved(n int, now time.Time) {
	p.due = p.due.Add(p.each * time.Duration(n) >> 20)
	if most := now.Add(paceSlack); p.due.After(most) {
		p.due = most
	}
}

// late reports whether somebody waits for the memory of a client that is too far behind.
func (p *pace) late(now time.Time) bool { return p.lane != nil && now.After(p.due) && p.lane.Crowded() }

// look is when to look at the client again, at the latest at its end.
func (p *pace) look(now, end time.Time) time.Time {
	if next := now.Add(paceLook); p.lane != nil && next.Before(end) {
		return next
	}
	return end
}

// read reads a part of a body, which has to be whole at its end.
func (p *pace) read(conn net.Conn, b []byte, end time.Time) (int, error) {
	for now := time.Now(); ; {
		if err := conn.SetReadDeadline(p.look(now, end)); err != nil {
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

// write writes an answer, or a part of it. The client may stall for a while but not for ever.
func (p *pace) write(conn net.Conn, data []byte) error {
	now := time.Now()
	for end := now.Add(writeStall); len(data) > 0; {
		if err := conn.SetWriteDeadline(p.look(now, end)); err != nil {
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
