// Package files finds the file that a request names, inside the folder of the function (docs/contract.md R8). It knows
// nothing of requests but the two names.
package files

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"runtimekit/gateway/internal/failure"
)

// openPath is O_PATH, which the syscall package lacks: it resolves a name without opening what is there, so that a
// FIFO or a device cannot block or notice. The number is the same on amd64 and arm64.
const openPath = 0x200000

// lookUpsAtOnce is how many requests look up a file at a time that has no plain name. Looking up blocks in the kernel; Go starts a thread
// for every goroutine that does, and keeps it: 120 requests at once made 83 threads. They count as tasks of the
// container, which has few (contract L6), and Go aborts if it cannot start one more.
const lookUpsAtOnce = 4

// Resolver finds the files of one function.
type Resolver struct {
	Root       string // the folder of the function, free of links
	folder     string // the same as it was given: the default path
	entrypoint string // the default file
	compiled   bool   // the function is a program: paths and files are ignored
	slots      chan struct{}
	descriptor int                   // the folder, open for as long as the gateway runs
	last       atomic.Pointer[found] // the file that was found last; most requests name the same one
}

// NewResolver returns the resolver of the function in a folder. The folder of an interpreted function must hold the
// recorded entrypoint.
func NewResolver(folder string, compiled bool) (*Resolver, error) {
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	r := &Resolver{folder: folder, Root: root, compiled: compiled, slots: make(chan struct{}, lookUpsAtOnce)}
	if compiled {
		return r, nil
	}
	entrypoint, err := os.ReadFile(filepath.Join(root, ".entrypoint"))
	if err != nil {
		return nil, err
	}
	r.entrypoint = strings.TrimSpace(string(entrypoint))
	r.descriptor, err = syscall.Open(root, openPath|syscall.O_CLOEXEC|syscall.O_DIRECTORY, 0)
	return r, err
}

// Default returns the path of the recorded entrypoint, "" for a compiled function.
func (r *Resolver) Default() (string, error) { return r.Resolve(nil, nil) }

// Resolve returns the absolute path, free of links, of the file that a request names by a folder and a file in it; nil
// stands for the default of either. It returns "" for a compiled function. Its error is a failure.Error of status 404.
func (r *Resolver) Resolve(wantedPath, wantedFile []byte) (string, error) {
	if r.compiled {
		return "", nil
	}
	path, file := r.folder, r.entrypoint
	if wantedPath != nil {
		path = string(wantedPath)
	}
	if wantedFile != nil {
		file = string(wantedFile)
	}
	if strings.HasPrefix(file, "/") || !strings.HasPrefix(path, "/") || file == "" {
		return "", failure.Newf(404, "%q must be a relative path inside the absolute path %q", failure.Clip(file), failure.Clip(path))
	}
	if path == r.Root {
		if last := r.last.Load(); last != nil && last.name == file && last.stays(r.descriptor) {
			return last.path, nil
		}
		if resolved, ok := plain(path, file); ok {
			r.remember(file, resolved)
			return resolved, nil
		}
	}
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	folder, folderPath, ok := lookUp(-100, path, syscall.S_IFDIR) // AT_FDCWD; the path is absolute anyway
	if !ok {
		return "", failure.Newf(404, "there is no folder %q", failure.Clip(path))
	}
	defer syscall.Close(folder)
	if !within(folderPath, r.Root) && folderPath != r.Root {
		return "", failure.Newf(404, "the folder %q is outside %s", failure.Clip(path), r.folder)
	}
	descriptor, resolved, ok := lookUp(folder, file, syscall.S_IFREG)
	if !ok {
		return "", failure.Newf(404, "there is no file %q in %q", failure.Clip(file), failure.Clip(path))
	}
	syscall.Close(descriptor)
	if !within(resolved, folderPath) {
		return "", failure.Newf(404, "the file %q is outside %q", failure.Clip(file), failure.Clip(path))
	}
	return resolved, nil
}

// remember keeps a file that was found in the function's folder itself.
func (r *Resolver) remember(name, path string) {
	if pointer, err := syscall.BytePtrFromString(name); err == nil && !strings.Contains(name, "/") {
		r.last.Store(&found{name, path, pointer})
	}
}

// lookUp resolves a name as the kernel does. It returns a descriptor of the file and its path, if the file is of the
// wanted type and has not been removed.
func lookUp(folder int, name string, wanted uint32) (int, string, bool) {
	descriptor, err := syscall.Openat(folder, name, openPath|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, "", false
	}
	var stat syscall.Stat_t
	target := make([]byte, 4096)
	n, err := syscall.Readlink("/proc/self/fd/"+strconv.Itoa(descriptor), target)
	if err != nil || syscall.Fstat(descriptor, &stat) != nil || stat.Mode&syscall.S_IFMT != wanted || stat.Nlink == 0 ||
		n == len(target) || !bytes.HasPrefix(target, []byte("/")) {
		syscall.Close(descriptor)
		return 0, "", false
	}
	return descriptor, string(target[:n]), true
}

// within reports whether a path lies below a folder.
func within(path, folder string) bool {
	return strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}
