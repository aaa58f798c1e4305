package dispatch

import (
	"runtime"
	"time"

	"runtimekit/gateway/internal/frames"
)

// Calls that take less than a processor's turn are over sooner if few run at a time: a request that waits for one of the
// workers that are about to answer gets a process whose memory is in the caches, and nobody has to be forked. This holds
// for workers that take one request at a time; the others share a process anyway.
const (
	// shortCall is how long a short call takes at most.
	shortCall = 500 * time.Microsecond
	// justBegun is how long a call counts against mostShort. A request waits no longer than that for a call to end.
	justBegun = time.Millisecond
)

// mostShort is how many short calls of a pool are begun in the time justBegun.
var mostShort = max(4, 2*runtime.NumCPU())

// note notes how long a call has taken. The quickest calls tell what a function needs: others have waited for a
// processor, or for something else. It is forgotten bit by bit, so that a function may become slow.
func (p *pool) note(took time.Duration) {
	if p.quickest == nil || took < *p.quickest {
		p.quickest = &took
		return
	}
	*p.quickest += (took - *p.quickest) / 16
}

// holds reports whether a request should wait, though there may be an idle worker: enough short calls have just begun.
func (p *pool) holds() bool {
	if p.quickest == nil || *p.quickest > shortCall || len(p.workers) < mostShort {
		return false
	}
	begun, now := 0, p.clock.now()
	for _, w := range p.workers {
		if w.mode == frames.ModeSerial && len(w.requests) > 0 && now.Sub(w.used) < justBegun {
			begun++
		}
	}
	return begun >= mostShort
}

// hold looks at a pool again once its calls have not just begun any more. Whoever answers before looks at it, too.
func (d *Dispatcher) hold(p *pool) {
	if p.held {
		return
	}
	p.held = true
	d.clock.after(justBegun, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		p.held = false
		d.schedule()
	})
}
