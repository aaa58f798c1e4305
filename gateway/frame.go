package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"runtimekit/gateway/internal/failure"
)

// frameKind says what a frame of the worker protocol is (docs/worker-protocol.md).
type frameKind byte

const (
	frameRequest frameKind = 0x01
	framePing    frameKind = 0x02
	frameFork    frameKind = 0x03
	frameReady   frameKind = 0x11
	frameFailed  frameKind = 0x12
	frameStarted frameKind = 0x13
	frameAnswer  frameKind = 0x14
	frameError   frameKind = 0x15
	framePong    frameKind = 0x16
	frameSilent  frameKind = 0x17
)

const (
	// frameHead is the size of what precedes a frame's body: size, kind, id.
	frameHead = 9
	// answerHead is the size of what precedes the bytes of an answer: status, type.
	answerHead = 5
	// maxAnswer is the largest answer of a function.
	maxAnswer = 20 << 20
	// maxControl bounds the body of every other frame from a worker; longer messages would be cut anyway.
	maxControl = 4 << 20
)

var errProtocol = errors.New("the worker did not keep to the worker protocol")

// frameHeader is a frame without its body.
type frameHeader struct {
	kind frameKind
	id   uint32
	size int // of the body
}

// readHeader reads what precedes a frame's body, and refuses sizes that no frame of that kind can have.
func readHeader(r *bufio.Reader) (frameHeader, error) {
	raw, err := r.Peek(frameHead)
	if err != nil {
		return frameHeader{}, err
	}
	size := binary.BigEndian.Uint32(raw)
	h := frameHeader{kind: frameKind(raw[4]), id: binary.BigEndian.Uint32(raw[5:]), size: int(size) - 5}
	if size < 5 || (h.kind != frameAnswer && h.size > maxControl) {
		return h, fmt.Errorf("%w: a frame of kind %#x says it has %d bytes", errProtocol, byte(h.kind), size)
	}
	_, err = r.Discard(frameHead)
	return h, err
}

// readBody reads a frame's body into memory of its own.
func readBody(r *bufio.Reader, h frameHeader) ([]byte, error) {
	if h.size == 0 {
		return nil, nil
	}
	body := make([]byte, h.size)
	_, err := io.ReadFull(r, body)
	return body, err
}

// appendFrame appends the head of a frame whose body of `size` bytes follows.
func appendFrame(b []byte, kind frameKind, id uint32, size int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(size+5))
	b = append(b, byte(kind))
	return binary.BigEndian.AppendUint32(b, id)
}

// appendString appends a `str` of the protocol.
func appendString(b, text []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

// appendRequest appends a REQUEST without the payload's bytes, which follow it directly.
func appendRequest(b []byte, id uint32, e *envelope) []byte {
	b = appendFrame(b, frameRequest, id, 8+len(e.env.pairs)+len(e.headers.pairs)+4+len(e.payload))
	for _, m := range [...]*textMap{&e.env, &e.headers} {
		b = binary.BigEndian.AppendUint32(b, uint32(m.count))
		b = append(b, m.pairs...)
	}
	return binary.BigEndian.AppendUint32(b, uint32(len(e.payload)))
}

// workerMode says how a worker takes requests (READY's first byte).
type workerMode byte

const (
	modeSerial   workerMode = 0
	modeTemplate workerMode = 1
	modeShared   workerMode = 2
)

// parseReady reads the body of a READY frame.
func parseReady(body []byte) (workerMode, int, error) {
	if len(body) != 5 || body[0] > byte(modeShared) {
		return 0, 0, fmt.Errorf("%w: READY with body %x", errProtocol, body)
	}
	mode, concurrency := workerMode(body[0]), int(binary.BigEndian.Uint32(body[1:]))
	if mode != modeShared {
		return mode, 1, nil
	}
	return mode, min(max(concurrency, 1), maxRunning), nil
}

// parseFailure reads the body of a FAILED or an ERROR frame. A code that the contract does not know counts as 500.
func parseFailure(body []byte) (*failure.Error, error) {
	if len(body) < 6 || uint64(binary.BigEndian.Uint32(body[2:])) != uint64(len(body)-6) {
		return nil, fmt.Errorf("%w: a failure whose length does not fit its message", errProtocol)
	}
	code := int(binary.BigEndian.Uint16(body))
	if code != 404 {
		code = 500
	}
	return &failure.Error{Code: code, Message: string(body[6:])}, nil
}
