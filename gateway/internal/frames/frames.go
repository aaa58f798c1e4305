// Package frames reads and writes the frames of the worker protocol (docs/worker-protocol.md). It knows nothing of
// processes, connections or the order of frames.
package frames

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/failure"
)

// Kind says what a frame is.
type Kind byte

// The kinds of frames. The first three go to workers, the others come from them.
const (
	KindRequest Kind = 0x01
	KindPing    Kind = 0x02
	KindFork    Kind = 0x03
	KindReady   Kind = 0x11
	KindFailed  Kind = 0x12
	KindStarted Kind = 0x13
	KindAnswer  Kind = 0x14
	KindError   Kind = 0x15
	KindPong    Kind = 0x16
	KindSilent  Kind = 0x17
)

const (
	// headerSize is the size of a frame's header: size, kind, id.
	headerSize = 9
	// AnswerHeaderSize is the size of what precedes the bytes of an answer in the body of ANSWER: status, type.
	AnswerHeaderSize = 5
	// MaxAnswer is the size of the largest answer of a function, in bytes.
	MaxAnswer = 20 << 20
	// MaxRunning is how many requests run at once (contract T5), and so the most that one worker gets at a time.
	MaxRunning = 32
	// maxControl bounds the body of every other frame from a worker. Longer messages would be cut anyway.
	maxControl = 4 << 20
)

// ErrProtocol is wrapped by the errors of frames that break the worker protocol.
var ErrProtocol = errors.New("the worker did not keep to the worker protocol")

// Header is the header of a frame.
type Header struct {
	Kind Kind
	ID   uint32
	Size int // of the body, in bytes
}

// ReadHeader reads the header of a frame. It refuses sizes that no frame of that kind can have.
func ReadHeader(r *bufio.Reader) (Header, error) {
	raw, err := r.Peek(headerSize)
	if err != nil {
		return Header{}, err
	}
	size := binary.BigEndian.Uint32(raw)
	h := Header{Kind: Kind(raw[4]), ID: binary.BigEndian.Uint32(raw[5:]), Size: int(size) - 5}
	if size < 5 || (h.Size > maxControl && !h.Kind.Large()) {
		return h, fmt.Errorf("%w: a frame of kind %#x says it has %d bytes", ErrProtocol, byte(h.Kind), size)
	}
	_, err = r.Discard(headerSize)
	return h, err
}

// Large reports whether a frame of this kind may have any size. It must not be read as a whole before its size is known
// to be bearable.
func (k Kind) Large() bool { return k == KindAnswer || k == KindResult || k == KindLog }

// ReadBody reads a frame's body into memory of its own.
func ReadBody(r *bufio.Reader, h Header) ([]byte, error) {
	if h.Size == 0 {
		return nil, nil
	}
	body := make([]byte, h.Size)
	_, err := io.ReadFull(r, body)
	return body, err
}

// AppendHeader appends the header of a frame whose body of `size` bytes follows.
func AppendHeader(b []byte, kind Kind, id uint32, size int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(size+5))
	b = append(b, byte(kind))
	return binary.BigEndian.AppendUint32(b, id)
}

// AppendString appends a `str` of the protocol.
func AppendString(b, text []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

// Folder returns a frame that names a folder: FORK or OUTPUT.
func Folder(kind Kind, folder string) []byte {
	return AppendString(AppendHeader(nil, kind, 0, 4+len(folder)), []byte(folder))
}

// AppendRequest appends a REQUEST without the payload's bytes, which follow it directly.
func AppendRequest(b []byte, id uint32, e *envelope.Envelope) []byte {
	b = AppendHeader(b, KindRequest, id, 8+len(e.Env.Pairs)+len(e.Headers.Pairs)+4+len(e.Payload))
	for _, m := range [...]*envelope.Map{&e.Env, &e.Headers} {
		b = binary.BigEndian.AppendUint32(b, uint32(m.Count))
		b = append(b, m.Pairs...)
	}
	return binary.BigEndian.AppendUint32(b, uint32(len(e.Payload)))
}

// Message is a frame that asks a worker to call the function.
type Message interface {
	// Size is how many bytes of the request the frame carries.
	Size() int
	// AppendTo appends the frame to b, with a request's number, but for the bytes of Tail.
	AppendTo(b []byte, id uint32) []byte
	// Tail returns the bytes that end the frame, which may be many.
	Tail() []byte
}

// Request is the message REQUEST.
type Request struct{ *envelope.Envelope }

// Size implements Message.
func (r Request) Size() int { return len(r.Env.Pairs) + len(r.Headers.Pairs) + len(r.Payload) }

// AppendTo implements Message.
func (r Request) AppendTo(b []byte, id uint32) []byte { return AppendRequest(b, id, r.Envelope) }

// Tail implements Message.
func (r Request) Tail() []byte { return r.Payload }

// Mode says how a worker takes requests: the first byte of READY.
type Mode byte

// The modes of workers.
const (
	ModeSerial   Mode = 0 // one request at a time
	ModeTemplate Mode = 1 // none: it forks workers that do
	ModeShared   Mode = 2 // several requests at a time
)

// BeginsAtOnce is the flag of READY that says: a request that was written to the worker starts.
const BeginsAtOnce byte = 1

// Ready says how a worker takes requests.
type Ready struct {
	Mode          Mode
	Concurrency   int  // how many at a time
	BeginsAtOnce  bool // a request that was written to it counts as started, and no STARTED comes; for shared workers only
	TakesContext  bool // its function takes a context, not a request and a response
	ChangesOutput bool // it can open other streams for its output
}

// ParseReady reads the body of a READY frame. Its last byte, the flags, may be missing.
func ParseReady(body []byte) (Ready, error) {
	var flags byte
	if len(body) == 6 {
		flags = body[5]
	}
	if len(body) < 5 || len(body) > 6 || body[0] > byte(ModeShared) || flags > BeginsAtOnce|TakesContext|ChangesOutput {
		return Ready{}, fmt.Errorf("%w: READY with body %x", ErrProtocol, body)
	}
	r := Ready{
		Mode: Mode(body[0]), Concurrency: 1,
		TakesContext: flags&TakesContext != 0, ChangesOutput: flags&ChangesOutput != 0,
	}
	if r.Mode == ModeShared {
		r.Concurrency = int(min(max(binary.BigEndian.Uint32(body[1:]), 1), MaxRunning))
		r.BeginsAtOnce = flags&BeginsAtOnce != 0
	}
	return r, nil
}

// ParseFailure reads the body of a FAILED or an ERROR frame. Any status but 404 counts as 500.
func ParseFailure(body []byte) (*failure.Error, error) {
	if len(body) < 6 || uint64(binary.BigEndian.Uint32(body[2:])) != uint64(len(body)-6) {
		return nil, fmt.Errorf("%w: a failure whose length does not fit its message", ErrProtocol)
	}
	code := int(binary.BigEndian.Uint16(body))
	if code != 404 {
		code = 500
	}
	return &failure.Error{Code: code, Message: string(body[6:])}, nil
}
