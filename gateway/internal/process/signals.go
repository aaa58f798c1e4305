package process

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"unsafe"
)

const (
	// signalInfoSize is the size of siginfo_t.
	signalInfoSize = 128
	// sentByUser and sentByKernel are the si_codes of kill(2) and of a terminal. With any other code the sender may
	// have made up its number.
	sentByUser   = 0
	sentByKernel = 0x80
	lastSignal   = 64
)

// DiscardSignals makes every signal harmless but SIGKILL and SIGSTOP, which nobody can catch, and the stop signals
// (StopRequests). User code has the gateway's user and may send any signal.
func DiscardSignals() {
	ignored := make(chan os.Signal, 1)
	for s := syscall.Signal(1); s <= lastSignal; s++ {
		switch s {
		case syscall.SIGTERM, syscall.SIGINT, syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGCHLD:
		default:
			signal.Notify(ignored, s) // a full channel drops it
		}
	}
}

// stopPipe is the descriptor into which stopHandler writes the siginfo_t of each signal.
var stopPipe int

// stopAddresses returns the addresses of the handler of the stop signals and of the code that returns from it
// (signals_*.s).
func stopAddresses() (handler, restorer uintptr)

// signalAction is the kernel's struct sigaction, the same on amd64 and arm64.
type signalAction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

const (
	actionSignalInfo = 0x4        // SA_SIGINFO
	actionRestorer   = 0x04000000 // SA_RESTORER
	actionOnStack    = 0x08000000 // SA_ONSTACK: Go's threads have a stack for signals
	actionRestart    = 0x10000000 // SA_RESTART
)

// pendingSignals is RLIMIT_SIGPENDING: how many signals of one user may wait to be taken.
const pendingSignals = 11

// limitSignals lets a worker have half as many pending signals as the gateway. The kernel counts the pending signals of
// all processes of a user together. Once there are too many for the receiver, it delivers the next one without its
// sender, and that would look as if it came from outside the container.
func limitSignals(pid int) {
	var limit [2]uint64
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, 0, pendingSignals, 0, uintptr(unsafe.Pointer(&limit)), 0, 0); errno != 0 {
		return
	}
	limit[0] /= 2
	limit[1] = limit[0]
	_, _, _ = syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), pendingSignals, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
}

// StopRequests returns a channel that gets a value for each SIGTERM or SIGINT from outside: from beyond the container,
// whose processes have number 0 here, or from the process that started the gateway. User code, which has the gateway's
// user, cannot stop the gateway with them.
//
// os/signal does not say who sent a signal. A signalfd needs signals that are blocked in every thread, and Go unblocks
// these. So they have a handler of their own (signals_*.s), which passes on what the kernel says.
func StopRequests() (<-chan struct{}, error) {
	var pipe [2]int
	if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		return nil, fmt.Errorf("signals cannot be received: %w", err)
	}
	stopPipe = pipe[1]
	action := signalAction{flags: actionSignalInfo | actionRestorer | actionOnStack | actionRestart, mask: ^uint64(0)}
	action.handler, action.restorer = stopAddresses()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
		if errno != 0 {
			return nil, fmt.Errorf("signals cannot be received: %w", errno)
		}
	}
	received := os.NewFile(uintptr(pipe[0]), "signals")
	requests := make(chan struct{}, 2)
	go forwardStops(received, uint32(os.Getppid()), requests)
	return requests, nil
}

// forwardStops passes on the signals that the parent, or a process outside the container, has sent.
func forwardStops(received io.Reader, parent uint32, requests chan<- struct{}) {
	var info [signalInfoSize]byte
	for {
		if _, err := io.ReadFull(received, info[:]); err != nil {
			return
		}
		code := int32(binary.NativeEndian.Uint32(info[8:]))
		sender := binary.NativeEndian.Uint32(info[16:])
		if (code == sentByUser && (sender == 0 || sender == parent)) || code == sentByKernel {
			select {
			case requests <- struct{}{}:
			default: // two are all that matter
			}
		}
	}
}
