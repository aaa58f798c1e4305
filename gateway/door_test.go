package main

import (
	"net"
	"os"
	"testing"
	"time"
)

func TestLastWordsAreHeardOnABusyMachine(t *testing.T) {
	doors := &doorkeeper{}
	defer doors.remove()
	door, err := doors.open()
	if err != nil {
		t.Fatal(err)
	}
	defer door.close()
	ended := make(chan struct{})
	close(ended)
	// The process is gone; that it has connected before is seen only now.
	time.AfterFunc(200*time.Millisecond, func() {
		if conn, err := net.Dial("unix", door.path()); err == nil {
			t.Cleanup(func() { _ = conn.Close() })
		}
	})
	conn, pid, err := door.accept(ended, func(int) bool { return true })
	if err != nil {
		t.Fatalf("E1: the connection of a worker that has ended is lost: %v", err)
	}
	defer conn.Close()
	if pid != os.Getpid() {
		t.Errorf("connected by %d", pid)
	}
}

func TestAWorkerThatNeverConnectedIsGivenUp(t *testing.T) {
	doors := &doorkeeper{}
	defer doors.remove()
	door, err := doors.open()
	if err != nil {
		t.Fatal(err)
	}
	defer door.close()
	ended := make(chan struct{})
	close(ended)
	if _, _, err := door.accept(ended, func(int) bool { return true }); err == nil {
		t.Error("somebody was let in")
	}
}
