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
	retrySpan = 2 * time.Second
	// fullShare is the share of its processors that the gateway must use to get one more.
	fullShare = 0.85
)

// Processors has the gateway work with one processor (in Go's sense, GOMAXPROCS) while one is enough. A request mostly
// waits. With one processor the next goroutine runs where the last one has begun to wait. With several, Go wakes
// another thread for it each time, which costs more than the work itself.
type Processors struct {
	most      int
	measuring atomic.Bool
	// What follows belongs to the measurement that is under way.
	now   int
	since time.Time // when there began to be several
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
	p.now, p.since = n, time.Now()
	runtime.GOMAXPROCS(n)
}

// Use notes that there is a request. It begins a measurement, if none is under way. At rest nothing is measured.
func (p *Processors) Use() {
	if p.most > 1 && !p.measuring.Load() && p.measuring.CompareAndSwap(false, true) {
		p.measure()
	}
}

// measure looks how much the gateway works. It does not count for how long threads wait for a CPU: on a machine where
// others are busy, more threads would not have more to do.
func (p *Processors) measure() {
	begin, before := time.Now(), usedCPU()
	time.AfterFunc(loadSpan, func() {
		used := float64(usedCPU()-before) / float64(time.Since(begin))
		if n := next(p.now, p.most, used, time.Since(p.since)); n != p.now {
			p.set(n)
		}
		p.measuring.Store(false)
	})
}

// next returns how many processors there should be. How busy several are does not tell whether one would do, because
// threads that wake each other are busy with that. So from time to time one is tried.
func next(now, most int, used float64, since time.Duration) int {
	switch {
	case now > 1 && since >= retrySpan:
		return 1
	case now < most && used > fullShare*float64(now):
		return now + 1
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
