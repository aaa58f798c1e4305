package main

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
	// longestLine is where a line of output is broken.
	longestLine = 64 << 10
	// tailBytes and tailLines are what is kept of a worker's output for the message of a crash.
	tailBytes = 4 << 10
	tailLines = 20
)

// sink is the gateway's own stdout or stderr, which all workers share.
type sink struct {
	mu   sync.Mutex
	file *os.File
}

func (s *sink) write(lines []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.file.Write(lines) // nobody may be reading; that must not stop the worker
}

// output copies what a worker prints, line by line (contract F5), and remembers the last of it.
type output struct {
	mu      sync.Mutex
	last    []byte
	sources []*os.File
	copying sync.WaitGroup
}

// copy starts copying one stream.
func (o *output) copy(source *os.File, to *sink) {
	o.sources = append(o.sources, source)
	o.copying.Add(1)
	go func() {
		defer o.copying.Done()
		o.copyLines(source, to)
		_ = source.Close()
	}()
}

func (o *output) copyLines(source io.Reader, to *sink) {
	buffer := make([]byte, 0, 1<<10)
	for {
		n, err := source.Read(buffer[len(buffer):cap(buffer)])
		o.remember(buffer[len(buffer) : len(buffer)+n])
		buffer = buffer[:len(buffer)+n]
		end := bytes.LastIndexByte(buffer, '\n') + 1
		if len(buffer) >= longestLine {
			end = wholeEnd(buffer)
		}
		if end > 0 {
			to.write(buffer[:end])
			buffer = append(buffer[:0], buffer[end:]...)
		}
		if err != nil {
			if len(buffer) > 0 {
				to.write(append(buffer, '\n')) // so that nobody else's line continues this one
			}
			return
		}
		if len(buffer) == cap(buffer) {
			buffer = append(make([]byte, 0, 4*cap(buffer)), buffer...)
		}
	}
}

// wholeEnd is where a text ends without a character that has only begun.
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

func (o *output) remember(text []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = append(o.last, text[max(0, len(text)-tailBytes):]...)
	if over := len(o.last) - tailBytes; over > 0 {
		o.last = append(o.last[:0], o.last[over:]...)
	}
}

// close waits until everything is copied, or for a while: a process that the worker left behind may hold its output.
func (o *output) close(patience time.Duration) {
	for _, source := range o.sources {
		_ = source.SetReadDeadline(time.Now().Add(patience))
	}
	o.copying.Wait()
}

// tail is the last lines of the output.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	last := o.last
	for cut := 1; len(o.last) == tailBytes && cut < utf8.UTFMax && !utf8.RuneStart(last[0]); cut++ {
		last = last[1:] // of a character of which the beginning is lost
	}
	lines := strings.SplitAfter(strings.TrimRight(string(last), "\n"), "\n")
	if len(o.last) == tailBytes && len(lines) > 1 {
		lines = lines[1:] // cut somewhere
	}
	return strings.Join(lines[max(0, len(lines)-tailLines):], "")
}
