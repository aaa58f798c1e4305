package main

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
)

// head is what the gateway wants to know of a request's head.
type head struct {
	method          string
	path            string
	http10          bool
	keepAlive       bool
	chunked         bool
	length          int // of the body, -1 without Content-Length
	expectsContinue bool
	encoded         bool // it has a Content-Encoding
	keys            int  // how many key headers it has
	key             []byte
	hosts           int
}

// headEnd looks for the end of the head in what has arrived so far. It returns the head's size, or 0 while it is not
// complete, or a failure as soon as what is there can no longer become a well-formed head.
func headEnd(data []byte) (int, *failure.Error) {
	line, lineStart := 0, 0
	headersStart := 0
	for i, c := range data {
		if line == 0 && i >= maxRequestLine {
			return 0, failure.New(431, "the request line is longer than %d bytes", maxRequestLine)
		}
		if line > 0 && i-headersStart >= maxHeaders+len("\r\n") {
			return 0, failure.New(431, "the headers are larger than %d bytes", maxHeaders)
		}
		switch {
		case c == '\n':
			if i == 0 || data[i-1] != '\r' {
				return 0, failure.New(400, "malformed HTTP: a line ends in LF without CR")
			}
			if i-1 == lineStart {
				return i + 1, nil
			}
			if line == 0 {
				headersStart = i + 1
			}
			line, lineStart = line+1, i+1
		case i > 0 && data[i-1] == '\r':
			return 0, failure.New(400, "malformed HTTP: CR without LF")
		case c < ' ' && c != '\t' && c != '\r', c == 0x7f:
			return 0, failure.New(400, "malformed HTTP: a control character in the request's head")
		}
	}
	return 0, nil
}

// parseHead reads a complete head, whose characters and line ends headEnd has checked. What it keeps lies in `data`.
func parseHead(data []byte) (*head, *failure.Error) {
	h := &head{length: -1}
	line, rest, _ := bytes.Cut(data, []byte("\r\n"))
	if f := h.requestLine(line); f != nil {
		return nil, f
	}
	var persistent, closing bool
	for {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found || !isToken(name) {
			return nil, failure.New(400, "malformed HTTP: a header line without a proper name")
		}
		value = bytes.Trim(value, " \t")
		if f := h.header(lower(name), value, &persistent, &closing); f != nil {
			return nil, f
		}
	}
	if h.hosts != 1 && !(h.http10 && h.hosts == 0) {
		return nil, failure.New(400, "malformed HTTP: there must be exactly one Host header")
	}
	if h.chunked && h.length >= 0 {
		return nil, failure.New(400, "malformed HTTP: Content-Length together with Transfer-Encoding")
	}
	if h.chunked && h.http10 {
		return nil, failure.New(400, "malformed HTTP: HTTP/1.0 has no Transfer-Encoding")
	}
	h.keepAlive = !closing && (!h.http10 || persistent)
	return h, nil
}

func (h *head) requestLine(line []byte) *failure.Error {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, version, found := bytes.Cut(rest, []byte(" "))
	if !found || !isToken(method) || len(target) == 0 {
		return failure.New(400, "malformed HTTP: the request line must be method, target and version")
	}
	if len(version) != len("HTTP/1.1") || !bytes.HasPrefix(version, []byte("HTTP/")) ||
		!isDigit(version[5]) || version[6] != '.' || !isDigit(version[7]) {
		return failure.New(400, "malformed HTTP: the request line does not end in a version")
	}
	if version[5] != '1' {
		return failure.New(505, "this server speaks HTTP/1.1")
	}
	h.method, h.http10 = string(method), version[7] == '0'
	return h.target(target)
}

// target keeps the path. Origin form and absolute form are for every method, the others for the one that has them.
func (h *head) target(target []byte) *failure.Error {
	if scheme, rest, found := bytes.Cut(target, []byte("://")); found && target[0] != '/' && isToken(scheme) {
		if slash := bytes.IndexByte(rest, '/'); slash >= 0 {
			target = rest[slash:]
		} else {
			target = []byte("/")
		}
	}
	path, _, _ := bytes.Cut(target, []byte("?"))
	h.path = string(path)
	switch {
	case target[0] == '/', h.method == "CONNECT", h.method == "OPTIONS" && string(target) == "*":
		return nil
	}
	return failure.New(400, "malformed HTTP: the request's target is no path")
}

func (h *head) header(name string, value []byte, persistent, closing *bool) *failure.Error {
	switch name {
	case "host":
		h.hosts++
		if bytes.ContainsAny(value, " \t,/") {
			return failure.New(400, "malformed HTTP: bad Host")
		}
	case "content-length":
		if h.length >= 0 {
			return failure.New(400, "malformed HTTP: more than one Content-Length")
		}
		var ok bool
		if h.length, ok = parseLength(value); !ok {
			return failure.New(400, "malformed HTTP: bad Content-Length")
		}
	case "transfer-encoding":
		return h.transferEncoding(value)
	case "expect":
		if h.http10 {
			return nil
		}
		if lower(value) != "100-continue" {
			return failure.New(417, "the only expectation that this server can meet is 100-continue")
		}
		h.expectsContinue = true
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
		h.encoded = true
	case keyHeader:
		h.keys++
		h.key = value
	}
	return nil
}

func (h *head) transferEncoding(value []byte) *failure.Error {
	for _, coding := range bytes.Split(value, []byte(",")) {
		switch lower(bytes.Trim(coding, " \t")) {
		case "chunked":
			if h.chunked {
				return failure.New(400, "malformed HTTP: chunked twice")
			}
			h.chunked = true
		case "":
			return failure.New(400, "malformed HTTP: bad Transfer-Encoding")
		default:
			return failure.New(501, "the only transfer coding that this server knows is chunked")
		}
	}
	return nil
}

// parseLength reads a Content-Length: digits only. One that no int can hold is merely too large.
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

// isToken reports whether a name is a token of RFC 9110: not empty, no blank, no separator.
func isToken(name []byte) bool {
	for _, c := range name {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !isDigit(c) && bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) < 0 {
			return false
		}
	}
	return len(name) > 0
}

// lower is the text in lower case; only ASCII matters to HTTP.
func lower(text []byte) string { return string(bytes.ToLower(text)) }
