package limits

import (
	"testing"
	"time"
)

func TestBudgetServesInOrder(t *testing.T) {
	b := NewLane(100 << 10)
	if !b.Acquire(60<<10) || !b.Acquire(Uncounted) {
		t.Fatal("what fits has to wait")
	}
	order := make(chan int, 2)
	waiting := func(n int) {
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) { // no event tells; a deadline bounds it
			b.mu.Lock()
			length := b.waiting.Len()
			b.mu.Unlock()
			if length == n {
				return
			}
		}
		t.Fatalf("never were %d waiting", n)
	}
	go func() { b.Acquire(90 << 10); order <- 1 }()
	waiting(1)
	go func() { b.Acquire(10 << 10); order <- 2 }() // would fit, but came later
	waiting(2)
	b.Release(60 << 10)
	if first, second := <-order, <-order; first+second != 3 {
		t.Errorf("served %d and %d", first, second)
	}
	b.Release(90 << 10)
	b.Shrink(10<<10, 5<<10)
	b.Release(5 << 10)
	if b.free != 100<<10 {
		t.Errorf("%d bytes are free in the end", b.free)
	}
}
