package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"runtimekit/gateway/internal/frames"
)

// Requests of clients that have reset their connection while they waited are not executed.
func TestRequestsOfResetClientsAreNotExecuted(t *testing.T) {
	g := startGateway(t, "shared").ready()
	sleepers := make(chan []reply)
	requests := make([][2]string, frames.MaxRunning)
	for i := range requests {
		requests[i] = [2]string{"sleep 1500", ""}
	}
	go func() { sleepers <- g.together(requests...) }()
	g.until("all that can run do", func() bool { return strings.Count(g.log.String(), "asleep\n") == frames.MaxRunning })
	body := `{"payload":"exit 3"}`
	request := rawRequest(fmt.Sprintf("Content-Length: %d\r\n", len(body)), body)
	var crowd []net.Conn
	for range 300 {
		conn := g.dial()
		_, _ = io.WriteString(conn, request)
		crowd = append(crowd, conn)
	}
	plain := `{"payload":"x"}`
	patient := g.dial()
	defer patient.Close()
	_, _ = io.WriteString(patient, rawRequest(fmt.Sprintf("Content-Length: %d\r\n", len(plain)), plain))
	_ = patient.(*net.TCPConn).CloseWrite()
	for _, conn := range crowd {
		_ = conn.(*net.TCPConn).SetLinger(0) // a reset
		_ = conn.Close()
	}
	for _, r := range <-sleepers {
		if r.status != 200 {
			t.Errorf("one that ran got %d %s", r.status, r.body)
		}
	}
	if r := readReply(t, bufio.NewReader(patient)); r.status != 200 {
		t.Errorf("T4: the client that only closed its sending side got %d %s", r.status, r.body)
	}
	g.alive()
	if times := strings.Count(g.log.String(), "before the end"); times > 0 {
		t.Errorf("T4: %d requests of clients that had gone were executed", times)
	}
}
