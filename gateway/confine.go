package main

import (
	"fmt"
	"log"
	"runtime"
	"syscall"
	"unsafe"
)

const (
	setNoNewPrivileges = 38 // PR_SET_NO_NEW_PRIVS, without which nobody but root may install a filter
	setModeFilter      = 1  // SECCOMP_SET_MODE_FILTER
	// keepSpeculation is SECCOMP_FILTER_FLAG_SPEC_ALLOW: older kernels would make whatever has a filter slower.
	keepSpeculation = 4
)

// seccompNumber is the number of seccomp(2), which package syscall does not know.
var seccompNumber = map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]

// starter starts processes on a thread of its own, which has the workers' filter (contract R4). They inherit it, with
// whatever they start themselves; the gateway's other threads do without, and Go makes none of them from this one.
type starter struct {
	work chan func()
}

func newStarter() *starter {
	s := &starter{make(chan func())}
	confined := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever
		confined <- confine()
		for work := range s.work {
			work()
		}
	}()
	if err := <-confined; err != nil {
		log.Printf("gateway: functions can change the server's limits and priorities: %v; use a kernel with seccomp filters", err)
	}
	return s
}

// forkExec is syscall.ForkExec on the starter's thread.
func (s *starter) forkExec(argv []string, attributes *syscall.ProcAttr) (pid int, err error) {
	done := make(chan struct{})
	s.work <- func() {
		defer close(done)
		pid, err = syscall.ForkExec(argv[0], argv, attributes)
	}
	<-done
	return pid, err
}

// confine installs the workers' filter on the calling thread.
func confine() error {
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
