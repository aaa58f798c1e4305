package process

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// longestLine is the size at which a line of output is broken.
	longestLine = 64 << 10
	// tailBytes and tailLines bound what is kept of a worker's output for the message of a crash.
	tailBytes = 4 << 10
	tailLines = 20
)

// SharedWriter is a file that all workers share: the gateway's own stdout or stderr. Each Write goes out as a whole.
type SharedWriter struct {
	mu   sync.Mutex
	file *os.File
}

// NewSharedWriter returns a writer to a file.
func NewSharedWriter(file *os.File) *SharedWriter { return &SharedWriter{file: file} }

// Write implements io.Writer.
func (s *SharedWriter) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file.Write(lines)
}

// Output copies what one worker prints, line by line (contract F5), and remembers the last lines.
type Output struct {
	tap    Tap       // nil: nobody but the container's log gets what is printed
	tapped []*tapped // the streams, if there is a tap

	mu      sync.Mutex // guards what follows
	last    []byte
	sources map[*os.File]bool // those that are being copied
	closed  bool
	copying sync.WaitGroup
}

// Copy starts copying one stream.
func (o *Output) Copy(source *os.File, to *SharedWriter) {
	copyAll := func() { o.copyLines(source, to) }
	if o.tap != nil {
		if t := newTapped(o, source, to); t != nil {
			o.tapped = append(o.tapped, t)
			copyAll = t.copy
		}
	}
	if !o.add(source) {
		_ = source.Close()
		return
	}
	go func() {
		defer o.copying.Done()
		copyAll()
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.sources, source)
		_ = source.Close()
	}()
}

// add reports whether a source is to be copied: nothing is once the output is closed.
func (o *Output) add(source *os.File) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	if o.sources == nil {
		o.sources = map[*os.File]bool{}
	}
	o.sources[source] = true
	o.copying.Add(1)
	return true
}

func (o *Output) copyLines(source io.Reader, to *SharedWriter) {
	l := newLines(to)
	for {
		room := l.room()
		n, err := source.Read(room)
		o.remember(room[:n])
		l.add(n)
		if err != nil {
			l.end()
			return
		}
	}
}

// lines passes on what is printed, in whole lines.
type lines struct {
	to     *SharedWriter
	buffer []byte
}

func newLines(to *SharedWriter) lines { return lines{to, make([]byte, 0, 1<<10)} }

// room returns where the next bytes are to be put. It is never empty.
func (l *lines) room() []byte {
	if len(l.buffer) == cap(l.buffer) {
		l.buffer = append(make([]byte, 0, 4*cap(l.buffer)), l.buffer...)
	}
	return l.buffer[len(l.buffer):cap(l.buffer)]
}

// add passes on the lines that are whole now that n bytes of the room are filled.
func (l *lines) add(n int) {
	l.buffer = l.buffer[:len(l.buffer)+n]
	end := bytes.LastIndexByte(l.buffer, '\n') + 1
	if len(l.buffer) >= longestLine {
		end = wholeEnd(l.buffer)
	}
	if end > 0 {
		_, _ = l.to.Write(l.buffer[:end]) // if nobody reads, the lines are lost, and the worker goes on
		l.buffer = append(l.buffer[:0], l.buffer[end:]...)
	}
}

// end passes on what is left, as a line, so that the next worker's line does not continue it.
func (l *lines) end() {
	if len(l.buffer) > 0 {
		_, _ = l.to.Write(append(l.buffer, '\n'))
	}
}

// wholeEnd returns the size of a text without an incomplete character at its end.
func wholeEnd(text []byte) int {
	for start := len(text) - 1; start >= max(0, len(text)-utf8.UTFMax); start-- {
		if utf8.RuneStart(text[start]) {
			if utf8.FullRune(text[start:]) {
				break
			}
			return start
		}
	}
	return len(text)
}

func (o *Output) remember(text []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = append(o.last, text[max(0, len(text)-tailBytes):]...)
	if over := len(o.last) - tailBytes; over > 0 {
		o.last = append(o.last[:0], o.last[over:]...)
	}
}

// Close waits until everything is copied, at most for `patience`: a process that the worker has left behind may keep
// its output open.
func (o *Output) Close(patience time.Duration) {
	o.mu.Lock()
	o.closed = true
	for source := range o.sources {
		_ = source.SetReadDeadline(time.Now().Add(patience))
	}
	o.mu.Unlock()
	o.copying.Wait()
}

// Forget forgets the last lines.
func (o *Output) Forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = o.last[:0]
}

// Tail returns the last lines of the output.
func (o *Output) Tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	last := o.last
	for cut := 1; len(o.last) == tailBytes && cut < utf8.UTFMax && !utf8.RuneStart(last[0]); cut++ {
		last = last[1:] // the rest of a character whose beginning is lost
	}
	lines := strings.SplitAfter(strings.TrimRight(string(last), "\n"), "\n")
	if len(o.last) == tailBytes && len(lines) > 1 {
		lines = lines[1:] // the first line is incomplete
	}
	return strings.Join(lines[max(0, len(lines)-tailLines):], "")
}
