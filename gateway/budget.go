package main

import (
	"container/list"
	"sync"
)

const (
	// bodyBudget and answerBudget bound what is in flight (contract T5). They are apart so that requests waiting for
	// a worker can never keep answers from leaving. With what is too small to count they stay under 64 MiB.
	bodyBudget   = 26 << 20
	answerBudget = 26 << 20
	// smallSize is the largest size of those that share smallBudget, and never wait for larger ones; for these what
	// remains must hold the largest.
	smallSize   = 256 << 10
	smallBudget = 6 << 20
	// uncounted is the size up to which a body or an answer needs no budget.
	uncounted = 4 << 10
	// maxBudgetQueue is how many may wait for a lane; more are turned away.
	maxBudgetQueue = 1024
)

// budget hands out bytes of memory, in two lanes.
type budget struct {
	small, large *lane
}

func newBudget(size int) *budget {
	return &budget{small: newLane(smallBudget), large: newLane(size - smallBudget)}
}

func (b *budget) lane(size int) *lane {
	if size <= smallSize {
		return b.small
	}
	return b.large
}

func (b *budget) acquire(size int) bool { return b.lane(size).acquire(size) }

func (b *budget) release(size int) { b.lane(size).release(size) }

// lane hands out its part of a budget, first come, first served.
type lane struct {
	mu      sync.Mutex
	free    int
	waiting list.List // of *laneWaiter
}

type laneWaiter struct {
	size  int
	ready chan struct{}
}

func newLane(size int) *lane { return &lane{free: size} }

// acquire waits until `size` bytes are free and takes them. It reports false at once when too many wait already.
func (l *lane) acquire(size int) bool {
	if size <= uncounted {
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
	w := &laneWaiter{size, make(chan struct{})}
	l.waiting.PushBack(w)
	l.mu.Unlock()
	<-w.ready
	return true
}

// release gives back what acquire took for `size`.
func (l *lane) release(size int) {
	if size <= uncounted {
		return
	}
	l.returnBytes(size)
}

// shrink gives back the difference after acquire(from) when `to` was enough.
func (l *lane) shrink(from, to int) {
	if to <= uncounted {
		to = 0
	}
	l.returnBytes(from - to)
}

func (l *lane) returnBytes(size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free += size
	for l.waiting.Len() > 0 {
		w := l.waiting.Front().Value.(*laneWaiter)
		if w.size > l.free {
			return
		}
		l.free -= w.size
		l.waiting.Remove(l.waiting.Front())
		close(w.ready)
	}
}

// crowded reports whether somebody waits.
func (l *lane) crowded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting.Len() > 0
}
