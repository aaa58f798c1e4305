package dispatch

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/process"
	"runtimekit/gateway/internal/procfs"
)

const (
	// exitPatience is how long a worker whose connection has ended may take to end by itself, which makes its exit code
	// known. On a busy machine a runtime that cleans up needs several hundred milliseconds.
	exitPatience = time.Second
	// killPatience is how long the kernel may take to end a killed worker.
	killPatience = 2 * time.Second
	// outputPatience is how long the output of an ended worker is still read.
	outputPatience = 100 * time.Millisecond
)

// workerProcess is a worker's process and its output, also before the process is started and after it has ended. Its
// lock is a leaf: no other one is taken while holding it.
type workerProcess struct {
	unwanted chan struct{} // closed when the worker is no longer wanted

	mu     sync.Mutex
	handle *process.Process // nil until started
	output *process.Output
	killed bool
	left   bool // the process has ended, and its number may be another process's
}

// started notes the started process, and ends it if it is no longer wanted.
func (wp *workerProcess) started(p *process.Process, o *process.Output) {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	wp.handle, wp.output = p, o
	if wp.killed {
		p.Kill()
	}
}

// kill ends the process and its group, now or as soon as it is started.
func (wp *workerProcess) kill() {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	if !wp.killed {
		wp.killed = true
		close(wp.unwanted)
	}
	if wp.handle != nil && !wp.left {
		wp.handle.Kill()
	}
}

// cpuDemand returns for how long the process has used a CPU or waited for one.
func (wp *workerProcess) cpuDemand() time.Duration {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	if wp.handle == nil {
		return 0
	}
	return procfs.CPUDemand(wp.handle.PID)
}

// pid returns the process's number, 0 before it is started.
func (wp *workerProcess) pid() int {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	if wp.handle == nil {
		return 0
	}
	return wp.handle.PID
}

// footprint returns the memory that the process has for itself, in bytes.
func (wp *workerProcess) footprint() int64 {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	if wp.handle == nil {
		return 0
	}
	return procfs.Memory(wp.handle.PID)
}

// finish makes sure that the process has ended and returns how. `err` is how its connection ended.
func (wp *workerProcess) finish(err error) *workerExit {
	wp.mu.Lock()
	p, o := wp.handle, wp.output
	wp.mu.Unlock()
	if p == nil {
		return &workerExit{what: err.Error()}
	}
	byItself := p.Wait(exitPatience)
	p.Kill() // its process group too
	if !byItself {
		p.Wait(killPatience)
	}
	wp.mu.Lock()
	wp.left = true
	wp.mu.Unlock()
	o.Close(outputPatience)
	return &workerExit{describeEnd(p, err, byItself), o.Tail()}
}

func describeEnd(p *process.Process, err error, byItself bool) string {
	switch {
	case errors.Is(err, frames.ErrProtocol):
		return err.Error()
	case !byItself && errors.Is(err, os.ErrDeadlineExceeded):
		return "the worker stalled while sending an answer"
	case !byItself && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)):
		return "the worker closed its connection to the gateway"
	case !byItself:
		return err.Error()
	}
	status, known := p.Status()
	switch {
	case !known:
		return "the worker's process ended"
	case status.Signaled() && status.Signal() == syscall.SIGKILL:
		return "signal SIGKILL (probably out of memory)"
	case status.Signaled():
		return "signal " + signalName(status.Signal())
	}
	return fmt.Sprintf("exit code %d", status.ExitStatus())
}

// signalName returns a signal's usual name.
func signalName(s syscall.Signal) string {
	names := map[syscall.Signal]string{
		syscall.SIGABRT: "SIGABRT", syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE", syscall.SIGHUP: "SIGHUP",
		syscall.SIGILL: "SIGILL", syscall.SIGINT: "SIGINT", syscall.SIGPIPE: "SIGPIPE", syscall.SIGQUIT: "SIGQUIT",
		syscall.SIGSEGV: "SIGSEGV", syscall.SIGSYS: "SIGSYS", syscall.SIGTERM: "SIGTERM", syscall.SIGTRAP: "SIGTRAP",
		syscall.SIGALRM: "SIGALRM", syscall.SIGXCPU: "SIGXCPU", syscall.SIGUSR1: "SIGUSR1", syscall.SIGUSR2: "SIGUSR2",
	}
	if name, ok := names[s]; ok {
		return name
	}
	return strconv.Itoa(int(s))
}
