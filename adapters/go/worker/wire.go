package worker

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"sync"
	"syscall"
)

// wire is the connection to the gateway. It writes frames one after the other; those that arrive while one write is
// under way go out together with the next.
type wire struct {
	file   *os.File
	reader *bufio.Reader

	mutex   sync.Mutex
	written sync.Cond
	waiting []byte
	spare   []byte
	busy    bool
	// Frames handed in and frames on the wire, since the start.
	accepted, done uint64
}

// dial connects to a Unix socket. Package net would do the same, and triple the size of every function.
func dial(path string) (*wire, error) {
	descriptor, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := syscall.Connect(descriptor, &syscall.SockaddrUnix{Name: path}); err != nil {
		return nil, os.NewSyscallError("connect", err)
	}
	// Not blocking, so that waiting for it costs a goroutine and no thread.
	if err := syscall.SetNonblock(descriptor, true); err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	file := os.NewFile(uintptr(descriptor), path)
	w := &wire{file: file, reader: bufio.NewReaderSize(file, 64<<10)}
	w.written.L = &w.mutex
	return w, nil
}

// read returns the next frame; io.EOF when the gateway has closed the connection. The body is the caller's own.
func (w *wire) read() (kind byte, id uint32, body []byte, err error) {
	var head [headSize]byte
	if _, err = io.ReadFull(w.reader, head[:]); err != nil {
		return 0, 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size < headSize-4 {
		return 0, 0, nil, errMalformed
	}
	body = make([]byte, size-(headSize-4))
	_, err = io.ReadFull(w.reader, body)
	return head[4], binary.BigEndian.Uint32(head[5:]), body, err
}

// write returns once the frame is on the wire. A gateway that is gone ends the process where it reads.
func (w *wire) write(frame []byte) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.waiting = append(w.waiting, frame...)
	w.accepted++
	mine := w.accepted
	for w.busy && w.done < mine {
		w.written.Wait()
	}
	if w.done >= mine {
		return
	}
	w.busy = true
	batch, last := w.waiting, w.accepted
	w.waiting = w.spare[:0]
	w.mutex.Unlock()
	_, _ = w.file.Write(batch)
	w.mutex.Lock()
	if cap(batch) > 1<<20 {
		batch = nil // one large answer is no reason to hold its memory for ever
	}
	w.spare, w.done, w.busy = batch, last, false
	w.written.Broadcast()
}
