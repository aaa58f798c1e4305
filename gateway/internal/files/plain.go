package files

import (
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"
)

const (
	// openat2 is the number of that system call, on amd64 and arm64.
	openat2 = 437
	// withoutLinks is RESOLVE_NO_SYMLINKS: no part of the path may be a link.
	withoutLinks = 0x04
	// withoutWaiting is RESOLVE_CACHED: the kernel has the whole path in memory, else the call fails with EAGAIN.
	withoutWaiting = 0x20
	// ofDescriptor is AT_EMPTY_PATH with AT_STATX_DONT_SYNC: the file of a descriptor, as the kernel knows it.
	ofDescriptor = 0x1000 | 0x4000
	// asNamed is AT_SYMLINK_NOFOLLOW with AT_STATX_DONT_SYNC: what the name itself stands for, as the kernel knows it.
	asNamed = 0x100 | 0x4000
	// typeAndLinks is STATX_TYPE with STATX_NLINK.
	typeAndLinks = 0x1 | 0x4
	// workingFolder is AT_FDCWD, for a path that is absolute anyway.
	workingFolder = -100
)

// openHow is the kernel's struct open_how.
type openHow struct{ flags, mode, resolve uint64 }

// fileStatus is the kernel's struct statx.
type fileStatus struct {
	mask, _ uint32
	_       uint64
	links   uint32
	_, _    uint32
	mode    uint16
	_       [226]byte
}

// noPlainLookUps is set where openat2 is not allowed, or cannot do without waiting (Linux before 5.12).
var noPlainLookUps atomic.Bool

// plain returns the path of a file that is named without links or detours, in a folder that is free of links. If it
// reports false, the file may still be there. It needs three system calls where any name needs eight, and they do not
// wait for anything. So Go's scheduler does not hear of them (package direct says why).
func plain(folder, name string) (string, bool) {
	if noPlainLookUps.Load() || !filepath.IsLocal(name) || filepath.Clean(name) != name {
		return "", false
	}
	path := folder + "/" + name
	pointer, err := syscall.BytePtrFromString(path)
	if err != nil {
		return "", false
	}
	how := openHow{flags: openPath | syscall.O_CLOEXEC, resolve: withoutLinks | withoutWaiting}
	from := workingFolder
	descriptor, _, errno := syscall.RawSyscall6(openat2, uintptr(from), uintptr(unsafe.Pointer(pointer)),
		uintptr(unsafe.Pointer(&how)), unsafe.Sizeof(how), 0, 0)
	switch errno {
	case 0:
	case syscall.ENOSYS, syscall.EPERM, syscall.EINVAL:
		noPlainLookUps.Store(true)
		return "", false
	default:
		return "", false
	}
	var empty byte
	regular := isFile(descriptor, &empty, ofDescriptor)
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOSE, descriptor, 0, 0)
	return path, regular
}

// found is a file that was found in the function's folder itself, where no other folder is on the way to it.
type found struct {
	name, path string
	pointer    *byte // the name, as the kernel takes it
}

// stays reports whether the name still stands for a file, by a single system call. Another name would need a walk that
// does not wait; this one has just been walked.
func (f *found) stays(folder int) bool { return isFile(uintptr(folder), f.pointer, asNamed) }

// isFile reports whether something is a regular file that has not been removed.
func isFile(folder uintptr, name *byte, flags uintptr) bool {
	var status fileStatus
	_, _, errno := syscall.RawSyscall6(statx(), folder, uintptr(unsafe.Pointer(name)), flags, typeAndLinks,
		uintptr(unsafe.Pointer(&status)), 0)
	return errno == 0 && status.mode&syscall.S_IFMT == syscall.S_IFREG && status.links > 0
}

// statx returns the number of that system call.
func statx() uintptr {
	if runtime.GOARCH == "arm64" {
		return 291
	}
	return 332
}
