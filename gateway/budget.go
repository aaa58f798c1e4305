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
	// uncounted is the size up to which a body or an answer needs no budget.
	uncounted = 4 << 10
	// maxBudgetQueue is how many may wait for a budget; more are turned away.
	maxBudgetQueue = 1024
)

// budget hands out bytes of memory, first come, first served.
type budget struct {
	mu      sync.Mutex
	free    int
	waiting list.List // of *budgetWaiter
}

type budgetWaiter struct {
	size  int
	ready chan struct{}
}

func newBudget(size int) *budget { return &budget{free: size} }

// acquire waits until `size` bytes are free and takes them. It reports false at once when too many wait already.
func (b *budget) acquire(size int) bool {
	if size <= uncounted {
		return true
	}
	b.mu.Lock()
	if b.free >= size && b.waiting.Len() == 0 {
		b.free -= size
		b.mu.Unlock()
		return true
	}
	if b.waiting.Len() >= maxBudgetQueue {
		b.mu.Unlock()
		return false
	}
	w := &budgetWaiter{size, make(chan struct{})}
	b.waiting.PushBack(w)
	b.mu.Unlock()
	<-w.ready
	return true
}

// release gives back what acquire took for `size`.
func (b *budget) release(size int) {
	if size <= uncounted {
		return
	}
	b.returnBytes(size)
}

// shrink gives back the difference after acquire(from) when `to` was enough.
func (b *budget) shrink(from, to int) {
	if to <= uncounted {
		to = 0
	}
	b.returnBytes(from - to)
}

func (b *budget) returnBytes(size int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free += size
	for b.waiting.Len() > 0 {
		w := b.waiting.Front().Value.(*budgetWaiter)
		if w.size > b.free {
			return
		}
		b.free -= w.size
		b.waiting.Remove(b.waiting.Front())
		close(w.ready)
	}
}
