package main

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

// process is a worker's process.
type process struct {
	pid    int
	exited chan struct{}
	end    syscall.WaitStatus // once exited is closed
	reaped bool               // end is known
	gone   bool               // it had ended before it was known: its number may be another's
}

// kill ends the process and its group. Its number cannot have been given away: it is reaped under the table's lock,
// and a number that is a group's is not used again before the group is empty.
func (p *process) kill() {
	if p.gone {
		return
	}
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	select {
	case <-p.exited:
	default:
		_ = syscall.Kill(p.pid, syscall.SIGKILL)
	}
}

// wait reports whether the process ends within a time.
func (p *process) wait(d time.Duration) bool {
	select {
	case <-p.exited:
		return true
	case <-time.After(d):
		return false
	}
}

// status is how the process ended, if that is known.
func (p *process) status() (syscall.WaitStatus, bool) {
	select {
	case <-p.exited:
		return p.end, p.reaped
	default:
		return 0, false
	}
}

// processTable knows the workers' processes, and reaps every child: as PID 1 (or subreaper) the gateway is also the
// parent of what workers leave behind.
type processTable struct {
	mu    sync.Mutex // held while starting and while reaping, so that no end is missed
	byPid map[int]*process
	forks sync.RWMutex // read-locked while a fork is on its way, which a sweep would take for a stray

	starter *starter
}

func newProcessTable() *processTable {
	t := &processTable{byPid: map[int]*process{}, starter: newStarter()}
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
func (t *processTable) reapOne() bool {
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
		close(p.exited)
	}
	return true
}

// start starts a program. While the system has no process or memory to spare it tries again for a while.
func (t *processTable) start(argv []string, attributes *syscall.ProcAttr) (*process, error) {
	pause := 5 * time.Millisecond
	for deadline := time.Now().Add(forkPatience); ; {
		p, err := t.tryStart(argv, attributes)
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.ENOMEM) || time.Now().After(deadline) {
			return nil, fmt.Errorf("the worker's process could not be started: %w", err)
		}
		t.sweep()
		time.Sleep(pause)
		pause *= 2
	}
}

func (t *processTable) tryStart(argv []string, attributes *syscall.ProcAttr) (*process, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pid, err := t.starter.forkExec(argv, attributes)
	if err != nil {
		return nil, err
	}
	limitSignals(pid)
	return t.register(pid), nil
}

// adopt registers a process that a template has forked and that is a child of the gateway by now. If it has been reaped
// before it was known its number may be that of another worker, or of nobody.
func (t *processTable) adopt(pid int) *process {
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

func endedProcess(pid int) *process {
	p := &process{pid: pid, exited: make(chan struct{}), gone: true}
	close(p.exited)
	return p
}

func (t *processTable) register(pid int) *process {
	p := &process{pid: pid, exited: make(chan struct{})}
	t.byPid[pid] = p
	return p
}

// known reports whether a process is a worker's.
func (t *processTable) known(pid int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byPid[pid] != nil
}

// sweep ends what ended workers have left behind: children of the gateway that are no worker. Their own children
// become the gateway's and are ended in the next round. What outruns that, a fork bomb, is ended with everything
// else, which only PID 1 can do safely.
func (t *processTable) sweep() {
	t.forks.Lock()
	defer t.forks.Unlock()
	for range sweepRounds {
		if t.killStrays() == 0 {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	if os.Getpid() == 1 {
		log.Print("gateway: processes multiply faster than they can be ended one by one; ending all")
		_ = syscall.Kill(-1, syscall.SIGKILL)
	}
}

// killStrays kills the gateway's children that are no worker, and returns how many it found.
func (t *processTable) killStrays() int {
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
