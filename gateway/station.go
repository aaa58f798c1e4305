package main

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
	// exitPatience is how long a worker whose connection has ended may take to end by itself: on a busy machine a
	// runtime that clears up needs several hundred milliseconds, and then its exit code is known.
	exitPatience = time.Second
	// killPatience is how long the kernel may take to end a killed one.
	killPatience = 2 * time.Second
	// outputPatience is how long what an ended worker has printed is still read.
	outputPatience = 100 * time.Millisecond
)

// station is the part of a worker that the operating system knows: its process and its output.
type station struct {
	unwanted chan struct{} // closed when the worker is no longer wanted

	mu      sync.Mutex
	process *process.Process // nil until started
	output  *process.Output
	killed  bool
	left    bool // the process has ended, and its number may be another's
}

// occupy notes the started process, and ends it if it is no longer wanted.
func (s *station) occupy(p *process.Process, o *process.Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process, s.output = p, o
	if s.killed {
		p.Kill()
	}
}

// kill ends the process and its group, now or as soon as it is started.
func (s *station) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.killed {
		s.killed = true
		close(s.unwanted)
	}
	if s.process != nil && !s.left {
		s.process.Kill()
	}
}

// cpuDemand is for how long the process has used a CPU or waited for one.
func (s *station) cpuDemand() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return procfs.CPUDemand(s.process.PID)
}

// pid is the process's number, 0 before it is started.
func (s *station) pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return s.process.PID
}

// footprint is the memory that the process has for itself, in bytes.
func (s *station) footprint() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return procfs.Memory(s.process.PID)
}

// finish makes sure that the process has ended and says how; `err` is how its connection did.
func (s *station) finish(err error) *ending {
	s.mu.Lock()
	p, o := s.process, s.output
	s.mu.Unlock()
	if p == nil {
		return &ending{what: err.Error()}
	}
	byItself := p.Wait(exitPatience)
	p.Kill() // its process group too
	if !byItself {
		p.Wait(killPatience)
	}
	s.mu.Lock()
	s.left = true
	s.mu.Unlock()
	o.Close(outputPatience)
	return &ending{describeEnd(p, err, byItself), o.Tail()}
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

// signalName is a signal's usual name.
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
