package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"runtimekit/gateway/internal/failure"
)

// openPath is O_PATH, which the syscall package lacks: it resolves a name without opening what is there, so that a
// FIFO or a device cannot block or notice. The number is the same on amd64 and arm64.
const openPath = 0x200000

// fileResolver finds the file that a request means (contract R8).
type fileResolver struct {
	folder     string // as given: the default `path`
	root       string // the same, links resolved
	entrypoint string // the default `file`
	compiled   bool   // path and file are disregarded
}

// newFileResolver reads the recorded entrypoint of an interpreted function.
func newFileResolver(folder string, compiled bool) (*fileResolver, error) {
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	r := &fileResolver{folder: folder, root: root, compiled: compiled}
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
		return "", failure.New(404, "%q must be a relative path inside the absolute path %q", failure.Clip(file), failure.Clip(path))
	}
	folder, folderPath, ok := lookUp(-100, path, syscall.S_IFDIR) // AT_FDCWD; the path is absolute anyway
	if !ok {
		return "", failure.New(404, "there is no folder %q", failure.Clip(path))
	}
	defer syscall.Close(folder)
	if !within(folderPath, r.root) && folderPath != r.root {
		return "", failure.New(404, "the folder %q is outside %s", failure.Clip(path), r.folder)
	}
	descriptor, resolved, ok := lookUp(folder, file, syscall.S_IFREG)
	if !ok {
		return "", failure.New(404, "there is no file %q in %q", failure.Clip(file), failure.Clip(path))
	}
	syscall.Close(descriptor)
	if !within(resolved, folderPath) {
		return "", failure.New(404, "the file %q is outside %q", failure.Clip(file), failure.Clip(path))
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
