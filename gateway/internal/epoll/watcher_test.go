package epoll

import (
	"testing"
	"time"

	"runtimekit/gateway/internal/testconn"
)

func TestOnlyResetConnectionsAreReported(t *testing.T) {
	gone := make(chan uint64, 10)
	w := NewWatcher(func(number uint64) { gone <- number })
	if w == nil {
		t.Fatal("there is no watcher")
	}
	const large = 1<<40 + 7 // needs both halves of the kernel's number
	resets, server := testconn.Pair(t)
	w.Add(server, large)
	closes, server := testconn.Pair(t)
	w.Add(server, 1)
	forgotten, server := testconn.Pair(t)
	w.Add(server, 2)
	w.Remove(server)

	if err := closes.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	testconn.Reset(forgotten)
	testconn.Reset(resets)
	select {
	case number := <-gone:
		if number != large {
			t.Errorf("connection %d was reported", number)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a reset was not noticed")
	}
	testconn.Reset(closes)
	select {
	case number := <-gone:
		if number != 1 {
			t.Errorf("connection %d was reported", number)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a reset behind a closed sending side was not noticed")
	}
}
