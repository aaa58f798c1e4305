package server

import (
	"testing"

	"runtimekit/gateway/internal/http1"
)

func TestNobodyWatchingCostsNothing(t *testing.T) {
	var o *Observer
	h, r := &http1.Head{ID: []byte("a"), IDs: 1}, &http1.Response{Status: 200, Header: "a: b\r\n"}
	allocations := testing.AllocsPerRun(100, func() {
		seen := o.begin(h)
		o.label(seen, r)
		o.end(seen, h, r)
	})
	if allocations != 0 || r.Header != "a: b\r\n" || h.GivenID != "" {
		t.Errorf("O1, O2: %v allocations, %q, %q", allocations, r.Header, h.GivenID)
	}
}

func TestOnlyOurIDIsAnswered(t *testing.T) {
	o := &Observer{}
	r := &http1.Response{Header: "a: x-request-id: no\r\nx-request-id: theirs\r\nb: c\r\n"}
	o.label(exchange{id: "ours"}, r)
	if r.Header != "a: x-request-id: no\r\nb: c\r\nx-request-id: ours\r\n" {
		t.Errorf("O1: %q", r.Header)
	}
}
