package e2e

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"runtimekit/gateway/internal/failure"
)

// beyondBuffers is more bytes than the kernel buffers: a client that has sent so many knows that the server reads them.
const beyondBuffers = 16 << 20

// stalled begins to upload the largest body, and stops after `sent` bytes.
func (g *instance) stalled(t *testing.T, sent int) {
	conn := g.dial()
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, rawRequest("Content-Length: 20971520\r\n", strings.Repeat(" ", sent))); err != nil {
		t.Fatal(err)
	}
}

func TestSmallBodiesDoNotWaitForLargeOnesThatStall(t *testing.T) {
	t.Parallel()
	g := startGateway(t, "serial").ready()
	g.stalled(t, beyondBuffers) // has the memory
	for range 7 {
		g.stalled(t, 30_000) // wait for it
	}
	if r := g.do("status 200", `,"pad":"`+strings.Repeat("x", 100<<10)+`"`); r.status != 200 || r.took > 3*time.Second {
		t.Errorf("T5: got %d %s after %v", r.status, failure.Clip(r.body), r.took)
	}
}

func TestStalledBodyGivesItsPlaceBack(t *testing.T) {
	t.Parallel()
	g := startGateway(t, "serial").ready()
	g.stalled(t, beyondBuffers)
	if r := g.do("status 200", `,"pad":"`+strings.Repeat("x", 10<<20)+`"`); r.status != 200 || r.took > 15*time.Second {
		t.Errorf("T5: got %d %s after %v", r.status, failure.Clip(r.body), r.took)
	}
}

func TestClientThatTakesNothingGivesItsPlaceBack(t *testing.T) {
	t.Parallel()
	g := startGateway(t, "shared").ready()
	conn := g.dial()
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if err := sent(conn, "", `{"payload":"big 20971520"}`); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if r := g.do("big 102400", ""); r.status != 200 || r.took > 3*time.Second {
		t.Errorf("T5: a small answer came as %d after %v", r.status, r.took)
	}
	if r := g.do("big 10485760", ""); r.status != 200 || r.took > 15*time.Second {
		t.Errorf("T5: a large answer came as %d after %v", r.status, r.took)
	}
}
