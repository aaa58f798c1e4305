package process

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// loadSpan is over which time the gateway's load is measured.
	loadSpan = 100 * time.Millisecond
	// retrySpan is how long the gateway keeps several processors before it tries with one again.
	retrySpan = 5 * time.Second
	// fullShare is the share of its processors that the gateway must use to get more.
	fullShare = 0.85
	// crowd is how many requests at a time are so many that all processors are used, so that those that are turned away
	// (contract T5) hear of it soon.
	crowd = 128
)

// Processors has the gateway work with one processor (in Go's sense, GOMAXPROCS) while one is enough. A request mostly
// waits. With one processor the next goroutine runs where the last one has begun to wait. With several, Go wakes
// another thread for it each time, which costs more than the work itself.
type Processors struct {
	most      int
	now       atomic.Int64
	peak      atomic.Int64 // about how many requests there were at a time since the measurement began
	measuring atomic.Bool
	since     time.Time // when `now` was last changed; of the measurement that is under way
}

// NewProcessors begins with one processor. If the environment variable GOMAXPROCS is set, it stays as it is.
func NewProcessors() *Processors {
	p := &Processors{most: runtime.GOMAXPROCS(0)}
	if os.Getenv("GOMAXPROCS") != "" {
		p.most = 1
	}
	if p.most > 1 {
		p.set(1)
	}
	return p
}

func (p *Processors) set(n int) {
	p.since = time.Now()
	p.now.Store(int64(n))
	runtime.GOMAXPROCS(n)
}

// Use notes that there is a request, one of `active`. It begins a measurement, if one is needed and none is under way.
// One request at a time never needs more than one processor. At rest nothing is measured.
func (p *Processors) Use(active int64) {
	if p.most <= 1 || active < 2 && p.now.Load() == 1 {
		return
	}
	if active > p.peak.Load() {
		p.peak.Store(active)
	}
	if !p.measuring.Load() && p.measuring.CompareAndSwap(false, true) {
		p.measure()
	}
}

// measure looks how much the gateway works. It does not count for how long threads wait for a CPU: where others keep
// the machine busy, more threads mostly wake each other.
func (p *Processors) measure() {
	begin, before := time.Now(), usedCPU()
	time.AfterFunc(loadSpan, func() {
		used := float64(usedCPU()-before) / float64(time.Since(begin))
		now := int(p.now.Load())
		if n := next(now, p.most, p.peak.Swap(0), used, time.Since(p.since)); n != now {
			p.set(n)
		}
		p.measuring.Store(false)
	})
}

// next returns how many processors there should be. How busy several are does not tell whether one would do, because
// threads that wake each other are busy with that. So from time to time one is tried.
func next(now, most int, peak int64, used float64, since time.Duration) int {
	switch {
	case peak >= crowd:
		return most
	case peak < 2 || now > 1 && since >= retrySpan:
		return 1
	case used > fullShare*float64(now):
		return min(2*now, most)
	}
	return now
}

// usedCPU returns for how long the gateway's threads have used a CPU.
func usedCPU() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
