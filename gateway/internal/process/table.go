// Package process starts, signals and reaps the processes of workers, copies their output, and protects the gateway
// from them: its memory, its environment, its signals. It knows nothing of requests, of functions or of the worker
// protocol.
package process

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"runtimekit/gateway/internal/procfs"
)

const (
	// forkPatience is how long the gateway tries to start a process while there are too many.
	forkPatience = 2 * time.Second
	// sweepRounds is how often leftovers are looked for before everything is ended.
	sweepRounds = 50
)

// Process is a worker's process.
type Process struct {
	PID    int
	Exited chan struct{}      // closed when the process has ended
	end    syscall.WaitStatus // valid once Exited is closed
	reaped bool               // end is known
	gone   bool               // it had ended before it was registered: its number may be another process's
}

// Kill ends the process and its group. The number still belongs to them: the process is reaped under the table's lock,
// and the kernel does not use a group's number again before the group is empty.
func (p *Process) Kill() {
	if p.gone {
		return
	}
	_ = syscall.Kill(-p.PID, syscall.SIGKILL)
	select {
	case <-p.Exited:
	default:
		_ = syscall.Kill(p.PID, syscall.SIGKILL)
	}
}

// Wait reports whether the process ends within a duration.
func (p *Process) Wait(d time.Duration) bool {
	select {
	case <-p.Exited:
		return true
	case <-time.After(d):
		return false
	}
}

// Status returns how the process ended, if that is known.
func (p *Process) Status() (syscall.WaitStatus, bool) {
	select {
	case <-p.Exited:
		return p.end, p.reaped
	default:
		return 0, false
	}
}

// Table holds the processes of workers and reaps every child of the gateway. As PID 1, or as a subreaper, the gateway
// is also the parent of the processes that workers leave behind.
type Table struct {
	mu    sync.Mutex // held while starting and while reaping, so that no end is missed
	byPid map[int]*Process
	forks sync.RWMutex // read-locked by HoldSweeps, locked by Sweep; never taken while holding mu

	starter *starter
}

// NewTable returns an empty table and begins to reap.
func NewTable() *Table {
	t := &Table{byPid: map[int]*Process{}, starter: newStarter()}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		for range ended {
			for t.reapOne() {
			}
		}
	}()
	return t
}

// reapOne collects one ended child, if there is one.
func (t *Table) reapOne() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if errors.Is(err, syscall.EINTR) {
		return true
	}
	if err != nil || pid <= 0 {
		return false
	}
	if p := t.byPid[pid]; p != nil {
		delete(t.byPid, pid)
		p.end, p.reaped = status, true
		close(p.Exited)
	}
	return true
}

// Start starts a program. While the system has no process or memory to spare, it tries again for forkPatience.
func (t *Table) Start(argv []string, attributes *syscall.ProcAttr) (*Process, error) {
	pause := 5 * time.Millisecond
	for deadline := time.Now().Add(forkPatience); ; {
		p, err := t.tryStart(argv, attributes)
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.ENOMEM) || time.Now().After(deadline) {
			return nil, fmt.Errorf("the worker's process could not be started: %w", err)
		}
		t.Sweep()
		time.Sleep(pause) // no event tells when there is room for a process again
		pause *= 2
	}
}

func (t *Table) tryStart(argv []string, attributes *syscall.ProcAttr) (*Process, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pid, err := t.starter.forkExec(argv, attributes)
	if err != nil {
		return nil, err
	}
	limitSignals(pid)
	return t.register(pid), nil
}

// Adopt registers a process that a template has forked and that is a child of the gateway by now. If that was reaped
// before it was registered, its number may be another worker's by now, or nobody's: then Adopt returns a process that
// has ended.
func (t *Table) Adopt(pid int) *Process {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byPid[pid] != nil {
		return endedProcess(pid)
	}
	p := t.register(pid)
	if syscall.Kill(pid, 0) != nil {
		delete(t.byPid, pid)
		return endedProcess(pid)
	}
	return p
}

func endedProcess(pid int) *Process {
	p := &Process{PID: pid, Exited: make(chan struct{}), gone: true}
	close(p.Exited)
	return p
}

func (t *Table) register(pid int) *Process {
	p := &Process{PID: pid, Exited: make(chan struct{})}
	t.byPid[pid] = p
	return p
}

// Known reports whether a process is in the table.
func (t *Table) Known(pid int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byPid[pid] != nil
}

// Sweep ends the processes that workers have left behind: children of the gateway that are not in the table. Their own
// children become the gateway's and are ended in the next round. A fork bomb is faster than that: then Sweep ends all
// processes, which only PID 1 can do safely.
func (t *Table) Sweep() {
	t.forks.Lock()
	defer t.forks.Unlock()
	for range sweepRounds {
		if t.killStrays() == 0 {
			return
		}
		time.Sleep(2 * time.Millisecond) // killed ones end, and their children become ours
	}
	if os.Getpid() == 1 {
		log.Print("gateway: processes multiply faster than they can be ended one by one; ending all")
		_ = syscall.Kill(-1, syscall.SIGKILL)
	}
}

// HoldSweeps keeps Sweep from beginning until the returned function is called, at most for d. Sweep would end a process
// that a template has forked and that is not adopted yet.
func (t *Table) HoldSweeps(d time.Duration) (release func()) {
	t.forks.RLock()
	timer := time.AfterFunc(d, t.forks.RUnlock)
	return func() {
		if timer.Stop() {
			t.forks.RUnlock()
		}
	}
}

// killStrays kills the gateway's children that are not in the table, and returns how many it found.
func (t *Table) killStrays() int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	found := 0
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || procfs.Parent(pid) != os.Getpid() {
			continue
		}
		t.mu.Lock()
		if t.byPid[pid] == nil && procfs.Parent(pid) == os.Getpid() {
			found++
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		t.mu.Unlock()
	}
	return found
}
