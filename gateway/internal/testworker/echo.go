package testworker

import (
	"encoding/binary"
	"net"
	"os"
	"syscall"
	"unsafe"

	"runtimekit/gateway/internal/frames"
)

// echo serves requests as cheaply as Go can, so that a benchmark measures the gateway: one thread, system calls of which
// Go's scheduler does not know, and a constant answer. What arrives together is answered with one write.
func (w *worker) echo(tells bool) {
	file, err := w.conn.(*net.UnixConn).File() // a blocking descriptor
	if err != nil {
		os.Exit(1)
	}
	socket := file.Fd()
	in := make([]byte, 256<<10)
	out, started := make([]byte, 0, 64<<10), make([]byte, 0, 16)
	for have := 0; ; {
		n, _, problem := syscall.RawSyscall(syscall.SYS_READ, socket, uintptr(unsafe.Pointer(&in[have])), uintptr(len(in)-have))
		if problem != 0 || n == 0 {
			os.Exit(0)
		}
		have += int(n)
		begin := 0
		out = out[:0]
		for have-begin >= 4 {
			size := 4 + int(binary.BigEndian.Uint32(in[begin:]))
			if have-begin < size {
				break
			}
			kind, id := frames.Kind(in[begin+4]), binary.BigEndian.Uint32(in[begin+5:])
			begin += size
			if kind != frames.KindRequest && kind != frames.KindCall {
				continue
			}
			if tells {
				// It goes out before the function is called, as the protocol wants it.
				writeRaw(socket, frames.AppendHeader(started[:0], frames.KindStarted, id, 0))
			}
			text := `{"normal":"Hello World!"}`
			if kind == frames.KindCall {
				out = frames.AppendHeader(out, frames.KindResult, id, frames.ResultStatusSize+4+len(text))
				out = append(append(out, 0, 0, 0, 200, 0, 0, 0, 0), text...)
				continue
			}
			out = frames.AppendHeader(out, frames.KindAnswer, id, frames.AnswerHeaderSize+len(text))
			out = append(append(out, 0, 0, 0, 200, 1), text...)
		}
		if len(out) > 0 {
			writeRaw(socket, out)
		}
		have = copy(in, in[begin:have])
	}
}

func writeRaw(socket uintptr, data []byte) {
	_, _, _ = syscall.RawSyscall(syscall.SYS_WRITE, socket, uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)))
}

// ServeBare is a server without a gateway, for comparison: one goroutine for each connection answers every read with the
// same bytes.
func ServeBare(listener net.Listener) {
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 25\r\n\r\n{\"normal\":\"Hello World!\"}")
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			in := make([]byte, 4<<10)
			for {
				if _, err := conn.Read(in); err != nil {
					return
				}
				_, _ = conn.Write(answer)
			}
		}()
	}
}
