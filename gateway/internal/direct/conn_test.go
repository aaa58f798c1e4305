package direct

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"runtimekit/gateway/internal/testconn"
)

func TestDirectConnectionsBehaveLikeOthers(t *testing.T) {
	client, end := testconn.Pair(t)
	c, ok := Of(end)
	if !ok {
		t.Fatal("a TCP connection has no descriptor")
	}
	if _, err := client.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2)
	if n, err := c.Read(b); n != 2 || err != nil || string(b) != "ab" {
		t.Fatalf("read %d %v %q", n, err, b)
	}
	if n, err := c.Read(b); n != 1 || err != nil || b[0] != 'c' {
		t.Fatalf("read %d %v %q", n, err, b)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if n, err := c.Read(b); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d %v although the time was over", n, err)
	}
	_ = c.SetReadDeadline(time.Time{})
	_ = client.CloseWrite()
	if n, err := c.Read(b); n != 0 || err != io.EOF {
		t.Fatalf("read %d %v after the end", n, err)
	}
}

// More than the kernel takes at once: the rest is written as the client reads.
func TestDirectWritesOfAnySizeArrive(t *testing.T) {
	client, end := testconn.Pair(t)
	c, _ := Of(end)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	some, err := c.TryWrite(sent)
	if err != nil || some == 0 || some == len(sent) {
		t.Fatalf("wrote %d %v at once", some, err)
	}
	if again, err := c.TryWrite(sent[some:]); err != nil || again == len(sent)-some {
		t.Fatalf("wrote %d %v to a full connection", again, err)
	}
	client, end = testconn.Pair(t)
	c, _ = Of(end)
	go func() {
		_, _ = c.Write(sent)
		_ = c.CloseWrite()
	}()
	if got, err := io.ReadAll(client); err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("got %d of %d bytes, %v", len(got), len(sent), err)
	}
	testconn.Reset(client)
	for range 100 {
		if _, err = c.TryWrite(sent[:1]); err != nil {
			break
		}
		time.Sleep(time.Millisecond) // until the reset has arrived
	}
	if err == nil {
		t.Error("a connection that was reset takes bytes")
	}
}
