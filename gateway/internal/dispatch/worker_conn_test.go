package dispatch

import (
	"net"
	"syscall"
	"testing"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/frames"
)

// breaking is a connection that takes some bytes and then is reset.
type breaking struct {
	net.Conn
	left int
}

func (b *breaking) Write(data []byte) (int, error) {
	n := min(b.left, len(data))
	if b.left -= n; n < len(data) {
		return n, syscall.ECONNRESET
	}
	return n, nil
}

// What the connection took of a write that failed decides which requests have begun.
func TestPlacesTellWhatWasTaken(t *testing.T) {
	c := &workerConn{stream: &breaking{left: 25}}
	places := []uint64{c.add(make([]byte, 10)), c.add(make([]byte, 10)), c.add(make([]byte, 10))}
	if c.taken(places[0]) {
		t.Error("taken before it was written")
	}
	if c.flush() == nil {
		t.Error("the write did not fail")
	}
	for i, want := range []bool{true, true, false} {
		if c.taken(places[i]) != want {
			t.Errorf("frame %d: taken is %v", i, !want)
		}
	}
	if c.taken(neverTaken) {
		t.Error("what was never sent counts as taken")
	}
}

func TestRequestsAreTakenWhenTheyAreWritten(t *testing.T) {
	for name, size := range map[string]int{"small": 100, "large": 2 * batched} {
		e := frames.Request{Envelope: &envelope.Envelope{Payload: make([]byte, size)}}
		whole := &workerConn{stream: &breaking{left: 10 * size}}
		if place, err := whole.writeRequest(1, e, false); err != nil || !whole.taken(place) {
			t.Errorf("%s: written, %v, but not taken", name, err)
		}
		part := &workerConn{stream: &breaking{left: size}} // without the frame's header
		if place, err := part.writeRequest(1, e, false); err == nil || part.taken(place) {
			t.Errorf("%s: %v; a part counts as the whole", name, err)
		}
	}
}
