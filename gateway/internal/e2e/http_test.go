package e2e

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
)

// firstLine returns an answer's status line.
func firstLine(answer string) string {
	line, _, _ := strings.Cut(answer, "\r\n")
	return line
}

func TestRefusalsInOrder(t *testing.T) {
	g := startGateway(t, "serial").ready()
	key := "X-Internal-Challenge: " + testKey + "\r\n"
	const start = "POST / HTTP/1.1\r\nHost: a\r\n"
	for _, c := range []struct{ name, text, want string }{
		{"R0 malformed before everything", "GET /healthz HTTP/1.1\nHost: a\r\n\r\n", "400"},
		{"R9 large headers", start + "A: " + strings.Repeat("a", 70_000) + "\r\n\r\n", "431"},
		{"garbage", strings.Repeat("\x00", 1_000_000), "400"},
		{"R10 other method", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "405"},
		{"R1 no key", start + "Content-Length: 2\r\n\r\n{}", "401"},
		{"R1 key twice", start + key + key + "Content-Length: 2\r\n\r\n{}", "401"},
		{"R1 wrong and right key", start + "X-Internal-Challenge: x\r\n" + key + "Content-Length: 2\r\n\r\n{}", "401"},
		{"R1 empty key", start + "X-Internal-Challenge:\r\nContent-Length: 2\r\n\r\n{}", "401"},
		{"R1 prefix", start + "X-Internal-Challenge: " + testKey[:5] + "\r\nContent-Length: 2\r\n\r\n{}", "401"},
		{"R1 suffix", start + "X-Internal-Challenge: " + testKey + "x\r\nContent-Length: 2\r\n\r\n{}", "401"},
		{"R1 upper case", start + strings.ToUpper(key) + "Content-Length: 2\r\n\r\n{}", "401"},
		{"R1 in a trailer", start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + key + "\r\n", "401"},
		{"R3 wrong key, much rubbish", start + "Content-Length: 20971520\r\n\r\n" + strings.Repeat("x", 20<<20), "401"},
		{"R5 encoding", start + key + "Content-Encoding: gzip\r\nContent-Length: 99999999\r\n\r\n", "415"},
		{"R9 one byte more", start + key + "Content-Length: 20971521\r\n\r\n", "413"},
		{"R9 one byte more, chunked", start + key + "Transfer-Encoding: chunked\r\n\r\n1400001\r\n", "413"},
		{"R5 not JSON", start + key + "Connection: close\r\nContent-Length: 1\r\n\r\n{", "400"},
		{"R8 no such file", start + key + "Connection: close\r\nContent-Length: 12\r\n\r\n{\"file\":\"x\"}", "404"},
		{"malformed chunk", start + key + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
		{"HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "405"},
		{"healthz", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := g.raw(c.text)
			if line := firstLine(answer); !strings.HasPrefix(line, "HTTP/1.1 "+c.want) {
				t.Fatalf("got %q, want %s", line, c.want)
			}
			head, body, _ := strings.Cut(answer, "\r\n\r\n")
			if c.want == "405" && !strings.Contains(head, "\r\nAllow: POST") {
				t.Errorf("no Allow in %q", head)
			}
			if c.want == "401" && body != `{"code":401,"message":"unauthorized"}` {
				t.Errorf("body is %q", body)
			}
			if c.name == "HEAD" && body != "" {
				t.Errorf("HEAD got the body %q", body)
			}
		})
	}
	g.alive()
}

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	g := startGateway(t, "serial").ready()
	conn := g.dial()
	defer conn.Close()
	var text strings.Builder
	for i := range 100 {
		body := fmt.Sprintf(`{"payload":"number %d"}`, i)
		fmt.Fprintf(&text, "%s", rawRequest(fmt.Sprintf("Content-Length: %d\r\n", len(body)), body))
	}
	go func() { _, _ = io.WriteString(conn, text.String()) }()
	r := bufio.NewReader(conn)
	for i := range 100 {
		if a := readReply(t, r); a.status != 200 || !strings.Contains(a.body, fmt.Sprintf(`"number %d"`, i)) {
			t.Fatalf("answer %d is %d %s", i, a.status, a.body)
		}
	}
}

func TestContinueIsSaidOnlyToThoseWhoMayGoOn(t *testing.T) {
	g := startGateway(t, "serial").ready()
	conn := g.dial()
	defer conn.Close()
	_, _ = io.WriteString(conn, rawRequest("Expect: 100-continue\r\nContent-Length: 2\r\n", ""))
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("got %q, %v", line, err)
	}
	_, _ = r.ReadString('\n')
	_, _ = io.WriteString(conn, "{}")
	if a := readReply(t, r); a.status != 200 {
		t.Errorf("got %d", a.status)
	}
	answer := g.raw("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	if !strings.HasPrefix(answer, "HTTP/1.1 401") {
		t.Errorf("without the key: %q", firstLine(answer))
	}
}

func TestHTTP10ClosesUnlessAsked(t *testing.T) {
	g := startGateway(t, "serial").ready()
	answer := g.raw("POST / HTTP/1.0\r\nX-Internal-Challenge: " + testKey + "\r\nContent-Length: 2\r\n\r\n{}")
	if !strings.HasPrefix(answer, "HTTP/1.1 200") || !strings.Contains(answer, "Connection: close") {
		t.Errorf("got %q", failure.Clip(answer))
	}
}

func TestChunkedBodyIsCalled(t *testing.T) {
	g := startGateway(t, "serial").ready()
	answer := g.raw(rawRequest("Connection: close\r\nTransfer-Encoding: chunked\r\n", "2\r\n{\"\r\n11\r\npayload\":\"chunk\"}\r\n0\r\n\r\n"))
	if !strings.HasPrefix(answer, "HTTP/1.1 200") || !strings.Contains(answer, `"payload":"chunk"`) {
		t.Errorf("got %q", failure.Clip(answer))
	}
}

func TestLargestBodyAndAnswer(t *testing.T) {
	g := startGateway(t, "serial").ready()
	const around = len(`{"payload":""}`)
	if r := g.post(`{"payload":"` + strings.Repeat("x", http1.MaxBody-around) + `"}`); r.status != 200 && r.message == "" {
		t.Errorf("a body of 20 MiB got %d", r.status)
	}
	if r := g.do(fmt.Sprintf("big %d", frames.MaxAnswer), ""); r.status != 200 || len(r.body) != frames.MaxAnswer {
		t.Errorf("an answer of 20 MiB arrived as %d with %d bytes", r.status, len(r.body))
	}
	if r := g.do(fmt.Sprintf("big %d", frames.MaxAnswer+1), ""); r.status != 500 || !strings.Contains(r.message, "20971520") {
		t.Errorf("an answer of one byte more got %d %s", r.status, failure.Clip(r.message))
	}
	g.alive()
}

func TestStatusesWithoutContent(t *testing.T) {
	g := startGateway(t, "serial").ready()
	for _, c := range []struct {
		status int
		body   string
	}{{200, "body"}, {204, ""}, {304, ""}, {205, ""}, {299, "body"}, {404, "body"}, {599, "body"}} {
		if r := g.do(fmt.Sprintf("status %d", c.status), ""); r.status != c.status || r.body != c.body {
			t.Errorf("status %d arrived as %d %q", c.status, r.status, r.body)
		}
	}
	for _, status := range []int{0, 100, 199, 600, 999, -1} {
		r := g.do(fmt.Sprintf("status %d", status), "")
		if r.status != 500 || !strings.Contains(r.message, fmt.Sprint(status)) {
			t.Errorf("status %d arrived as %d %q", status, r.status, r.message)
		}
	}
}

func TestIdleConnectionsDoNoHarm(t *testing.T) {
	g := startGateway(t, "serial").ready()
	for range 200 {
		defer g.dial().Close()
	}
	begin := time.Now()
	g.alive()
	if spent := time.Since(begin); spent > time.Second {
		t.Errorf("took %v", spent)
	}
}
