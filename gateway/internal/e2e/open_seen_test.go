package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"runtimekit/gateway/internal/testworker"
)

func TestOpenHeaders(t *testing.T) {
	o := startOpen(t, "serial", `OPEN_RUNTIMES_HEADERS={"x-custom":"value","X-CUSTOM-UPPERCASE":"Value2","x-open-runtimes-custom":248, "x-list": [1, {"a": "b"}]}`)
	got := o.raw(rawOpen("GET /", "Cookie: a=b; c=d=e\r\nCookie: f=g\r\nX-Two: 1\r\nx-two:   2 \r\nX-Custom: client\r\nX-Empty:\r\nX-Latin: \xe9\r\nX-Utf: \xc3\xa9\r\n", ""))
	for _, want := range []string{
		`"cookie":"a=b; c=d=e; f=g"`, `"x-two":"1, 2"`, `"x-custom":"value"`, `"x-custom-uppercase":"Value2"`, `"x-open-runtimes-custom":"248"`,
		`"x-list":"[1,{\"a\":\"b\"}]"`, `"x-empty":""`, `"x-latin":"é"`, `"x-utf":"é"`, `"host":"example.org:8080"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("V19, V20: %s is missing in %s", want, got)
		}
	}
	for _, wrong := range []string{"", "[]", "nonsense", `{"a":`, "null"} {
		o := startOpen(t, "serial", "OPEN_RUNTIMES_HEADERS="+wrong)
		if seen := o.see("GET", "/", ""); seen.Headers["host"] == "" {
			t.Errorf("V20: with %q the function sees %v", wrong, seen.Headers)
		}
	}
}

func TestOpenAddress(t *testing.T) {
	o := startOpen(t, "serial")
	for _, c := range []struct{ line, host, lines, want string }{
		{"GET /a%20b/ä?x=%20y&&=z", "example.org:8080", "", `http|example.org|8080|/a%20b/ä|x=%20y&&=z|http://example.org:8080/a%20b/ä?x=%20y&&=z|map[x:%20y]`},
		{"GET /", "example.org", "", "http|example.org|80|/||http://example.org/|map[]"},
		{"GET /?", "example.org:80", "", "http|example.org|80|/||http://example.org/|map[]"},
		{"GET /", "example.org", "X-Forwarded-Proto: https\r\n", "https|example.org|443|/||https://example.org/|map[]"},
		{"GET /", "example.org:443", "X-Forwarded-Proto: https\r\n", "https|example.org|443|/||https://example.org/|map[]"},
		{"GET /", "[::1]:3000", "", "http|[::1]|3000|/||http://[::1]:3000/|map[]"},
		{"GET /", "[::1]", "", "http|[::1]|80|/||http://[::1]/|map[]"},
		{"GET /?a=b&c==d&e=f=g=&h&i=j&&k&a=last", "a", "", "http|a|80|/|a=b&c==d&e=f=g=&h&i=j&&k&a=last|http://a/?a=b&c==d&e=f=g=&h&i=j&&k&a=last|map[a:last c:=d e:f=g= h: i:j k:]"},
		{"GET http://other/x?y?z=1", "a", "", "http|a|80|/x|y?z=1|http://a/x?y?z=1|map[y?z:1]"},
		{"OPTIONS *", "a", "", "http|a|80|*||http://a*|map[]"},
	} {
		text := c.line + " HTTP/1.1\r\nHost: " + c.host + "\r\nConnection: close\r\nX-Open-Runtimes-Secret: " + testSecret + "\r\n" + c.lines + "\r\n"
		s := seenIn(t, o.raw(text))
		got := fmt.Sprintf("%s|%s|%d|%s|%s|%s|%v", s.Scheme, s.Host, s.Port, s.Path, s.QueryString, s.URL, s.Query)
		if got != c.want {
			t.Errorf("V21 to V23: %s of %s is seen as\n%s, want\n%s", c.line, c.host, got, c.want)
		}
	}
	if got := o.raw("GET / HTTP/1.1\r\nHost: a:x\r\nX-Open-Runtimes-Secret: " + testSecret + "\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("V21: a host without a proper port got %q", got)
	}
}

func TestOpenBodies(t *testing.T) {
	o := startOpen(t, "serial")
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, body := range []string{"x", string(every), strings.Repeat(string(every), 17<<20>>8)} {
		r := o.send("PUT", "/", "echo", body, "Content-Encoding: gzip", "Content-Type: image/png")
		if r.status != 200 || r.body != body {
			_, problem := o.logged(r)
			t.Errorf("V24, V25: %d bytes came back as %d %s, %d bytes: %s", len(body), r.status, r.message, len(r.body), problem)
		}
	}
	if got := o.raw(rawOpen("POST /", "X-Do: echo\r\nTransfer-Encoding: chunked\r\n", "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")); !strings.HasSuffix(got, "\r\n\r\nabc") {
		t.Errorf("V24: a chunked body came back as %q", got)
	}
	for _, lines := range []string{fmt.Sprintf("Content-Length: %d\r\n", 20<<20+1), "Expect: 100-continue\r\nContent-Length: 23000000\r\n"} {
		got := o.raw(rawOpen("POST /", "X-Do: log called\r\n"+lines, ""))
		if !strings.HasPrefix(got, "HTTP/1.1 413") || strings.Contains(got, "100 Continue") {
			t.Errorf("V25: %q got %q", lines, got)
		}
	}
	if names := o.files(); len(names) > 0 {
		t.Errorf("V25: the function was called: %q", names)
	}
	if got := o.raw(rawOpen("POST /", "X-Do: echo\r\nExpect: 100-continue\r\nContent-Length: 1\r\n", "x")); !strings.Contains(got, "HTTP/1.1 200") || !strings.HasSuffix(got, "\r\n\r\nx") {
		t.Errorf("V25: Expect got %q", got)
	}
	for _, lines := range []string{"", "Content-Length: 0\r\n"} {
		if got := o.raw(rawOpen("GET /", "X-Do: echo\r\n"+lines, "")); !strings.HasPrefix(got, "HTTP/1.1 200") || !strings.HasSuffix(got, "\r\n\r\n") {
			t.Errorf("V26: %q got %q", lines, got)
		}
	}
}

func TestOpenEnvironment(t *testing.T) {
	o := startOpen(t, "serial", "CUSTOM_ENV_VAR=customValue", "OPEN_RUNTIMES_MEMORY=512", "CI=true", "RUNTIME_SHAPE=other")
	environ := strings.Join(o.see("GET", "/", "").Environ, "\n")
	for _, want := range []string{"CUSTOM_ENV_VAR=customValue", "OPEN_RUNTIMES_MEMORY=512", "CI=true", "RUNTIME_SHAPE=context"} {
		if !strings.Contains(environ, want) {
			t.Errorf("V37: %s is missing in %s", want, environ)
		}
	}
	if strings.Contains(environ, "RUNTIME_SHAPE=other") {
		t.Error("D2: the container's environment chooses the shape")
	}
}

// seenIn returns what a function says, in an answer as it was sent, that it has seen.
func seenIn(t *testing.T, answer string) (seen testworker.Seen) {
	t.Helper()
	_, body, _ := strings.Cut(answer, "\r\n\r\n")
	if err := json.Unmarshal([]byte(body), &seen); err != nil {
		t.Errorf("%q: %v", answer, err)
	}
	return seen
}
