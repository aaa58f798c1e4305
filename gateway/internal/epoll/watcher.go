// Package epoll notices which of many connections are reset by their peers. It knows nothing of requests.
package epoll

import (
	"log"
	"net"
	"os"
	"syscall"
)

// A client that resets its connection (RST) wants no answer any more. A client that only closes its sending side (FIN)
// still wants one. epoll tells them apart: it always reports EPOLLERR or EPOLLHUP of a reset connection, and it reports
// a closed sending side only if it is asked to.

// Watcher watches connections. One goroutine waits for all of them, without a thread of its own: Go's poller wakes it.
type Watcher struct {
	file *os.File // the epoll instance
	raw  syscall.RawConn
}

// NewWatcher returns a watcher that calls `gone` with the number of each connection that is reset. It returns nil, and
// logs why, if the system has no more descriptors.
func NewWatcher(gone func(number uint64)) *Watcher {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		log.Printf("gateway: clients that go away while they wait will not be noticed: %v", err)
		return nil
	}
	_ = syscall.SetNonblock(epoll, true) // os.NewFile leaves waiting to Go's poller then
	w := &Watcher{file: os.NewFile(uintptr(epoll), "clients")}
	if w.raw, err = w.file.SyscallConn(); err != nil {
		log.Printf("gateway: clients that go away while they wait will not be noticed: %v", err)
		_ = w.file.Close()
		return nil
	}
	go w.run(gone)
	return w
}

func (w *Watcher) run(gone func(number uint64)) {
	events := make([]syscall.EpollEvent, 128)
	for {
		count := 0
		err := w.raw.Read(func(epoll uintptr) bool {
			var err error
			count, err = syscall.EpollWait(int(epoll), events, 0)
			return count > 0 || (err != nil && err != syscall.EINTR)
		})
		if err != nil || count < 0 {
			return
		}
		for _, event := range events[:count] {
			gone(uint64(uint32(event.Fd)) | uint64(uint32(event.Pad))<<32)
		}
	}
}

// Add begins to watch a connection, under a number.
func (w *Watcher) Add(client net.Conn, number uint64) {
	event := syscall.EpollEvent{Events: syscall.EPOLLONESHOT, Fd: int32(uint32(number)), Pad: int32(uint32(number >> 32))}
	w.control(syscall.EPOLL_CTL_ADD, client, &event)
}

// Remove ends that. The connection must not have been closed yet.
func (w *Watcher) Remove(client net.Conn) {
	w.control(syscall.EPOLL_CTL_DEL, client, &syscall.EpollEvent{})
}

func (w *Watcher) control(operation int, client net.Conn, event *syscall.EpollEvent) {
	socket, ok := client.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = w.raw.Control(func(epoll uintptr) {
			_ = syscall.EpollCtl(int(epoll), operation, int(fd), event) // a connection that cannot be watched stays unwatched
		})
	})
}
