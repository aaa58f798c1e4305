package openruntimes

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// maxTimings is how much of the file is read, in bytes.
const maxTimings = 64 << 10

// Timings are how long the parts of the start took: lines `name=seconds` of a file, and those that could not be written
// to it (V4).
type Timings struct {
	path string

	mu  sync.Mutex
	own []string
}

// NewTimings returns the timings of a file, which need not exist, with lines that others have measured.
func NewTimings(path, lines string) *Timings {
	t := &Timings{path: path}
	for _, line := range strings.Fields(lines) {
		if name, _, found := strings.Cut(line, "="); found && name != "" {
			t.add(line)
		}
	}
	return t
}

// Note notes how long a part of the start took.
func (t *Timings) Note(name string, took time.Duration) {
	t.add(fmt.Sprintf("%s=%.3f", name, took.Seconds()))
}

// add appends a line to the file, or keeps it if there is no folder that can be written to.
func (t *Timings) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const flags = os.O_RDWR | os.O_APPEND | os.O_CREATE | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	file, err := os.OpenFile(t.path, flags, 0o644)
	if err == nil {
		_, err = file.WriteString(lineEnd(file) + line + "\n")
		_ = file.Close()
	}
	if err != nil {
		t.own = append(t.own, line+"\n")
	}
}

// lineEnd returns the line end that a file lacks.
func lineEnd(file *os.File) string {
	var last [1]byte
	if info, err := file.Stat(); err == nil && info.Size() > 0 {
		if _, err := file.ReadAt(last[:], info.Size()-1); err == nil && last[0] != '\n' {
			return "\n"
		}
	}
	return ""
}

// Text returns all lines.
func (t *Timings) Text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var text []byte
	if file, err := os.OpenFile(filepath.Clean(t.path), os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
		text, _ = io.ReadAll(io.LimitReader(file, maxTimings))
		_ = file.Close()
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return string(text) + strings.Join(t.own, "")
}
