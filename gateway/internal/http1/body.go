package http1

import (
	"bufio"
	"bytes"
	"io"
	"sync/atomic"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/limits"
)

const (
	// MaxBody is the most that a body may hold after transfer decoding (contract R9).
	MaxBody = 20 << 20
	// BodyTimeout is how long a body may take to arrive (contract R9).
	BodyTimeout = 30 * time.Second
	// maxChunkLine and maxTrailers bound the lines before and behind the chunks.
	maxChunkLine = 1 << 10
	maxTrailers  = 16 << 10
)

// ErrTooLarge is the failure of a body of more than MaxBody bytes.
var ErrTooLarge = failure.Newf(413, "the body is larger than %d bytes", MaxBody)

// Body is a request's body in memory, and the bytes of a budget that are reserved for it. The zero Body has none.
type Body struct {
	Data     []byte
	Size     int
	reserved atomic.Int64
	lane     *limits.Lane
	begin    func(*limits.Lane, int) error // called with the reserved bytes when reading begins, and when it goes on
}

// Release gives the reserved bytes back; a second call does nothing. The caller must not use Data any more.
func (b *Body) Release() {
	b.lane.Release(int(b.reserved.Swap(0)))
}

// ReadBody reads the body of a request into memory of a budget. It calls `begin` whenever reading begins after a wait
// for memory, with the lane and the bytes that it has reserved there; that is the moment to set deadlines. An error
// that is a failure.Error is the answer to the request; any other one means that the client has gone or is too slow.
func ReadBody(r *bufio.Reader, h *Head, budget *limits.Budget, begin func(*limits.Lane, int) error) (*Body, error) {
	b := &Body{lane: budget.Lane(h.Length), begin: begin}
	read := b.readFixed
	if h.Chunked {
		read, b.lane = b.readChunks, budget.Lane(MaxBody)
	}
	if err := read(r, max(h.Length, 0)); err != nil {
		b.Release()
		return nil, err
	}
	b.Size = len(b.Data)
	return b, nil
}

// readFixed reads a body of known length.
func (b *Body) readFixed(r *bufio.Reader, length int) error {
	if !b.lane.Acquire(length) {
		return failure.ErrOverloaded
	}
	b.reserved.Store(int64(length))
	b.Data = make([]byte, length)
	if err := b.begin(b.lane, length); err != nil {
		return err
	}
	_, err := io.ReadFull(r, b.Data)
	return err
}

// readChunks reads a chunked body. Its size is not known before its end, so a body that is not small reserves MaxBody
// bytes, and gives back at the end what it did not need.
func (b *Body) readChunks(r *bufio.Reader, _ int) error {
	if err := b.begin(nil, 0); err != nil {
		return err
	}
	for {
		size, err := chunkSize(r)
		if err != nil {
			return err
		}
		if size == 0 {
			break
		}
		if err := b.readChunk(r, size); err != nil {
			return err
		}
	}
	if b.reserved.Swap(int64(len(b.Data))) > 0 {
		b.lane.Shrink(MaxBody, len(b.Data))
	}
	return skipTrailers(r)
}

// readChunk reads the data of one chunk and the line end behind it.
func (b *Body) readChunk(r *bufio.Reader, size int) error {
	used := len(b.Data)
	if size > MaxBody-used {
		return ErrTooLarge
	}
	if used+size > limits.Uncounted && b.reserved.Load() == 0 {
		if !b.lane.Acquire(MaxBody) {
			return failure.ErrOverloaded
		}
		b.reserved.Store(MaxBody)
		if err := b.begin(b.lane, MaxBody); err != nil {
			return err
		}
	}
	// Memory grows with the bytes that arrive, not with the announced size of the chunk.
	for size > 0 {
		part := min(size, 64<<10)
		b.Data = append(b.Data, make([]byte, part)...)
		if _, err := io.ReadFull(r, b.Data[len(b.Data)-part:]); err != nil {
			return err
		}
		size -= part
	}
	end, err := r.Peek(2)
	if err != nil {
		return err
	}
	if string(end) != "\r\n" {
		return failure.Newf(400, "malformed HTTP: a chunk is not followed by CRLF")
	}
	_, err = r.Discard(2)
	return err
}

// chunkSize reads the line before a chunk.
func chunkSize(r *bufio.Reader) (int, error) {
	line, err := readLine(r, maxChunkLine)
	if err != nil {
		return 0, err
	}
	digits, _, _ := bytes.Cut(line, []byte(";"))
	digits = bytes.TrimRight(digits, " \t")
	size := 0
	for _, c := range digits {
		digit, ok := hexValue(c)
		if !ok {
			return 0, failure.Newf(400, "malformed HTTP: bad chunk size")
		}
		if size = size<<4 | int(digit); size > MaxBody {
			return 0, ErrTooLarge
		}
	}
	if len(digits) == 0 {
		return 0, failure.Newf(400, "malformed HTTP: bad chunk size")
	}
	return size, nil
}

// hexValue returns the value of a hexadecimal digit.
func hexValue(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// skipTrailers reads the trailer lines behind the last chunk and ignores them: they never count as headers.
func skipTrailers(r *bufio.Reader) error {
	for left := maxTrailers; left > 0; {
		line, err := readLine(r, maxTrailers)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		if name, _, found := bytes.Cut(line, []byte(":")); !found || !isToken(name) {
			return failure.Newf(400, "malformed HTTP: a trailer line without a proper name")
		}
		left -= len(line) + 2
	}
	return failure.Newf(431, "the trailers are larger than %d bytes", maxTrailers)
}

// readLine reads a line that ends in CRLF and holds no control characters; it is valid until the next read.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if line == nil && err == nil {
			line = part
			break
		}
		line = append(line, part...) // the line is longer than the reader's buffer
		if err == nil {
			break
		}
		if err != bufio.ErrBufferFull {
			return nil, err
		}
		if len(line) > limit {
			break
		}
	}
	if len(line) > limit {
		return nil, failure.Newf(400, "malformed HTTP: a line of the chunked body is too long")
	}
	text, found := bytes.CutSuffix(line, []byte("\r\n"))
	if !found {
		return nil, failure.Newf(400, "malformed HTTP: a line of the chunked body ends in LF without CR")
	}
	for _, c := range text {
		if (c < ' ' && c != '\t') || c == 0x7f {
			return nil, failure.Newf(400, "malformed HTTP: a control character in the chunked body")
		}
	}
	return text, nil
}
