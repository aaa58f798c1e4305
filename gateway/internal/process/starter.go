package process

import (
	"log"
	"runtime"
	"syscall"

	"runtimekit/gateway/internal/seccomp"
)

// starter starts processes on a thread of its own, which is restricted by a seccomp filter (contract R4). The processes
// inherit the filter. The gateway's other threads do not have it: Go starts no thread from a locked one.
type starter struct {
	work chan func()
}

func newStarter() *starter {
	s := &starter{make(chan func())}
	confined := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever
		confined <- seccomp.Restrict()
		for work := range s.work {
			work()
		}
	}()
	if err := <-confined; err != nil {
		log.Printf("gateway: functions can change the server's limits and priorities: %v; use a kernel with seccomp filters", err)
	}
	return s
}

// forkExec calls syscall.ForkExec on the starter's thread.
func (s *starter) forkExec(argv []string, attributes *syscall.ProcAttr) (pid int, err error) {
	done := make(chan struct{})
	s.work <- func() {
		defer close(done)
		pid, err = syscall.ForkExec(argv[0], argv, attributes)
	}
	<-done
	return pid, err
}
