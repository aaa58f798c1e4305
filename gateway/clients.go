package main

import (
	"log"
	"net"
	"os"
	"syscall"

	"runtimekit/gateway/internal/failure"
)

// A client that resets its connection wants no answer any more: its request leaves the queue (contract T4). One that
// only says that it will send nothing more (FIN) still does. epoll tells the two apart: of a reset connection it reports
// EPOLLERR or EPOLLHUP, which need not be asked for, and of the other it is not asked.

// watcher knows of many clients which of them go away. One goroutine waits for all of them, and no thread: Go's own poller
// says when there is something.
type watcher struct {
	file *os.File // the epoll instance
	raw  syscall.RawConn
}

// watchClients returns a watcher that calls `gone` with the number under which a client was added; nil where the system
// has no room for one, and requests of clients that have gone are answered into nothing.
func watchClients(gone func(number uint64)) *watcher {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		log.Printf("gateway: clients that go away while they wait will not be noticed: %v", err)
		return nil
	}
	_ = syscall.SetNonblock(epoll, true) // os.NewFile leaves waiting to Go's poller then
	w := &watcher{file: os.NewFile(uintptr(epoll), "clients")}
	if w.raw, err = w.file.SyscallConn(); err != nil {
		log.Printf("gateway: clients that go away while they wait will not be noticed: %v", err)
		_ = w.file.Close()
		return nil
	}
	go w.run(gone)
	return w
}

func (w *watcher) run(gone func(number uint64)) {
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

// add begins to watch a client.
func (w *watcher) add(client net.Conn, number uint64) {
	event := syscall.EpollEvent{Events: syscall.EPOLLONESHOT, Fd: int32(uint32(number)), Pad: int32(uint32(number >> 32))}
	w.control(syscall.EPOLL_CTL_ADD, client, &event)
}

// remove ends that. The client must not have been closed yet.
func (w *watcher) remove(client net.Conn) {
	w.control(syscall.EPOLL_CTL_DEL, client, &syscall.EpollEvent{})
}

func (w *watcher) control(operation int, client net.Conn, event *syscall.EpollEvent) {
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
			_ = syscall.EpollCtl(int(epoll), operation, int(fd), event) // who cannot be watched is not
		})
	})
}

// watch begins to watch the client of a request that waits in a queue.
func (d *dispatcher) watch(j *job) {
	if d.clients != nil && j.client != nil {
		d.watched[j.turn] = j
		d.clients.add(j.client, j.turn)
	}
}

// unwatch ends that, before the request's own goroutine can close the connection.
func (d *dispatcher) unwatch(j *job) {
	if d.watched[j.turn] == j {
		delete(d.watched, j.turn)
		d.clients.remove(j.client)
	}
}

var errGone = failure.New(503, "the client has gone")

// leave takes a request whose client is gone out of its queue. If a worker has it already, it is let be.
func (d *dispatcher) leave(turn uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.watched[turn]
	if j == nil || j.phase != phaseWaiting {
		return
	}
	p := j.pool
	p.dequeue(j)
	d.finish(j, event{failure: errGone})
	if len(p.queue) == 0 && p.loadingOther() {
		d.boundLoading(p, j.timedOut(), j)
	}
	d.forgetEmpty(p)
	d.schedule()
}

// boundLoading ends the loading of a file for which nobody waits any more when the last one's time is over: until then
// somebody may come who wants it.
func (d *dispatcher) boundLoading(p *pool, overrun *failure.Error, last *job) {
	for _, w := range p.workers {
		if w.state != stateLoading {
			continue
		}
		d.clock.after(last.timeout, func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			if w.state == stateLoading && len(p.queue) == 0 {
				w.kill(overrun)
			}
		})
	}
}
