// Package seccomp keeps workers from changing other processes of their user, by a filter for system calls (contract
// R4). It knows nothing of workers: it restricts the thread that asks for it, and what that thread starts.
package seccomp

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"
)

const (
	setNoNewPrivileges = 38 // PR_SET_NO_NEW_PRIVS: without it only root may install a filter
	setModeFilter      = 1  // SECCOMP_SET_MODE_FILTER
	// keepSpeculation is SECCOMP_FILTER_FLAG_SPEC_ALLOW. Without it older kernels make every process with a filter
	// slower.
	keepSpeculation = 4
)

// seccompNumber is the number of seccomp(2), which package syscall lacks.
var seccompNumber = map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]

// Restrict installs the filter on the calling thread. Lock the goroutine to its thread before.
func Restrict() error {
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); errno != 0 {
		return fmt.Errorf("privileges cannot be given up (%w)", errno)
	}
	filter := workerFilter()
	program := struct {
		length uint16
		first  *instruction
	}{uint16(len(filter)), &filter[0]}
	var errno syscall.Errno
	for _, flags := range []uintptr{keepSpeculation, 0} { // before Linux 4.17 there was no such flag
		_, _, errno = syscall.RawSyscall(seccompNumber, setModeFilter, flags, uintptr(unsafe.Pointer(&program)))
		if errno != syscall.EINVAL {
			break
		}
	}
	runtime.KeepAlive(filter)
	if errno != 0 {
		return fmt.Errorf("no filter for system calls (%w)", errno)
	}
	return nil
}
