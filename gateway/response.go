package main

import (
	"net"
	"strconv"
	"sync"
	"time"

	"runtimekit/gateway/internal/failure"
)

const (
	// writeStall is how long a client may take nothing of its answer.
	writeStall = 30 * time.Second
	// writePiece is what is written between two looks at that clock, singleWrite what is copied behind the head.
	writePiece  = 256 << 10
	singleWrite = 64 << 10
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
	budgeted    int    // what the body holds of the answers' budget
	extra       string // further header lines, each ending in CRLF
}

// errorResponse turns a failure into its response (contract §5).
func errorResponse(f *failure.Error) response {
	return response{status: f.Code, contentType: "application/json", body: f.JSON()}
}

var headBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// write sends the response, small ones in a single write.
func (r *response) write(conn net.Conn, h *head, keepAlive bool, p pace) error {
	buffer := headBuffers.Get().(*[]byte)
	defer headBuffers.Put(buffer)
	out := r.appendHead((*buffer)[:0], h, keepAlive)
	body := r.body
	if r.bodiless() || (h != nil && h.method == "HEAD") {
		body = nil
	}
	first := body
	if len(out)+len(body) > singleWrite {
		first = body[:singleWrite-len(out)]
	}
	out = append(out, first...)
	if cap(out) <= 16<<10 {
		*buffer = out
	}
	if err := p.write(conn, out); err != nil {
		return err
	}
	return p.write(conn, body[len(first):])
}

// bodiless reports whether HTTP allows no content with this status.
func (r *response) bodiless() bool {
	return r.status == 204 || r.status == 205 || r.status == 304
}

func (r *response) appendHead(b []byte, h *head, keepAlive bool) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(r.status), 10)
	b = append(b, ' ')
	b = append(b, statusText[r.status]...)
	b = append(b, "\r\nDate: "...)
	b = time.Now().UTC().AppendFormat(b, "Mon, 02 Jan 2006 15:04:05 GMT")
	if !r.bodiless() {
		b = append(b, "\r\nContent-Type: "...)
		b = append(b, r.contentType...)
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.body)), 10)
	} else if r.status == 205 {
		b = append(b, "\r\nContent-Length: 0"...)
	}
	if !keepAlive {
		b = append(b, "\r\nConnection: close"...)
	} else if h.http10 {
		b = append(b, "\r\nConnection: keep-alive"...)
	}
	b = append(b, "\r\n"...)
	b = append(b, r.extra...)
	return append(b, "\r\n"...)
}

// statusText holds the names of RFC 9110's statuses; others are sent without one. net/http has the same table, but
// would bring a whole server into the binary.
var statusText = map[int]string{
	200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
	205: "Reset Content", 206: "Partial Content", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Found",
	303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
	401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
	406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
	412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
	416: "Range Not Satisfiable", 417: "Expectation Failed", 421: "Misdirected Request", 422: "Unprocessable Content",
	426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
	431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
	503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
}
