package main

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
	// signalInfoSize is the size of struct signalfd_siginfo.
	signalInfoSize = 128
	// sentByUser and sentByKernel are the si_codes of kill(2) and of a terminal.
	sentByUser   = 0
	sentByKernel = 0x80
	lastSignal   = 64
)

// discardSignals makes every signal harmless but those that end or stop unconditionally and the stop signals. User
// code has the gateway's user and may send any.
func discardSignals() {
	ignored := make(chan os.Signal, 1)
	for s := syscall.Signal(1); s <= lastSignal; s++ {
		switch s {
		case syscall.SIGTERM, syscall.SIGINT, syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGCHLD:
		default:
			signal.Notify(ignored, s) // a full channel drops it
		}
	}
}

// stopRequests tells of each SIGTERM or SIGINT that comes from outside: from beyond the container, which is process 0
// here, or from the process that started the gateway.
func stopRequests() (<-chan struct{}, error) {
	set := stopSignals
	fd, _, errno := syscall.Syscall6(syscall.SYS_SIGNALFD4, ^uintptr(0), uintptr(unsafe.Pointer(&set)), 8,
		syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0, 0)
	if errno != 0 {
		return nil, fmt.Errorf("signals cannot be received: %w", errno)
	}
	received := os.NewFile(fd, "signals")
	requests := make(chan struct{}, 2)
	parent := uint32(os.Getppid())
	go func() {
		for {
			var info [signalInfoSize]byte
			if _, err := io.ReadFull(received, info[:]); err != nil {
				continue
			}
			code := int32(binary.NativeEndian.Uint32(info[8:]))
			sender := binary.NativeEndian.Uint32(info[12:])
			if (code == sentByUser && (sender == 0 || sender == parent)) || code == sentByKernel {
				requests <- struct{}{}
			}
		}
	}()
	return requests, nil
}
