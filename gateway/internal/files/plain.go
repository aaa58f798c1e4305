package files

import (
	"path/filepath"
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
)

// openHow is the kernel's struct open_how.
type openHow struct{ flags, mode, resolve uint64 }

// noPlainLookUps is set where openat2 is not allowed, or cannot do without waiting (Linux before 5.12).
var noPlainLookUps atomic.Bool

// plain returns the path of a file that is named without links or detours, in a folder that is free of links. It does
// not wait for anything, and needs a third of the system calls that any name needs. If it reports false, the file may
// still be there.
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
	atWorkingFolder := -100 // AT_FDCWD; the path is absolute anyway
	descriptor, _, errno := syscall.RawSyscall6(openat2, uintptr(atWorkingFolder), uintptr(unsafe.Pointer(pointer)),
		uintptr(unsafe.Pointer(&how)), unsafe.Sizeof(how), 0, 0)
	if errno != 0 {
		if errno == syscall.ENOSYS || errno == syscall.EPERM || errno == syscall.EINVAL {
			noPlainLookUps.Store(true)
		}
		return "", false
	}
	defer syscall.Close(int(descriptor))
	return path, isFile(int(descriptor), syscall.S_IFREG)
}

// isFile reports whether a descriptor is of a file of the wanted type that has not been removed.
func isFile(descriptor int, wanted uint32) bool {
	var stat syscall.Stat_t
	return syscall.Fstat(descriptor, &stat) == nil && stat.Mode&syscall.S_IFMT == wanted && stat.Nlink > 0
}
