package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// openPath is O_PATH, which the syscall package lacks: it resolves a name without opening what is there, so that a
// FIFO or a device cannot block or notice. The number is the same on amd64 and arm64.
const openPath = 0x200000

// lookUpsAtOnce is how many requests look their file up at a time. Looking up blocks in the kernel, and Go makes a thread
// for every goroutine that does, and keeps it: 120 requests of one moment made 83 threads. They count as the container's
// tasks, of which it has few (contract L6), and Go aborts when it cannot make one more.
const lookUpsAtOnce = 4

// fileResolver finds the file that a request means (contract R8).
type fileResolver struct {
	folder     string // as given: the default `path`
	root       string // the same, links resolved
	entrypoint string // the default `file`
	compiled   bool   // path and file are disregarded
	turns      chan struct{}
}

// newFileResolver reads the recorded entrypoint of an interpreted function.
func newFileResolver(folder string, compiled bool) (*fileResolver, error) {
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	r := &fileResolver{folder: folder, root: root, compiled: compiled, turns: make(chan struct{}, lookUpsAtOnce)}
	if compiled {
		return r, nil
	}
	entrypoint, err := os.ReadFile(filepath.Join(root, ".entrypoint"))
	if err != nil {
		return nil, err
	}
	r.entrypoint = strings.TrimSpace(string(entrypoint))
	return r, nil
}

// defaultFile is the path of the recorded entrypoint, "" for a compiled function.
func (r *fileResolver) defaultFile() (string, error) { return r.resolve(&envelope{}) }

// resolve returns the absolute path, free of links, of the file that a request means, "" for a compiled function.
func (r *fileResolver) resolve(e *envelope) (string, error) {
	if r.compiled {
		return "", nil
	}
	path, file := r.folder, r.entrypoint
	if e.path != nil {
		path = string(e.path)
	}
	if e.file != nil {
		file = string(e.file)
	}
	if strings.HasPrefix(file, "/") || !strings.HasPrefix(path, "/") || file == "" {
		return "", fail(404, "%q must be a relative path inside the absolute path %q", clip(file), clip(path))
	}
	r.turns <- struct{}{}
	defer func() { <-r.turns }()
	folder, folderPath, ok := lookUp(-100, path, syscall.S_IFDIR) // AT_FDCWD; the path is absolute anyway
	if !ok {
		return "", fail(404, "there is no folder %q", clip(path))
	}
	defer syscall.Close(folder)
	if !within(folderPath, r.root) && folderPath != r.root {
		return "", fail(404, "the folder %q is outside %s", clip(path), r.folder)
	}
	descriptor, resolved, ok := lookUp(folder, file, syscall.S_IFREG)
	if !ok {
		return "", fail(404, "there is no file %q in %q", clip(file), clip(path))
	}
	syscall.Close(descriptor)
	if !within(resolved, folderPath) {
		return "", fail(404, "the file %q is outside %q", clip(file), clip(path))
	}
	return resolved, nil
}

// lookUp resolves a name as the kernel does and returns a descriptor of what is there and its path, if it is of the
// wanted type and still has a name.
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

// clip shortens a name for a message.
func clip(name string) string {
	const most = 200
	if len(name) > most {
		return name[:most] + "…"
	}
	return name
}
