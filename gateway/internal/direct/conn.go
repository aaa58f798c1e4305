// Package direct reads and writes sockets with system calls that Go's scheduler does not hear of. It knows nothing of
// what is sent.
//
// Go counts every read and write of package net as a call that may block. While one lasts, another thread may take over
// the goroutines, and has to be woken for it. Sockets do not block, so that is never worth it.
package direct

import (
	"errors"
	"io"
	"net"
	"syscall"
	"unsafe"
)

// Conn is a connection that one goroutine at a time reads, and one at a time writes.
type Conn struct {
	net.Conn
	raw syscall.RawConn
	// What the next system call moves, and what it has returned, for try and in: a closure for each call would be
	// memory for each call.
	in, out transfer
}

// transfer is one read or write.
type transfer struct {
	call   uintptr
	data   []byte
	moved  int
	err    error
	actRaw func(descriptor uintptr) bool // act, for RawConn.Read
	tryRaw func(descriptor uintptr)      // act, for RawConn.Control
}

// Wrap returns a connection that is read and written directly, or the same one if it has no descriptor.
func Wrap(conn net.Conn) net.Conn {
	if c, ok := Of(conn); ok {
		return c
	}
	return conn
}

// Of is Wrap for connections of the operating system.
func Of(conn net.Conn) (*Conn, bool) {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return nil, false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil, false
	}
	c := &Conn{Conn: conn, raw: raw}
	c.in.call, c.out.call = syscall.SYS_READ, syscall.SYS_WRITE
	c.in.actRaw = c.in.act
	c.out.tryRaw = func(descriptor uintptr) { c.out.act(descriptor) }
	return c, true
}

// act makes the system call and reports whether it is over. It is not if nothing can be moved yet.
func (t *transfer) act(descriptor uintptr) bool {
	for {
		n, _, errno := syscall.RawSyscall(t.call, descriptor, uintptr(unsafe.Pointer(&t.data[0])), uintptr(len(t.data)))
		switch errno {
		case 0:
			t.moved, t.err = int(n), nil
		case syscall.EINTR:
			continue
		default:
			t.moved, t.err = 0, errno
		}
		return errno != syscall.EAGAIN
	}
}

// Read implements io.Reader.
func (c *Conn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	t := &c.in
	t.data = b
	err := c.raw.Read(t.actRaw)
	t.data = nil
	switch {
	case err != nil:
		return 0, err
	case t.err != nil:
		return 0, &net.OpError{Op: "read", Net: "socket", Err: t.err}
	case t.moved == 0:
		return 0, io.EOF
	}
	return t.moved, nil
}

// Write implements io.Writer.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.TryWrite(b)
	if err != nil || n == len(b) {
		return n, err
	}
	more, err := c.Conn.Write(b[n:])
	return n + more, err
}

// TryWrite writes what the connection takes at once, whatever its deadline is. That may be nothing.
func (c *Conn) TryWrite(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	t := &c.out
	t.data = b
	err := c.raw.Control(t.tryRaw)
	t.data = nil
	switch {
	case err != nil:
		return 0, err
	case t.err != nil && !errors.Is(t.err, syscall.EAGAIN):
		return 0, &net.OpError{Op: "write", Net: "socket", Err: t.err}
	}
	return t.moved, nil
}

// SyscallConn implements syscall.Conn.
func (c *Conn) SyscallConn() (syscall.RawConn, error) { return c.raw, nil }

// CloseWrite closes the sending side.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}
