package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"runtimekit/gateway/internal/procfs"
)

const (
	// forkDeadline is how long a template may take to become two processes.
	forkDeadline = 5 * time.Second
	// forkQuiet is how long strays are left alone for the sake of a fork on its way.
	forkQuiet = 2 * time.Second
	// workerOomScore makes the kernel end a worker, not the gateway, when memory runs out.
	workerOomScore = "800"
)

// launcher starts workers (docs/worker-protocol.md, "Starting a worker").
type launcher struct {
	command        []string // the first word an absolute path
	environment    []string // without the key
	folder         string   // the working directory, /usr/code
	doors          *doorkeeper
	processes      *processTable
	stdout, stderr *sink
}

// keyNames are the environment variables that hold the key, in the order in which they are looked at (contract R1).
var keyNames = []string{"INTERNAL_RUNTIME_KEY", "APPWRITE_INTERNAL_RUNTIME_KEY"}

// workerEnvironment is an environment without anything that holds the key (contract R4).
func workerEnvironment(all []string, key string) []string {
	var kept []string
	for _, entry := range all {
		name, value, _ := strings.Cut(entry, "=")
		if value == key || name == "RUNTIME_SOCKET" || name == keyDescriptor ||
			strings.EqualFold(name, keyNames[0]) || strings.EqualFold(name, keyNames[1]) {
			continue
		}
		kept = append(kept, entry)
	}
	return kept
}

// start starts or forks the worker's process and waits until it has connected.
func (w *worker) start() error {
	l := w.d.launcher
	door, err := l.doors.open()
	if err != nil {
		return err
	}
	defer door.close()
	if w.template != nil {
		err = w.fork(l, door)
	} else {
		err = w.spawn(l, door)
	}
	if err != nil {
		return err
	}
	conn, process := w.link.conn, w.station.process
	go func() {
		<-process.exited
		_ = conn.CloseRead() // what has arrived can still be read, then the connection ends, whoever else holds it
	}()
	return nil
}

// spawn starts the adapter.
func (w *worker) spawn(l *launcher, door *door) error {
	nothing, err := syscall.Open(os.DevNull, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("no input for the worker: %w", err)
	}
	defer syscall.Close(nothing)
	o := &output{}
	files := []uintptr{uintptr(nothing)}
	for _, to := range []*sink{l.stdout, l.stderr} {
		var pipe [2]int
		if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC); err != nil {
			return fmt.Errorf("no pipe for the worker's output: %w", err)
		}
		defer syscall.Close(pipe[1])
		_ = syscall.SetNonblock(pipe[0], true) // the reading end only: the worker's end blocks, as programs expect
		o.copy(os.NewFile(uintptr(pipe[0]), "worker's output"), to)
		files = append(files, uintptr(pipe[1]))
	}
	p, err := l.processes.start(append(l.command[:len(l.command):len(l.command)], w.pool.file), &syscall.ProcAttr{
		Dir:   l.folder,
		Env:   append(l.environment[:len(l.environment):len(l.environment)], "RUNTIME_SOCKET="+door.path()),
		Files: files,
		Sys:   &syscall.SysProcAttr{Setsid: true}, // a session of its own: it can join no other process group
	})
	if err != nil {
		return err
	}
	// Forks inherit it. Where it cannot be raised the kernel chooses by size, which is the worker too.
	_ = os.WriteFile("/proc/"+strconv.Itoa(p.pid)+"/oom_score_adj", []byte(workerOomScore), 0)
	w.station.occupy(p, o)
	conn, _, err := door.accept(p.exited, w.station.unwanted, func(pid int) bool { return pid == p.pid })
	if err != nil {
		return err
	}
	w.link = &link{conn: conn}
	return nil
}

// fork has the template become two processes.
func (w *worker) fork(l *launcher, door *door) error {
	l.processes.forks.RLock()
	landed := time.AfterFunc(forkQuiet, l.processes.forks.RUnlock)
	defer func() {
		if landed.Stop() {
			l.processes.forks.RUnlock()
		}
	}()
	var streams [2]*os.File
	for i, name := range []string{"stdout", "stderr"} {
		path := filepath.Join(door.folder, name)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			return fmt.Errorf("no pipe for the worker's output: %w", err)
		}
		stream, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return fmt.Errorf("no pipe for the worker's output: %w", err)
		}
		streams[i] = stream
		defer func() {
			if w.link == nil {
				_ = stream.Close()
			}
		}()
	}
	if err := w.template.link.fork(door.folder); err != nil {
		return fmt.Errorf("the worker that forks has ended: %w", err)
	}
	_ = door.listener.SetDeadline(time.Now().Add(forkDeadline))
	conn, pid, err := door.accept(w.template.station.process.exited, w.station.unwanted, l.isNewChild)
	if err != nil {
		return err
	}
	// Only now: a FIFO that nobody has opened for writing yet looks ended.
	o := &output{}
	o.copy(streams[0], l.stdout)
	o.copy(streams[1], l.stderr)
	w.station.occupy(l.processes.adopt(pid), o)
	w.link = &link{conn: conn}
	return nil
}

// isNewChild reports whether a process is a child of the gateway, or is about to become one, and no worker yet.
func (l *launcher) isNewChild(pid int) bool {
	for range 100 {
		if procfs.Parent(pid) == os.Getpid() {
			return !l.processes.known(pid)
		}
		time.Sleep(time.Millisecond) // the process in between has not ended yet
	}
	return false
}
