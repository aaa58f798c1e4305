package epoll

import (
	"net"
	"testing"
	"time"
)

// pair returns the two ends of a connection.
func pair(t *testing.T) (client *net.TCPConn, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialed, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if server, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = dialed.Close()
		_ = server.Close()
	})
	return dialed.(*net.TCPConn), server
}

func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

func TestOnlyResetConnectionsAreReported(t *testing.T) {
	gone := make(chan uint64, 10)
	w := NewWatcher(func(number uint64) { gone <- number })
	if w == nil {
		t.Fatal("there is no watcher")
	}
	const large = 1<<40 + 7 // needs both halves of the kernel's number
	resets, server := pair(t)
	w.Add(server, large)
	closes, server := pair(t)
	w.Add(server, 1)
	forgotten, server := pair(t)
	w.Add(server, 2)
	w.Remove(server)

	if err := closes.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	reset(forgotten)
	reset(resets)
	select {
	case number := <-gone:
		if number != large {
			t.Errorf("connection %d was reported", number)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a reset was not noticed")
	}
	reset(closes)
	select {
	case number := <-gone:
		if number != 1 {
			t.Errorf("connection %d was reported", number)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a reset behind a closed sending side was not noticed")
	}
}
