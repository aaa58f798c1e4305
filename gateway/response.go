package main

import (
	"net"
	"strconv"
	"sync"
	"time"
)

const (
	// writeStall is how long a client may take nothing of its answer.
	writeStall = 30 * time.Second
	// writePiece is what is written between two looks at that clock.
	writePiece = 256 << 10
)

const (
	contentText = "text/plain; charset=utf-8"
	contentJSON = "application/json; charset=utf-8"
)

// response is an answer on its way to the client.
type response struct {
	status      int
	contentType string
	body        []byte
	release     func() // gives back the budget of the body, may be nil
}

// respond turns a failure into its response (contract §5).
func (f *failure) response() response {
	return response{status: f.code, contentType: "application/json", body: f.body()}
}

var headBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// write sends the response, small ones in a single write.
func (r *response) write(conn net.Conn, h *head, keepAlive bool) error {
	buffer := headBuffers.Get().(*[]byte)
	defer headBuffers.Put(buffer)
	out := r.appendHead((*buffer)[:0], h, keepAlive)
	body := r.body
	if r.bodiless() || (h != nil && h.method == "HEAD") {
		body = nil
	}
	if len(out)+len(body) <= 64<<10 {
		out = append(out, body...)
		if cap(out) <= 16<<10 {
			*buffer = out
		}
		return writeAll(conn, out)
	}
	pieces := net.Buffers{out, body[:writePiece-len(out)]}
	if len(body) <= writePiece {
		pieces[1] = body
	}
	rest := body[len(pieces[1]):]
	if err := conn.SetWriteDeadline(time.Now().Add(writeStall)); err != nil {
		return err
	}
	if _, err := pieces.WriteTo(conn); err != nil {
		return err
	}
	return writeAll(conn, rest)
}

// writeAll writes in pieces, each of which may stall for a while but not for ever.
func writeAll(conn net.Conn, data []byte) error {
	for len(data) > 0 {
		piece := data[:min(len(data), writePiece)]
		if err := conn.SetWriteDeadline(time.Now().Add(writeStall)); err != nil {
			return err
		}
		if _, err := conn.Write(piece); err != nil {
			return err
		}
		data = data[len(piece):]
	}
	return nil
}

// bodiless reports whether HTTP allows no content with this status.
func (r *response) bodiless() bool {
	return r.status == 204 || r.status == 205 || r.status == 304
}

func (r *response) appendHead(b []byte, h *head, keepAlive bool) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(r.status), 10)
	b = append(b, ' ')
	b = append(b, reason(r.status)...)
	b = append(b, "\r\nDate: "...)
	b = append(b, httpDate()...)
	if !r.bodiless() {
		b = append(b, "\r\nContent-Type: "...)
		b = append(b, r.contentType...)
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.body)), 10)
	} else if r.status == 205 {
		b = append(b, "\r\nContent-Length: 0"...)
	}
	if r.status == 405 {
		b = append(b, "\r\nAllow: POST"...)
	}
	if !keepAlive {
		b = append(b, "\r\nConnection: close"...)
	} else if h.http10 {
		b = append(b, "\r\nConnection: keep-alive"...)
	}
	return append(b, "\r\n\r\n"...)
}
