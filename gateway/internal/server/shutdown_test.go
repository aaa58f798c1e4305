package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/limits"
	"runtimekit/gateway/internal/process"
)

// status reads one response and returns its status.
func status(t *testing.T, r *bufio.Reader) int {
	t.Helper()
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

// drained makes a server wait for its clients, for so long that a busy machine does not matter.
func drained(s *Server) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.drain(context.Background(), time.Minute)
	}()
	return done
}

// refusal is a protocol that answers 405 to everything.
type refusal struct{}

func (p refusal) Admit(*http1.Head) (Answerer, *http1.Response) {
	r := p.Refuse(failure.Newf(405, "no"))
	return nil, &r
}

func (refusal) Authorize(*http1.Head) *http1.Response { return nil }

func (refusal) Refuse(f *failure.Error) http1.Response { return http1.ErrorResponse(f) }

// refusing returns a server that answers 405 to every request, which needs no worker, and a connection to it.
func refusing(t *testing.T) (*Server, net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	s := &Server{protocol: refusal{}, dispatcher: &dispatch.Dispatcher{}, processors: &process.Processors{}, answers: limits.NewBudget(limits.AnswerBudget)}
	go s.Serve(listener)
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return s, conn
}

func TestStopWaitsUntilAnswersHaveArrived(t *testing.T) {
	for name, lines := range map[string]string{"kept": "", "closed": "Connection: close\r\n"} {
		t.Run(name, func(t *testing.T) {
			s, conn := refusing(t)
			_, _ = io.WriteString(conn, "PUT / HTTP/1.1\r\nHost: a\r\n"+lines+"\r\n")
			r := bufio.NewReader(conn)
			if got := status(t, r); got != 405 {
				t.Fatalf("got %d", got)
			}
			done := drained(s)
			_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := r.ReadByte(); err != io.EOF { // the client is told that this was all
				t.Fatalf("got %v", err)
			}
			select {
			case <-done:
				t.Error("T3: the server ended before its client had closed the connection")
			default:
			}
			_ = conn.Close()
			select {
			case <-done:
			case <-time.After(10 * time.Second):
				t.Error("T3: the server waits for a client that has gone")
			}
		})
	}
}

func TestStopAnswersWhoAsksDuringIt(t *testing.T) {
	s, conn := refusing(t)
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	done := drained(s)
	time.Sleep(2 * arrivalTime) // no event tells that this time is over: it is what is tested
	_, _ = io.WriteString(conn, "PUT / HTTP/1.1\r\nHost: a\r\n\r\n")
	if got := status(t, bufio.NewReader(conn)); got != 405 {
		t.Errorf("T3: got %d", got)
	}
	_ = conn.Close()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("T3: the server waits for a client that has gone")
	}
}

func TestStopDoesNotWaitForIdleConnections(t *testing.T) {
	s, conn := refusing(t)
	_, _ = io.WriteString(conn, "PUT / HTTP/1.1\r\nHost: a\r\n\r\n")
	status(t, bufio.NewReader(conn))
	aged := func() bool { // once the server has noted its answer, which it does after sending it
		s.connections.mu.Lock()
		defer s.connections.mu.Unlock()
		for c := range s.connections.set {
			if !c.answered.Load() {
				return false
			}
			c.touched.Add(-int64(2 * time.Minute))
		}
		return true
	}
	for end := time.Now().Add(10 * time.Second); !aged(); time.Sleep(time.Millisecond) { // no event tells; a deadline bounds it
		if time.Now().After(end) {
			t.Fatal("the answer was never noted")
		}
	}
	select {
	case <-drained(s):
	case <-time.After(10 * time.Second):
		t.Error("T3: the server waits for a client that has had its answer for long")
	}
}

func TestTooManyConnectionsAreToldSo(t *testing.T) {
	client, own := net.Pipe()
	defer client.Close()
	s := &Server{protocol: refusal{}, dispatcher: &dispatch.Dispatcher{}, processors: &process.Processors{}}
	go newConnection(own, s).begin(maxConnections + 1)
	if got := status(t, bufio.NewReader(client)); got != 503 {
		t.Errorf("T5: got %d", got)
	}
	other, own := net.Pipe()
	go newConnection(own, s).begin(maxConnections + maxTurnedAway + 1)
	if _, err := other.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("T5: got %v", err)
	}
}
