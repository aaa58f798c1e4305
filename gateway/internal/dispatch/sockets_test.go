package dispatch

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// abandonedSocket returns a socket whose worker has ended, and the channel that says so.
func abandonedSocket(t *testing.T) (*workerSocket, <-chan struct{}) {
	t.Helper()
	sockets := &socketFolder{}
	d, err := sockets.open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.close(); sockets.remove() })
	ended := make(chan struct{})
	close(ended)
	return d, ended
}

func anybody(int) bool { return true }

func TestLastWordsAreHeardOnABusyMachine(t *testing.T) {
	socket, ended := abandonedSocket(t)
	// The connection arrives after the end of the process was noticed.
	time.AfterFunc(200*time.Millisecond, func() {
		if conn, err := net.Dial("unix", socket.path()); err == nil {
			t.Cleanup(func() { _ = conn.Close() })
		}
	})
	conn, pid, err := socket.accept(ended, nil, anybody)
	if err != nil {
		t.Fatalf("E1: the connection of a worker that has ended is lost: %v", err)
	}
	defer conn.Close()
	if pid != os.Getpid() {
		t.Errorf("connected by %d", pid)
	}
}

func TestAWorkerThatNeverConnectedIsGivenUp(t *testing.T) {
	socket, ended := abandonedSocket(t)
	if _, _, err := socket.accept(ended, nil, anybody); err == nil {
		t.Error("somebody was let in")
	}
}

// Requests that wait for room must not wait for connectGrace when a worker is ended to make it.
func TestAWorkerThatIsNotWantedIsNotWaitedFor(t *testing.T) {
	socket, ended := abandonedSocket(t)
	unwanted := make(chan struct{})
	time.AfterFunc(10*time.Millisecond, func() { close(unwanted) })
	if _, _, err := socket.accept(ended, unwanted, anybody); !errors.Is(err, errNotNeeded) {
		t.Errorf("got %v", err)
	}
}
