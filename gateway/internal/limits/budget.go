// Package limits bounds the memory that the gateway itself uses: budgets for bodies and answers in flight, and the size
// of its heap. It knows nothing of HTTP or of workers.
package limits

import (
	"container/list"
	"sync"
)

const (
	// BodyBudget and AnswerBudget bound the bytes in flight (contract T5). They are separate, so that requests that
	// wait for a worker can never keep answers from leaving. Together with what is too small to count they stay below
	// 64 MiB.
	BodyBudget   = 26 << 20
	AnswerBudget = 26 << 20
	// smallSize is the largest body or answer of the small lane, which never waits for larger ones. The large lane has
	// the rest of a budget, which must hold the largest body.
	smallSize   = 256 << 10
	smallBudget = 6 << 20
	// Uncounted is the size up to which a body or an answer needs no budget.
	Uncounted = 4 << 10
	// maxBudgetQueue is how many may wait for a lane. Acquire refuses more.
	maxBudgetQueue = 1024
)

// Budget hands out bytes of memory, in two lanes: one for small sizes, one for large ones.
type Budget struct {
	small, large *Lane
}

// NewBudget returns a budget of `size` bytes.
func NewBudget(size int) *Budget {
	return &Budget{small: NewLane(smallBudget), large: NewLane(size - smallBudget)}
}

// Lane returns the lane for a size.
func (b *Budget) Lane(size int) *Lane {
	if size <= smallSize {
		return b.small
	}
	return b.large
}

// Acquire is Lane.Acquire of the size's lane.
func (b *Budget) Acquire(size int) bool { return b.Lane(size).Acquire(size) }

// Release is Lane.Release of the size's lane.
func (b *Budget) Release(size int) { b.Lane(size).Release(size) }

// Free returns how many bytes are free.
func (b *Budget) Free() int { return b.small.available() + b.large.available() }

// Lane hands out its part of a budget, first come, first served. Its lock is never held together with another one.
type Lane struct {
	mu      sync.Mutex
	free    int
	waiting list.List // of *waiter
}

type waiter struct {
	size  int
	ready chan struct{}
}

// NewLane returns a lane of `size` bytes.
func NewLane(size int) *Lane { return &Lane{free: size} }

// Acquire waits until `size` bytes are free and takes them. It reports false at once if too many wait already. Sizes up
// to Uncounted take nothing.
func (l *Lane) Acquire(size int) bool {
	if size <= Uncounted {
		return true
	}
	l.mu.Lock()
	if l.free >= size && l.waiting.Len() == 0 {
		l.free -= size
		l.mu.Unlock()
		return true
	}
	if l.waiting.Len() >= maxBudgetQueue {
		l.mu.Unlock()
		return false
	}
	w := &waiter{size, make(chan struct{})}
	l.waiting.PushBack(w)
	l.mu.Unlock()
	<-w.ready
	return true
}

// Release gives back what Acquire took for `size`.
func (l *Lane) Release(size int) {
	if size <= Uncounted {
		return
	}
	l.returnBytes(size)
}

// Shrink gives back the difference after Acquire(from) when `to` was enough.
func (l *Lane) Shrink(from, to int) {
	if to <= Uncounted {
		to = 0
	}
	l.returnBytes(from - to)
}

func (l *Lane) returnBytes(size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free += size
	for l.waiting.Len() > 0 {
		w := l.waiting.Front().Value.(*waiter)
		if w.size > l.free {
			return
		}
		l.free -= w.size
		l.waiting.Remove(l.waiting.Front())
		close(w.ready)
	}
}

func (l *Lane) available() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free
}

// Crowded reports whether somebody waits for bytes of this lane.
func (l *Lane) Crowded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting.Len() > 0
}
