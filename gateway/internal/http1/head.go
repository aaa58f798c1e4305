// Package http1 reads requests and writes responses of HTTP/1.1, strictly (RFC 9112; docs/contract.md R0, R9). It knows
// nothing of the function that is called: its callers own the connections, the order of the checks and the answers.
package http1

import (
	"bytes"
	"math"
	"strconv"

	"runtimekit/gateway/internal/failure"
)

const (
	// maxRequestLine and maxHeaders bound the two parts of a request's head (contract R9).
	maxRequestLine = 8 << 10
	maxHeaders     = 16 << 10
	keyHeader      = "x-internal-challenge"
	idHeader       = "x-request-id"
)

// Head holds the parts of a request's head that the gateway needs.
type Head struct {
	Method          string
	Path            string
	Target          []byte // path and query as they were sent, in the memory of the head
	Fields          []byte // the header lines, each with its line end, in the memory of the head
	http10          bool
	KeepAlive       bool
	Chunked         bool
	Length          int // of the body, -1 without Content-Length
	ExpectsContinue bool
	Encoded         bool // it has a Content-Encoding
	Keys            int  // how many key headers it has
	Key             []byte
	IDs             int    // how many request id headers it has
	ID              []byte // the request id as it was sent
	GivenID         string // the id that the server has given to the request, "" if it gives none
	hosts           int
}

// HeadSize returns the size of the request head at the start of data, or 0 if its end has not arrived yet. It fails as
// soon as the data cannot become a well-formed head any more.
func HeadSize(data []byte) (int, *failure.Error) {
	line, lineStart := 0, 0
	headersStart := 0
	for i, c := range data {
		if line == 0 && i >= maxRequestLine {
			return 0, failure.Newf(431, "the request line is longer than %d bytes", maxRequestLine)
		}
		if line > 0 && i-headersStart >= maxHeaders+len("\r\n") {
			return 0, failure.Newf(431, "the headers are larger than %d bytes", maxHeaders)
		}
		switch {
		case c == '\n':
			if i == 0 || data[i-1] != '\r' {
				return 0, failure.Newf(400, "malformed HTTP: a line ends in LF without CR")
			}
			if i-1 == lineStart {
				return i + 1, nil
			}
			if line == 0 {
				headersStart = i + 1
			}
			line, lineStart = line+1, i+1
		case i > 0 && data[i-1] == '\r':
			return 0, failure.Newf(400, "malformed HTTP: CR without LF")
		case c < ' ' && c != '\t' && c != '\r', c == 0x7f:
			return 0, failure.Newf(400, "malformed HTTP: a control character in the request's head")
		}
	}
	return 0, nil
}

// ParseHead reads a complete head, which HeadSize has measured and checked. Head.Key, Head.ID, Head.Target and
// Head.Fields share the memory of data.
func ParseHead(data []byte) (*Head, *failure.Error) {
	h := &Head{Length: -1}
	line, rest, _ := bytes.Cut(data, []byte("\r\n"))
	if f := h.requestLine(line); f != nil {
		return nil, f
	}
	h.Fields = rest
	var persistent, closing bool
	var buffer [len(keyHeader)]byte // for the longest name that matters
	for {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found || !isToken(name) {
			return nil, failure.Newf(400, "malformed HTTP: a header line without a proper name")
		}
		if len(name) > len(buffer) {
			continue
		}
		value = bytes.Trim(value, " \t")
		if f := h.header(appendLower(buffer[:0], name), value, &persistent, &closing); f != nil {
			return nil, f
		}
	}
	if h.hosts != 1 && !(h.http10 && h.hosts == 0) {
		return nil, failure.Newf(400, "malformed HTTP: there must be exactly one Host header")
	}
	if h.Chunked && h.Length >= 0 {
		return nil, failure.Newf(400, "malformed HTTP: Content-Length together with Transfer-Encoding")
	}
	if h.Chunked && h.http10 {
		return nil, failure.Newf(400, "malformed HTTP: HTTP/1.0 has no Transfer-Encoding")
	}
	h.KeepAlive = !closing && (!h.http10 || persistent)
	return h, nil
}

func (h *Head) requestLine(line []byte) *failure.Error {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, version, found := bytes.Cut(rest, []byte(" "))
	if !found || !isToken(method) || len(target) == 0 {
		return failure.Newf(400, "malformed HTTP: the request line must be method, target and version")
	}
	if len(version) != len("HTTP/1.1") || !bytes.HasPrefix(version, []byte("HTTP/")) ||
		!isDigit(version[5]) || version[6] != '.' || !isDigit(version[7]) {
		return failure.Newf(400, "malformed HTTP: the request line does not end in a version")
	}
	if version[5] != '1' {
		return failure.Newf(505, "this server speaks HTTP/1.1")
	}
	h.Method, h.http10 = string(method), version[7] == '0'
	return h.target(target)
}

// target reads the path. Every method may have a target in origin form or absolute form; `*` is for OPTIONS alone, and
// an address without a path for CONNECT.
func (h *Head) target(target []byte) *failure.Error {
	if scheme, rest, found := bytes.Cut(target, []byte("://")); found && target[0] != '/' && isToken(scheme) {
		if slash := bytes.IndexByte(rest, '/'); slash >= 0 {
			target = rest[slash:]
		} else {
			target = []byte("/")
		}
	}
	path, _, _ := bytes.Cut(target, []byte("?"))
	h.Path, h.Target = string(path), target
	switch {
	case target[0] == '/', h.Method == "CONNECT", h.Method == "OPTIONS" && string(target) == "*":
		return nil
	}
	return failure.Newf(400, "malformed HTTP: the request's target is no path")
}

func (h *Head) header(name, value []byte, persistent, closing *bool) *failure.Error {
	switch string(name) {
	case "host":
		h.hosts++
		if bytes.ContainsAny(value, " \t,/") {
			return failure.Newf(400, "malformed HTTP: bad Host")
		}
	case "content-length":
		if h.Length >= 0 {
			return failure.Newf(400, "malformed HTTP: more than one Content-Length")
		}
		var ok bool
		if h.Length, ok = parseLength(value); !ok {
			return failure.Newf(400, "malformed HTTP: bad Content-Length")
		}
	case "transfer-encoding":
		return h.transferEncoding(value)
	case "expect":
		if h.http10 {
			return nil
		}
		if lower(value) != "100-continue" {
			return failure.Newf(417, "the only expectation that this server can meet is 100-continue")
		}
		h.ExpectsContinue = true
	case "connection":
		for _, option := range bytes.Split(value, []byte(",")) {
			switch lower(bytes.Trim(option, " \t")) {
			case "close":
				*closing = true
			case "keep-alive":
				*persistent = true
			}
		}
	case "content-encoding":
		h.Encoded = true
	case keyHeader:
		h.Keys++
		h.Key = value
	case idHeader:
		h.IDs++
		h.ID = value
	}
	return nil
}

func (h *Head) transferEncoding(value []byte) *failure.Error {
	for _, coding := range bytes.Split(value, []byte(",")) {
		switch lower(bytes.Trim(coding, " \t")) {
		case "chunked":
			if h.Chunked {
				return failure.Newf(400, "malformed HTTP: chunked twice")
			}
			h.Chunked = true
		case "":
			return failure.Newf(400, "malformed HTTP: bad Transfer-Encoding")
		default:
			return failure.Newf(501, "the only transfer coding that this server knows is chunked")
		}
	}
	return nil
}

// parseLength reads a Content-Length, which has digits only. A number that no int can hold counts as the largest int.
func parseLength(value []byte) (int, bool) {
	for _, c := range value {
		if !isDigit(c) {
			return 0, false
		}
	}
	if len(value) == 0 {
		return 0, false
	}
	length, err := strconv.Atoi(string(value))
	if err != nil {
		return math.MaxInt, true
	}
	return length, true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// IsToken reports whether a text can be the name of a header.
func IsToken(text string) bool { return isToken([]byte(text)) }

// isToken reports whether a name is a token (RFC 9110, 5.6.2).
func isToken(name []byte) bool {
	for _, c := range name {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !isDigit(c) && bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) < 0 {
			return false
		}
	}
	return len(name) > 0
}

// lower returns the text in lower case. HTTP's own names are ASCII.
func lower(text []byte) string { return string(bytes.ToLower(text)) }

// appendLower appends a token in lower case.
func appendLower(b, token []byte) []byte {
	for _, c := range token {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		b = append(b, c)
	}
	return b
}
