package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// exitPatience is how long a worker whose connection has ended may take to end by itself.
	exitPatience = 200 * time.Millisecond
	// killPatience is how long the kernel may take to end a killed one.
	killPatience = 2 * time.Second
	// outputPatience is how long what an ended worker has printed is still read.
	outputPatience = 100 * time.Millisecond
)

// station is the part of a worker that the operating system knows: its process and its output.
type station struct {
	mu      sync.Mutex
	process *process // nil until started
	output  *output
	killed  bool
}

// occupy notes the started process, and ends it if it is no longer wanted.
func (s *station) occupy(p *process, o *output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process, s.output = p, o
	if s.killed {
		p.kill()
	}
}

// kill ends the process and its group, now or as soon as it is started.
func (s *station) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killed = true
	if s.process != nil {
		s.process.kill()
	}
}

// cpuTime is what the process has used of the CPU so far.
func (s *station) cpuTime() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(s.process.pid) + "/stat")
	if err != nil {
		return 0
	}
	// The second field, the name, may hold anything; what follows its last parenthesis starts with field 3.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / 100 // USER_HZ is 100 on every Linux that Go supports
}

// finish makes sure that the process has ended and says how; `err` is how its connection did.
func (s *station) finish(err error) *ending {
	s.mu.Lock()
	p, o := s.process, s.output
	s.mu.Unlock()
	if p == nil {
		return &ending{what: err.Error()}
	}
	byItself := p.wait(exitPatience)
	p.kill() // its process group too
	if !byItself {
		p.wait(killPatience)
	}
	o.close(outputPatience)
	return &ending{describeEnd(p, err, byItself), o.tail()}
}

func describeEnd(p *process, err error, byItself bool) string {
	switch {
	case errors.Is(err, errProtocol):
		return err.Error()
	case !byItself && errors.Is(err, os.ErrDeadlineExceeded):
		return "the worker stalled while sending an answer"
	case !byItself && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)):
		return "the worker closed its connection to the gateway"
	case !byItself:
		return err.Error()
	}
	status, known := p.status()
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
