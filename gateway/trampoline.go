package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

const (
	// trampolineWord, as first argument, makes this program prepare a worker's process and become the worker.
	trampolineWord = "--become"
	// keyDescriptor is the environment variable with the number of the descriptor that the key is read from, set
	// when the gateway starts itself anew.
	keyDescriptor = "RUNTIME_GATEWAY_KEY_DESCRIPTOR"
	// workerOomScore makes the kernel end a worker, not the gateway, when memory runs out.
	workerOomScore = "800"
)

const (
	signalBlock   = 0 // SIG_BLOCK
	signalUnblock = 1 // SIG_UNBLOCK
	dumpable      = 4 // PR_SET_DUMPABLE
	subreaper     = 36
)

// stopSignals are read through a signalfd, which tells who sent them, and therefore blocked in all threads.
const stopSignals = uint64(1)<<(syscall.SIGTERM-1) | uint64(1)<<(syscall.SIGINT-1)

// protect makes other processes of the same user unable to read the gateway's memory and environment (contract R4).
func protect() error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, dumpable, 0, 0); errno != 0 {
		return fmt.Errorf("the gateway's memory cannot be protected: %w", errno)
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, subreaper, 1, 0); errno != 0 {
		return fmt.Errorf("the gateway cannot adopt orphans: %w", errno)
	}
	return nil
}

// maskStopSignals blocks or unblocks the stop signals in this thread, which the caller has locked.
func maskStopSignals(how uintptr) {
	set := stopSignals
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, how, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
}

// restart starts this program anew in the same process, with the stop signals blocked, which Go then keeps for all its
// threads, and with the key in a pipe instead of the environment, where /proc would show it to the end.
func restart(self, key string, environment []string) error {
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		return err
	}
	if len(key) > 4096 {
		return errors.New("the key is longer than 4096 bytes")
	}
	if _, err := syscall.Write(pipe[1], []byte(key)); err != nil {
		return err
	}
	_ = syscall.Close(pipe[1])
	runtime.LockOSThread()
	maskStopSignals(signalBlock)
	environment = append(environment, keyDescriptor+"="+strconv.Itoa(pipe[0]))
	return syscall.Exec(self, os.Args, environment)
}

// inheritedKey reads the key that restart has left; false before the restart.
func inheritedKey() (string, bool) {
	descriptor, err := strconv.Atoi(os.Getenv(keyDescriptor))
	if err != nil {
		return "", false
	}
	_ = os.Unsetenv(keyDescriptor)
	pipe := os.NewFile(uintptr(descriptor), "key")
	defer pipe.Close()
	key, err := io.ReadAll(pipe)
	return string(key), err == nil && len(key) > 0
}

// become makes this process a worker: it gets a clean signal mask and a higher out-of-memory score, then runs the
// adapter. It returns only if that fails.
func become(argv []string) error {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte(workerOomScore), 0)
	runtime.LockOSThread()
	maskStopSignals(signalUnblock)
	return fmt.Errorf("%s cannot be executed: %w", argv[0], syscall.Exec(argv[0], argv, os.Environ()))
}
