package http1

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/limits"
)

// readHeadText measures and parses a head, as a connection does. It returns the status of the failure, 0 while the head
// is incomplete, 200 if it is well-formed.
func readHeadText(text string) (*Head, int) {
	size, f := HeadSize([]byte(text))
	if f != nil {
		return nil, f.Code
	}
	if size == 0 {
		return nil, 0
	}
	h, f := ParseHead([]byte(text)[:size])
	if f != nil {
		return nil, f.Code
	}
	return h, 200
}

func TestNamesMayHaveAnyCase(t *testing.T) {
	for _, line := range []string{"x-internal-challenge", "X-Internal-Challenge", "X-INTERNAL-CHALLENGE"} {
		h, code := readHeadText("POST / HTTP/1.1\r\nHOST: a\r\n" + line + ": key\r\nCONTENT-length: 7\r\n" + line + "-2: b\r\n\r\n")
		if code != 200 || string(h.Key) != "key" || h.Keys != 1 || h.Length != 7 {
			t.Errorf("%s: got %+v, %d", line, h, code)
		}
	}
}

func TestHeadIsStrict(t *testing.T) {
	const start = "POST / HTTP/1.1\r\nHost: a\r\n"
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"plain", start + "\r\n", 200},
		{"not complete", start, 0},
		{"bare LF", "POST / HTTP/1.1\nHost: a\r\n\r\n", 400},
		{"bare LF at the end", start + "\n", 400},
		{"bare CR", "POST / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400},
		{"NUL in a value", start + "A: \x00\r\n\r\n", 400},
		{"DEL in a value", start + "A: \x7f\r\n\r\n", 400},
		{"TLS hello", "\x16\x03\x01\x02\x00\x01", 400},
		{"zeros", strings.Repeat("\x00", 100), 400},
		{"space before the colon", start + "A : b\r\n\r\n", 400},
		{"folded line", start + "A: b\r\n c\r\n\r\n", 400},
		{"no colon", start + "A\r\n\r\n", 400},
		{"empty name", start + ": b\r\n\r\n", 400},
		{"bytes above ASCII in a value", start + "A: \xff\xc3\xa9\r\n\r\n", 200},
		{"bytes above ASCII in a name", start + "\xc3: b\r\n\r\n", 400},
		{"a name that is longer than any that matters", start + "X-Internal-Challenge-And-More: b\r\n\r\n", 200},
		{"a long name with a blank", start + "X-Internal-Challenge-And-More : b\r\n\r\n", 400},
		{"no version", "POST /\r\nHost: a\r\n\r\n", 400},
		{"two blanks", "POST  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"bad version", "POST / HTTX/1.1\r\nHost: a\r\n\r\n", 400},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505},
		{"HTTP/0.9", "POST / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
		{"HTTP/1.0 without Host", "POST / HTTP/1.0\r\n\r\n", 200},
		{"HTTP/1.1 without Host", "POST / HTTP/1.1\r\n\r\n", 400},
		{"two Hosts", start + "Host: b\r\n\r\n", 400},
		{"target without slash", "POST a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"absolute target", "POST http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 200},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200},
		{"two lengths", start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
		{"list of lengths", start + "Content-Length: 1, 1\r\n\r\n", 400},
		{"negative length", start + "Content-Length: -1\r\n\r\n", 400},
		{"signed length", start + "Content-Length: +1\r\n\r\n", 400},
		{"hexadecimal length", start + "Content-Length: 0x1\r\n\r\n", 400},
		{"empty length", start + "Content-Length:\r\n\r\n", 400},
		{"huge length", start + "Content-Length: 99999999999999999999999\r\n\r\n", 200},
		{"length and coding", start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"chunked", start + "Transfer-Encoding: Chunked\r\n\r\n", 200},
		{"chunked twice", start + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400},
		{"gzip coding", start + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
		{"identity coding", start + "Transfer-Encoding: identity\r\n\r\n", 501},
		{"coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"expectation", start + "Expect: 100-Continue\r\n\r\n", 200},
		{"other expectation", start + "Expect: tea\r\n\r\n", 417},
		{"15 KB key", start + "x-internal-challenge: " + strings.Repeat("k", 15_000) + "\r\n\r\n", 200},
		{"headers of exactly 16 KiB", "POST / HTTP/1.1\r\nHost: a\r\nA: " + strings.Repeat("k", maxHeaders-14) + "\r\n\r\n", 200},
		{"one byte more", "POST / HTTP/1.1\r\nHost: a\r\nA: " + strings.Repeat("k", maxHeaders-13) + "\r\n\r\n", 431},
		{"endless headers", start + strings.Repeat("A: b\r\n", 5000), 431},
		{"endless request line", "POST /" + strings.Repeat("a", 9000), 431},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, got := readHeadText(c.text); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestKeepAliveFollowsVersionAndHeader(t *testing.T) {
	for text, want := range map[string]bool{
		"POST / HTTP/1.1\r\nHost: a\r\n\r\n":                             true,
		"POST / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n":     false,
		"POST / HTTP/1.0\r\n\r\n":                                        false,
		"POST / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n":              true,
		"POST / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: x\r\n\r\n": true,
	} {
		if h, _ := readHeadText(text); h == nil || h.KeepAlive != want {
			t.Errorf("%q: got %+v, want %v", text, h, want)
		}
	}
}

func TestChunkedBodies(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		code             int // 0: the body is fine; -1: an error without an answer of its own
	}{
		{"two chunks", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde", 0},
		{"trailer", "1\r\na\r\n0\r\nX-Internal-Challenge: k\r\n\r\n", "a", 0},
		{"empty", "0\r\n\r\n", "", 0},
		{"bare LF", "1\na\r\n0\r\n\r\n", "", 400},
		{"not hexadecimal", "g\r\na\r\n0\r\n\r\n", "", 400},
		{"signed", "+1\r\na\r\n0\r\n\r\n", "", 400},
		{"empty size", "\r\na\r\n0\r\n\r\n", "", 400},
		{"no CRLF behind a chunk", "1\r\naXX0\r\n\r\n", "", 400},
		{"overflowing size", "ffffffffffffffffff\r\n", "", 413},
		{"too large", "1400001\r\n", "", 413},
		{"bad trailer", "0\r\nx y\r\n\r\n", "", 400},
		{"endless size line", "1;" + strings.Repeat("x", 2000) + "\r\n", "", 400},
		{"endless trailers", "0\r\n" + strings.Repeat("A: b\r\n", 4000) + "\r\n", "", 431},
		{"cut off", "5\r\nab", "", -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := limits.NewBudget(limits.BodyBudget)
			r := bufio.NewReader(strings.NewReader(c.text))
			body, err := ReadBody(r, &Head{Chunked: true, Length: -1}, b, func(*limits.Lane, int) error { return nil })
			var f *failure.Error
			switch {
			case err == nil:
				if c.code != 0 || string(body.Data) != c.want {
					t.Errorf("got %q", body.Data)
				}
				body.Release()
			case errors.As(err, &f):
				if f.Code != c.code {
					t.Errorf("got %v, want %d", f, c.code)
				}
			case c.code != -1:
				t.Errorf("got %v, want %d", err, c.code)
			}
			if free := b.Free(); free != limits.BodyBudget {
				t.Errorf("%d bytes of the budget are lost", limits.BodyBudget-free)
			}
		})
	}
}
