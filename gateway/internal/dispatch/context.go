package dispatch

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/logbook"
)

// This file has what workers send whose functions take a context: RESULT and LOG.

const (
	// maxFields is how many bytes the names and values of an answer's headers may have in all.
	maxFields = 64 << 10
	// maxResult is the size of the largest RESULT that is read.
	maxResult = frames.MaxAnswer + 4*maxFields
)

// largeFrame reads a frame whose size is not bounded. The worker must know it: which one it may send depends on the
// shape of the function.
func (w *worker) largeFrame(reader *bufio.Reader, h frames.Header) error {
	switch {
	case h.Kind == frames.KindAnswer && !w.d.context:
		return w.readAnswer(reader, h)
	case h.Kind == frames.KindResult && w.d.context:
		return w.readResult(reader, h)
	case h.Kind == frames.KindLog && w.d.context:
		return w.readLog(reader, h)
	}
	return fmt.Errorf("%w: a frame of kind %#x", frames.ErrProtocol, byte(h.Kind))
}

// readResult reads a RESULT. Its clock is that of readAnswer.
func (w *worker) readResult(reader *bufio.Reader, h frames.Header) error {
	size := h.Size - frames.ResultStatusSize
	if size < 0 {
		return fmt.Errorf("%w: a RESULT without status", frames.ErrProtocol)
	}
	raw, err := reader.Peek(frames.ResultStatusSize)
	if err != nil {
		return err
	}
	status := int(int32(binary.BigEndian.Uint32(raw)))
	_, _ = reader.Discard(frames.ResultStatusSize)
	r := w.beginAnswer(h.ID)
	problem := checkResult(status, size, maxResult)
	if r == nil || problem != nil {
		if _, err := io.CopyN(io.Discard, reader, int64(size)); err != nil {
			return err
		}
		w.settleAnswer(r, event{failure: problem})
		return nil
	}
	reserved := min(size, frames.MaxAnswer) // the budget has no more; the headers are little
	data, err := w.receive(reader, size, reserved)
	if err != nil {
		w.resume(r)
		return err
	}
	headers, body, err := frames.ParseFields(data, maxFields)
	if err == nil {
		problem = checkResult(status, len(body), frames.MaxAnswer)
	}
	if errors.Is(err, frames.ErrManyFields) {
		problem, err = failure.Newf(500, "the headers of the function's answer have more than %d bytes", maxFields), nil
	}
	if err != nil || problem != nil {
		w.d.answers.Release(reserved)
	}
	switch {
	case err != nil:
		w.resume(r)
		return err
	case problem != nil:
		w.settleAnswer(r, event{failure: problem})
	default:
		w.settleAnswer(r, event{answer: Answer{Status: status, Headers: headers, Body: body, Reserved: reserved}})
	}
	return nil
}

func checkResult(status, size, most int) *failure.Error {
	if size > most {
		return failure.Newf(500, "the function's answer has %d bytes; it may have %d", size, frames.MaxAnswer)
	}
	return checkAnswer(status, 0, 0)
}

// readLog reads a LOG and gives its text to the request's book. The text of a request that is done is in no file (V34);
// what it has printed is in the container's log.
func (w *worker) readLog(reader *bufio.Reader, h frames.Header) error {
	size := h.Size - frames.LogHeaderSize
	if size < 0 {
		return fmt.Errorf("%w: a LOG without stream and origin", frames.ErrProtocol)
	}
	raw, err := reader.Peek(frames.LogHeaderSize)
	if err != nil {
		return err
	}
	stream, origin := raw[0], raw[1]
	_, _ = reader.Discard(frames.LogHeaderSize)
	if stream > 1 || origin > 1 {
		return fmt.Errorf("%w: a LOG of stream %d and origin %d", frames.ErrProtocol, stream, origin)
	}
	text := make([]byte, min(size, logbook.Kept))
	if _, err := io.ReadFull(reader, text); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, reader, int64(size-len(text))); err != nil {
		return err
	}
	book, serial := w.bookOf(h.ID)
	if book != nil && serial && w.native != nil {
		w.native.drain()
	}
	switch stream := logbook.Stream(stream); {
	case origin == 0 && book != nil:
		book.Entry(stream, text)
	case origin == 1 && (book == nil || !book.Native(stream, text)):
		w.d.launcher.print(byte(stream), text)
	}
	return nil
}

// bookOf returns the book of one of the worker's requests, nil if it has none, and whether the worker is serial.
func (w *worker) bookOf(id uint32) (*logbook.Book, bool) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if r := w.requests[id]; r != nil {
		return r.book, w.mode == frames.ModeSerial
	}
	return nil, false
}

// shapes are what a function can take, for messages.
var shapes = map[bool]string{
	false: "a request and a response, as the contract of 2021 says",
	true:  "a context, as the open-runtimes protocol says",
}

// checkShape ends a worker whose function has the shape of the other protocol, and returns an error. The caller holds
// the dispatcher's lock.
func (w *worker) checkShape(ready frames.Ready) error {
	if ready.TakesContext == w.d.context {
		return nil
	}
	w.refused = failure.Newf(500, "the function takes %s, but this server calls functions with %s; build it for this server's protocol, or use an image of the other one",
		shapes[ready.TakesContext], shapes[w.d.context])
	w.process.kill()
	return w.refused
}
