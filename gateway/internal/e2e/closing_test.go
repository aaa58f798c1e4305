package e2e

import (
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sent writes a request with a body and further header lines on a connection.
func sent(conn net.Conn, lines, body string) error {
	_, err := io.WriteString(conn, rawRequest(fmt.Sprintf("%sContent-Length: %d\r\n", lines, len(body)), body))
	return err
}

func TestClientThatSendsOnStillGetsItsAnswer(t *testing.T) {
	g := startGateway(t, "serial").ready()
	conn := g.dial()
	defer conn.Close()
	// The server answers and closes its side while the client still sends.
	if err := sent(conn, "Connection: close\r\n", "{}"); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if _, err := io.WriteString(conn, strings.Repeat("x", 1<<20)); err != nil {
			t.Fatalf("sending on: %v", err)
		}
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200") {
		t.Errorf("got %q, %v", firstLine(string(answer)), err)
	}
	g.alive()
}

func TestClientThatSendsSlowlyIsNotReset(t *testing.T) {
	t.Parallel()
	g := startGateway(t, "serial").ready()
	for name, start := range map[string]string{
		"R1":  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
		"R9":  rawRequest("Content-Length: 99999999\r\n", ""),
		"R10": "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
		"R0":  "POST / HTTP/1.1\nHost: a\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := g.dial()
			defer conn.Close()
			_, _ = io.WriteString(conn, start)
			for range 2 {
				time.Sleep(1200 * time.Millisecond) // what is tested is a client that is this slow
				if _, err := io.WriteString(conn, "more"); err != nil {
					t.Fatalf("sending on: %v", err)
				}
			}
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 4") {
				t.Errorf("got %q, %v", firstLine(string(answer)), err)
			}
		})
	}
}

func TestStopAnswersWhoHasConnectedBeforeIt(t *testing.T) {
	g := startGateway(t, "shared").ready()
	conns := make([]net.Conn, 16)
	for i := range conns {
		conns[i] = g.dial()
		defer conns[i].Close()
	}
	g.signal(syscall.SIGTERM)
	for _, conn := range conns {
		_ = sent(conn, "", "{}")
	}
	for i, conn := range conns {
		answer, err := io.ReadAll(conn)
		if line := firstLine(string(answer)); err != nil || (!strings.Contains(line, " 200 ") && !strings.Contains(line, " 503 ")) {
			t.Errorf("T3: request %d got %q, %v", i, line, err)
		}
		_ = conn.Close()
	}
	if code := g.exitCode(2 * time.Second); code != 0 {
		t.Errorf("T3: exit code %d", code)
	}
}
