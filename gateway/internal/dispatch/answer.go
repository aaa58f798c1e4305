package dispatch

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
)

// transferTimeout is how long a worker may take to send an answer that it has begun to send.
const transferTimeout = 30 * time.Second

// Answer is what a function has answered.
type Answer struct {
	Status   int            // from 200 to 599
	JSON     bool           // the body is JSON, else text; for functions that take no context
	Headers  []frames.Field // as the function wrote them; for functions that take a context
	Body     []byte
	Reserved int // how many bytes of the answers' budget the body has
}

// readAnswer reads an ANSWER. From its first byte on the request's time no longer counts, because a wait for memory is
// not the function's fault.
func (w *worker) readAnswer(reader *bufio.Reader, h frames.Header) error {
	if h.Size < frames.AnswerHeaderSize {
		return fmt.Errorf("%w: an ANSWER without status and type", frames.ErrProtocol)
	}
	raw, err := reader.Peek(frames.AnswerHeaderSize)
	if err != nil {
		return err
	}
	status, kind := int(int32(binary.BigEndian.Uint32(raw))), raw[4]
	_, _ = reader.Discard(frames.AnswerHeaderSize)
	size := h.Size - frames.AnswerHeaderSize
	r := w.beginAnswer(h.ID)
	problem := checkAnswer(status, kind, size)
	if r == nil || problem != nil {
		if _, err := io.CopyN(io.Discard, reader, int64(size)); err != nil {
			return err
		}
		w.settleAnswer(r, event{failure: problem})
		return nil
	}
	body, err := w.receive(reader, size, size)
	if err != nil {
		w.resume(r)
		return err
	}
	w.settleAnswer(r, event{answer: Answer{Status: status, JSON: kind == 1, Body: body, Reserved: size}})
	return nil
}

// checkAnswer returns why an answer cannot be given to a client, nil if it can (contract F4).
func checkAnswer(status int, kind byte, size int) *failure.Error {
	switch {
	case status < 200 || status > 599:
		return failure.Newf(500, "the function answered with status %d; it must be from 200 to 599", status)
	case size > frames.MaxAnswer:
		return failure.Newf(500, "the function's answer has %d bytes; it may have %d", size, frames.MaxAnswer)
	case kind > 1:
		return failure.Newf(500, "the worker sent an answer of unknown type %d", kind)
	}
	return nil
}

// receive reads an answer's bytes once there is memory for them. It reserves `reserved` bytes.
func (w *worker) receive(reader *bufio.Reader, size, reserved int) ([]byte, error) {
	w.d.answers.Acquire(reserved)
	body := make([]byte, size)
	if size <= reader.Buffered() {
		_, err := io.ReadFull(reader, body)
		return body, err
	}
	w.conn.setReadTimeout(transferTimeout)
	_, err := io.ReadFull(reader, body)
	w.conn.setReadTimeout(0)
	if err != nil {
		w.d.answers.Release(reserved)
	}
	return body, err
}

// beginAnswer stops a request's clock and returns the request, nil if it has timed out already.
func (w *worker) beginAnswer(id uint32) *request {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	r := w.requests[id]
	if r != nil {
		r.incoming = true
	}
	return r
}

// resume marks a request whose answer broke off as started, so that it is not moved to another worker.
func (w *worker) resume(r *request) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	r.incoming, r.phase = false, phaseStarted
}

func (w *worker) settleAnswer(r *request, outcome event) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if r != nil && r.phase == phaseDone { // the server has stopped
		w.d.answers.Release(outcome.answer.Reserved)
		return
	}
	w.settle(r, outcome)
}
