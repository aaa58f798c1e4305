package worker

import (
	"encoding/binary"
	"errors"
)

// The frames between gateway and worker, as docs/worker-protocol.md describes them.
const (
	frameRequest = 0x01
	framePing    = 0x02
	frameCall    = 0x04
	frameReady   = 0x11
	frameStarted = 0x13
	frameAnswer  = 0x14
	frameError   = 0x15
	framePong    = 0x16
	frameSilent  = 0x17
	frameLog     = 0x18
	frameResult  = 0x19

	modeSerial = 0
	modeShared = 2

	takesContext = 0x02

	// headSize is that of size, kind and id.
	headSize = 9
)

var errMalformed = errors.New("malformed frame")

// newFrame makes a frame with a body put together from parts.
func newFrame(kind byte, id uint32, parts ...[]byte) []byte {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	frame := make([]byte, headSize, headSize+size)
	binary.BigEndian.PutUint32(frame, uint32(headSize-4+size))
	frame[4] = kind
	binary.BigEndian.PutUint32(frame[5:], id)
	for _, part := range parts {
		frame = append(frame, part...)
	}
	return frame
}

// readyFrame says that the worker takes so many requests at a time. Without flags it has no byte for them.
func readyFrame(mode byte, concurrency uint32, flags byte) []byte {
	if flags == 0 {
		return newFrame(frameReady, 0, []byte{mode}, u32(concurrency))
	}
	return newFrame(frameReady, 0, []byte{mode}, u32(concurrency), []byte{flags})
}

// errorFrame says how the function failed.
func errorFrame(id uint32, code uint16, message string) []byte {
	return newFrame(frameError, id, []byte{byte(code >> 8), byte(code)}, u32(uint32(len(message))), []byte(message))
}

func u32(value uint32) []byte {
	bytes := make([]byte, 4)
	binary.BigEndian.PutUint32(bytes, value)
	return bytes
}

// bodyReader takes a REQUEST's body apart; after the first mistake it yields nothing more.
type bodyReader struct {
	rest []byte
	err  error
}

func (r *bodyReader) u32() uint32 {
	if len(r.rest) < 4 {
		r.err, r.rest = errMalformed, nil
		return 0
	}
	value := binary.BigEndian.Uint32(r.rest)
	r.rest = r.rest[4:]
	return value
}

func (r *bodyReader) text() string {
	size := r.u32()
	if uint64(size) > uint64(len(r.rest)) {
		r.err, r.rest = errMalformed, nil
		return ""
	}
	text := string(r.rest[:size])
	r.rest = r.rest[size:]
	return text
}

func (r *bodyReader) pairs() map[string]string {
	pairs := map[string]string{}
	for count := r.u32(); count > 0 && r.err == nil; count-- {
		key := r.text()
		pairs[key] = r.text()
	}
	return pairs
}
