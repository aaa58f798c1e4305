package main

import (
	"bufio"
	"bytes"
	"io"
	"sync/atomic"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/limits"
)

const (
	// maxBody is the most that a body may hold after transfer decoding (contract R9).
	maxBody = 20 << 20
	// maxChunkLine and maxTrailers bound what surrounds the chunks.
	maxChunkLine = 1 << 10
	maxTrailers  = 16 << 10
)

var errTooLarge = failure.New(413, "the body is larger than %d bytes", maxBody)

// requestBody is a body in memory together with what it holds of a lane of the budget.
type requestBody struct {
	data     []byte
	size     int
	reserved atomic.Int64
	lane     *limits.Lane
	begin    func(*limits.Lane, int) error // called when so much memory is there and reading begins or goes on
}

// release gives the budget back, once. The caller lets go of the memory.
func (b *requestBody) release() {
	b.lane.Release(int(b.reserved.Swap(0)))
}

// readRequestBody reads the body of a request. Errors that are failures are answers, others mean that the client is
// gone or too slow. `begin` is called whenever reading begins after a wait for memory.
func readRequestBody(r *bufio.Reader, h *head, budget *limits.Budget, begin func(*limits.Lane, int) error) (*requestBody, error) {
	b := &requestBody{lane: budget.Lane(h.length), begin: begin}
	read := b.readFixed
	if h.chunked {
		read, b.lane = b.readChunks, budget.Lane(maxBody)
	}
	if err := read(r, max(h.length, 0)); err != nil {
		b.release()
		return nil, err
	}
	b.size = len(b.data)
	return b, nil
}

// readFixed reads a body of known length.
func (b *requestBody) readFixed(r *bufio.Reader, length int) error {
	if !b.lane.Acquire(length) {
		return failure.ErrOverloaded
	}
	b.reserved.Store(int64(length))
	b.data = make([]byte, length)
	if err := b.begin(b.lane, length); err != nil {
		return err
	}
	_, err := io.ReadFull(r, b.data)
	return err
}

// readChunks reads a chunked body. Its size is not known before its end, so what is more than small reserves the most
// that it can become, and gives back what it did not need.
func (b *requestBody) readChunks(r *bufio.Reader, _ int) error {
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
	if b.reserved.Swap(int64(len(b.data))) > 0 {
		b.lane.Shrink(maxBody, len(b.data))
	}
	return skipTrailers(r)
}

// readChunk reads the data of one chunk and the line end behind it.
func (b *requestBody) readChunk(r *bufio.Reader, size int) error {
	used := len(b.data)
	if size > maxBody-used {
		return errTooLarge
	}
	if used+size > limits.Uncounted && b.reserved.Load() == 0 {
		if !b.lane.Acquire(maxBody) {
			return failure.ErrOverloaded
		}
		b.reserved.Store(maxBody)
		if err := b.begin(b.lane, maxBody); err != nil {
			return err
		}
	}
	// Memory grows with what has arrived, not with what a chunk's size promises.
	for size > 0 {
		part := min(size, 64<<10)
		b.data = append(b.data, make([]byte, part)...)
		if _, err := io.ReadFull(r, b.data[len(b.data)-part:]); err != nil {
			return err
		}
		size -= part
	}
	end, err := r.Peek(2)
	if err != nil {
		return err
	}
	if string(end) != "\r\n" {
		return failure.New(400, "malformed HTTP: a chunk is not followed by CRLF")
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
		digit, ok := hexDigit(c)
		if !ok {
			return 0, failure.New(400, "malformed HTTP: bad chunk size")
		}
		if size = size<<4 | int(digit); size > maxBody {
			return 0, errTooLarge
		}
	}
	if len(digits) == 0 {
		return 0, failure.New(400, "malformed HTTP: bad chunk size")
	}
	return size, nil
}

// skipTrailers reads the lines behind the last chunk. They never count as headers.
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
			return failure.New(400, "malformed HTTP: a trailer line without a proper name")
		}
		left -= len(line) + 2
	}
	return failure.New(431, "the trailers are larger than %d bytes", maxTrailers)
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
		line = append(line, part...) // longer than the reader's buffer: collected
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
		return nil, failure.New(400, "malformed HTTP: a line of the chunked body is too long")
	}
	text, found := bytes.CutSuffix(line, []byte("\r\n"))
	if !found {
		return nil, failure.New(400, "malformed HTTP: a line of the chunked body ends in LF without CR")
	}
	for _, c := range text {
		if (c < ' ' && c != '\t') || c == 0x7f {
			return nil, failure.New(400, "malformed HTTP: a control character in the chunked body")
		}
	}
	return text, nil
}
