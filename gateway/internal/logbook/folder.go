package logbook

import (
	"log"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
)

const (
	// inMemory is how many bytes of a file are collected before they are written.
	inMemory = 64 << 10
	// maxFile is how many bytes one request may add to a file: nobody reads more.
	maxFile = 5 << 20
	full    = "... Further logs dropped due to size limit (5 MiB)\n"
)

// Folder is where the files of all requests are made.
type Folder struct {
	path      string
	container *container  // takes the entries in the place of files; nil: there are files
	warned    atomic.Bool // the container's log says already that files cannot be written
}

// NewFolder returns a folder. It need not exist: then nothing is written, and the container's log says so once (V17).
func NewFolder(path string) *Folder { return &Folder{path: path} }

// Book returns the book of a request. The id becomes a part of the files' names: callers have checked it. With the id ""
// the book drops everything. The other id is the one that the server's log has for the request, if it has one.
func (f *Folder) Book(id, request string) *Book { return &Book{id: id, request: request, folder: f} }

func (f *Folder) warn(err error) {
	if f.warned.CompareAndSwap(false, true) {
		log.Printf("gateway: a function's logs cannot be written: %v; mount a folder that the gateway's user may write at %s", err, f.path)
	}
}

// file is one of a request's two files. It is made when something has to be written.
type file struct {
	name    string // "" while nothing was added
	pending []byte
	size    int // of all that was added
	handle  *os.File
	failed  bool
}

func (f *file) add(folder *Folder, text string) {
	f.pending = append(f.pending, f.admit(text)...)
	if len(f.pending) >= inMemory {
		f.write(folder)
	}
}

// admit returns what may be written for an entry: its text and a line end, the note that too much was logged, or "".
func (f *file) admit(text string) string {
	if f.size > maxFile {
		return ""
	}
	if f.size += len(text) + 1; f.size > maxFile-len(full) {
		f.size = maxFile + 1
		return full
	}
	return text + "\n"
}

// write appends what is pending to the file. Nothing that has the file's name is followed, or waited for, unless it is a
// plain file. If it fails, the request goes on (V17).
func (f *file) write(folder *Folder) {
	if f.handle == nil && !f.failed {
		const flags = os.O_WRONLY | os.O_APPEND | os.O_CREATE | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
		handle, err := os.OpenFile(filepath.Join(folder.path, f.name), flags, 0o644)
		if err != nil {
			f.failed = true
			folder.warn(err)
		}
		f.handle = handle
	}
	if f.handle != nil {
		if _, err := f.handle.Write(f.pending); err != nil {
			folder.warn(err)
		}
	}
	f.pending = f.pending[:0]
}

func (f *file) close(folder *Folder) {
	if len(f.pending) > 0 {
		f.write(folder)
	}
	if f.handle != nil {
		_ = f.handle.Close()
	}
	f.pending = nil
}
