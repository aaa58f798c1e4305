package http1

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"runtimekit/gateway/internal/failure"
)

const (
	// writeStall is how long a client may take nothing of its answer.
	writeStall = 30 * time.Second
	// writePiece is how many bytes are written before the pace is checked again.
	writePiece = 256 << 10
	// singleWrite is the size up to which head and body go out in one write.
	singleWrite = 64 << 10
)

// Values of Content-Type for a function's answers.
const (
	ContentText = "text/plain; charset=utf-8"
	ContentJSON = "application/json; charset=utf-8"
)

// Response is an answer to a client.
type Response struct {
	Status      int
	ContentType string
	Body        []byte
	Reserved    int            // how many bytes of the answers' budget the body has
	Header      string         // further header lines, each ending in CRLF
	Failure     *failure.Error // why the function has not answered, nil if it has
	Own         bool           // the server tells of itself: health, timings, metrics. No function was asked for.
}

// ErrorResponse returns the response that tells a client of a failure (contract §5).
func ErrorResponse(f *failure.Error) Response {
	return Response{Status: f.Code, ContentType: "application/json", Body: f.JSON(), Failure: f}
}

var headBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// Write sends the response to a request, at a pace. The head is nil if the request had no well-formed one.
func (r *Response) Write(conn net.Conn, h *Head, keepAlive bool, p Pace) error {
	buffer := headBuffers.Get().(*[]byte)
	defer headBuffers.Put(buffer)
	out := r.appendHead((*buffer)[:0], h, keepAlive)
	body := r.Body
	if r.bodiless() || (h != nil && h.Method == "HEAD") {
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
	if err := p.Write(conn, out); err != nil {
		return err
	}
	return p.Write(conn, body[len(first):])
}

// bodiless reports whether HTTP allows no content with the response's status (RFC 9110, 15).
func (r *Response) bodiless() bool {
	return r.Status == 204 || r.Status == 205 || r.Status == 304
}

func (r *Response) appendHead(b []byte, h *Head, keepAlive bool) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(r.Status), 10)
	b = append(b, ' ')
	b = append(b, statusText[r.Status]...)
	b = append(b, "\r\nDate: "...)
	b = append(b, date(time.Now())...)
	if !r.bodiless() {
		b = append(b, "\r\nContent-Type: "...)
		b = append(b, r.ContentType...)
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.Body)), 10)
	} else if r.Status == 205 {
		b = append(b, "\r\nContent-Length: 0"...)
	}
	if !keepAlive {
		b = append(b, "\r\nConnection: close"...)
	} else if h.http10 {
		b = append(b, "\r\nConnection: keep-alive"...)
	}
	b = append(b, "\r\n"...)
	b = append(b, r.Header...)
	return append(b, "\r\n"...)
}

// datedSecond is a second and its text in a Date line.
type datedSecond struct {
	second int64
	text   string
}

var lastDate atomic.Pointer[datedSecond]

// date returns the text of a moment in a Date line. All answers of a second share it.
func date(now time.Time) string {
	last := lastDate.Load()
	if last == nil || last.second != now.Unix() {
		last = &datedSecond{now.Unix(), now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}
		lastDate.Store(last)
	}
	return last.text
}

// statusText holds the reason phrases of RFC 9110. Other statuses are sent without one. net/http has the same table,
// but would add a whole server to the binary.
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
