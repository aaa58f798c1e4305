// Package logbook keeps what a function logs during one request, and writes it to the two files of that request
// (docs/protocol-v5.md, "Log files"), or to the container's log (V39). It knows nothing of workers or of HTTP.
package logbook

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"
)

// Stream says which of a request's two files an entry goes to.
type Stream byte

// The streams, numbered as in the worker protocol.
const (
	Logs   Stream = 0
	Errors Stream = 1
)

const (
	// maxEntry is how many characters of an entry are kept (V15).
	maxEntry  = 8000
	truncated = "... Log truncated due to size limit (8000 characters)"
	// Kept is how many bytes of an entry's text are enough to cut it as it must be cut.
	Kept = (maxEntry + 1) * utf8.UTFMax
	// notice is the line before the first thing that a function prints itself (V16).
	notice = "Native logs detected. Use context.log() or context.error() for better experience."
)

// Book takes the entries of one request. Its lock is a leaf: no other one is taken while holding it.
type Book struct {
	id      string // "" if nothing is wanted
	request string // the request's id in the server's log, "" if it has none
	folder  *Folder

	mu      sync.Mutex
	closed  bool
	noticed bool
	files   [2]file
	lines   [2]line // what was printed to stdout and stderr, and whose line end has not come yet
}

// line is a line that is being printed, and of which more than Kept bytes are not kept.
type line struct {
	text  []byte
	begun bool
}

// ID returns the id of the request's files, "" if nothing is logged.
func (b *Book) ID() string { return b.id }

// Entry adds what the function logs by context.log or context.error.
func (b *Book) Entry(s Stream, text []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open() {
		b.add(s, text)
	}
}

// Native adds one thing that the function prints itself. It reports whether the container's log has it by that, as an
// entry of the request.
func (b *Book) Native(s Stream, text []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.open():
		return false
	case b.folder.container != nil:
		b.add(s, text)
		return true
	}
	b.native(text)
	return false
}

// Print adds bytes that came through the worker's stdout (0) or stderr (1). Each line becomes an entry. The container's
// log has them already, as they are.
func (b *Book) Print(stream int, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open() || b.folder.container != nil {
		return
	}
	l := &b.lines[stream]
	for len(data) > 0 {
		part, rest, ended := bytes.Cut(data, []byte("\n"))
		l.text = append(l.text, part[:min(len(part), Kept-len(l.text))]...)
		l.begun = true
		if ended {
			b.endLine(l)
		}
		data = rest
	}
}

// Close ends the lines that have no end, and writes everything. Whatever is added later is dropped (V34). When Close
// returns, the files are complete and closed (V13).
func (b *Book) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open() {
		return
	}
	for i := range b.lines {
		if b.lines[i].begun {
			b.endLine(&b.lines[i])
		}
	}
	b.closed = true
	for i := range b.files {
		b.files[i].close(b.folder)
	}
}

func (b *Book) open() bool { return b.id != "" && !b.closed }

func (b *Book) endLine(l *line) {
	b.native(l.text)
	l.text, l.begun = l.text[:0], false
}

func (b *Book) native(text []byte) {
	if !b.noticed {
		b.noticed = true
		b.add(Logs, []byte(notice))
	}
	b.add(Logs, text)
}

func (b *Book) add(s Stream, text []byte) {
	f := &b.files[s]
	if c := b.folder.container; c != nil {
		if line := f.admit(clip(text)); line != "" {
			c.write(s, b.id, b.request, line[:len(line)-1])
		}
		return
	}
	if f.name == "" {
		f.name = b.id + [...]string{"_logs.log", "_errors.log"}[s]
	}
	f.add(b.folder, clip(text))
}

// clip returns an entry's text: valid UTF-8, cut after maxEntry characters (V15).
func clip(text []byte) string {
	clean := strings.ToValidUTF8(string(text[:min(len(text), Kept)]), "\uFFFD")
	if len(clean) <= maxEntry {
		return clean
	}
	n := 0
	for i := range clean {
		if n == maxEntry {
			return clean[:i] + truncated
		}
		n++
	}
	return clean
}
