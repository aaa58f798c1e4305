package http1

import (
	"testing"
	"time"

	"runtimekit/gateway/internal/limits"
)

func TestPace(t *testing.T) {
	l := limits.NewLane(20 << 20)
	begin := time.Unix(1000, 0)
	after := func(seconds float64) time.Time { return begin.Add(time.Duration(seconds * float64(time.Second))) }
	if !l.Acquire(20 << 20) {
		t.Fatal("no memory")
	}
	steady, stalled := NewPace(l, 20<<20, begin), NewPace(l, 20<<20, begin)
	stalled.moved(15<<20, after(1))
	if stalled.late(after(29)) {
		t.Error("R9: late though nobody waits")
	}
	go l.Acquire(1 << 20)
	for end := time.Now().Add(10 * time.Second); !l.Crowded(); time.Sleep(time.Millisecond) { // no event tells; a deadline bounds it
		if time.Now().After(end) {
			t.Fatal("nobody waits")
		}
	}
	if stalled.late(after(5.9)) || !stalled.late(after(6.1)) {
		t.Error("T5: what a client has sent before its pause counts for more than 5 s of it")
	}
	for second := range 29 { // as slowly as R9 allows
		if steady.moved(20<<20/30, after(float64(second)+1)); steady.late(after(float64(second) + 1.9)) {
			t.Errorf("R9: a steady client is late after %d s", second)
		}
	}
	var small Pace = NewPace(l, limits.Uncounted, begin)
	if small.late(after(1000)) {
		t.Error("T5: late though it holds nothing")
	}
}
