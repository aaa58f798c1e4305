package process

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"unsafe"

	"runtimekit/gateway/internal/procfs"
)

// bytesReady is FIONREAD, which package syscall lacks: how many bytes can be read at once.
const bytesReady = 0x541B

// Tap gets what a worker prints, before it is copied: the number of the stream, in the order of Copy, and its bytes.
type Tap func(stream int, data []byte)

// SetTap has a tap get everything that is printed. Call it before Copy.
func (o *Output) SetTap(tap Tap) { o.tap = tap }

// tapped is a stream with a tap. Its bytes are in the pipe, or the tap has them: between these two the lock is held.
type tapped struct {
	lines
	output *Output
	number int
	raw    syscall.RawConn
	pipe   procfs.File

	mu   sync.Mutex
	past bool // the worker has another stream by now: what comes is nobody's
}

// newTapped returns the stream of a source, nil if the source has no descriptor that can be waited for.
func newTapped(o *Output, source *os.File, to *SharedWriter) *tapped {
	raw, err := source.SyscallConn()
	if err != nil {
		return nil
	}
	t := &tapped{lines: newLines(to), output: o, number: len(o.tapped), raw: raw}
	_ = raw.Control(func(descriptor uintptr) { t.pipe, _ = procfs.FileOf(descriptor) })
	return t
}

// copy copies until the stream ends.
func (t *tapped) copy() {
	for {
		n, err := 0, error(nil)
		waitErr := t.raw.Read(func(descriptor uintptr) bool {
			t.mu.Lock()
			defer t.mu.Unlock()
			n, err = t.read(descriptor)
			return !errors.Is(err, syscall.EAGAIN)
		})
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if waitErr != nil || err != nil || n == 0 {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.end()
			return
		}
	}
}

// drain reads what is in the pipe by now. It does not wait for more.
func (t *tapped) drain() {
	_ = t.raw.Control(func(descriptor uintptr) { // it fails if the stream has ended
		t.mu.Lock()
		defer t.mu.Unlock()
		var left int32
		_, _, errno := syscall.RawSyscall(syscall.SYS_IOCTL, descriptor, bytesReady, uintptr(unsafe.Pointer(&left)))
		for errno == 0 && left > 0 {
			n, err := t.read(descriptor)
			if n <= 0 && !errors.Is(err, syscall.EINTR) {
				return
			}
			left -= int32(n)
		}
	})
}

// read reads once. The caller holds the lock.
func (t *tapped) read(descriptor uintptr) (int, error) {
	room := t.room()
	n, err := syscall.Read(int(descriptor), room)
	if n > 0 {
		if !t.past {
			t.output.remember(room[:n])
			t.output.tap(t.number, room[:n])
		}
		t.add(n)
	}
	return max(n, 0), err
}

// Replace has the tap get what comes through other streams from now on. What still comes through the former ones is only
// copied.
func (o *Output) Replace(sources []*os.File, to []*SharedWriter) {
	for _, t := range o.tapped {
		t.mu.Lock()
		t.past = true
		t.mu.Unlock()
	}
	o.tapped = nil
	for i, source := range sources {
		o.Copy(source, to[i])
	}
}

// Pipes returns what distinguishes the streams that have a tap.
func (o *Output) Pipes() []procfs.File {
	pipes := make([]procfs.File, len(o.tapped))
	for i, t := range o.tapped {
		pipes[i] = t.pipe
	}
	return pipes
}

// Drain has the tap get everything that was printed before the call. Without a tap it does nothing.
func (o *Output) Drain() {
	for _, t := range o.tapped {
		t.drain()
	}
}
