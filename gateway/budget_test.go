package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestBudgetServesInOrder(t *testing.T) {
	b := newLane(100 << 10)
	if !b.acquire(60<<10) || !b.acquire(uncounted) {
		t.Fatal("what fits has to wait")
	}
	order := make(chan int, 2)
	waiting := func(n int) {
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			b.mu.Lock()
			length := b.waiting.Len()
			b.mu.Unlock()
			if length == n {
				return
			}
		}
		t.Fatalf("never were %d waiting", n)
	}
	go func() { b.acquire(90 << 10); order <- 1 }()
	waiting(1)
	go func() { b.acquire(10 << 10); order <- 2 }() // would fit, but came later
	waiting(2)
	b.release(60 << 10)
	if first, second := <-order, <-order; first+second != 3 {
		t.Errorf("served %d and %d", first, second)
	}
	b.release(90 << 10)
	b.shrink(10<<10, 5<<10)
	b.release(5 << 10)
	if b.free != 100<<10 {
		t.Errorf("%d bytes are free in the end", b.free)
	}
}

func TestOutputKeepsLinesWhole(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	target, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	o := &output{}
	o.copy(reader, &sink{file: target})
	text := "first\n" + strings.Repeat("x", 3*longestLine) + "\nlast \xff"
	if _, err := writer.WriteString(text); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	o.close(time.Second)
	copied, _ := os.ReadFile(target.Name())
	if string(copied) != text+"\n" {
		t.Errorf("%d bytes were copied, not %d", len(copied), len(text)+1)
	}
	if tail := o.tail(); tail != "last \xff" {
		t.Errorf("the tail is %q", clip(tail))
	}
}

func TestMessagesAreCutBetweenCharacters(t *testing.T) {
	for message, want := range map[string]string{
		"a\xffb":                              "a\uFFFDb",
		"x" + strings.Repeat("é", maxMessage): "x" + strings.Repeat("é", (maxMessage-1)/2),
	} {
		if got := cleanMessage(message); got != want {
			t.Errorf("got %q", clip(got))
		}
	}
}
