package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// lastWords is how long the connection of a worker that has ended meanwhile is looked for: on a busy machine the
// process is sometimes missed long before the connection, over which it said why it ends, is accepted.
const lastWords = time.Second

// doorkeeper makes the places where workers connect: a folder each, in one that only the gateway's user can enter.
type doorkeeper struct {
	mu     sync.Mutex
	folder string // "" until the first door
}

// door is the place where one worker connects.
type door struct {
	folder   string
	listener *net.UnixListener
}

// open makes a door. User code that has removed the folder of all doors is survived.
func (k *doorkeeper) open() (*door, error) {
	folder, err := k.makeFolder()
	if err != nil {
		return nil, fmt.Errorf("no folder for the worker's socket; %s must be writable and not full: %w", os.TempDir(), err)
	}
	d := &door{folder: folder}
	d.listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: d.path(), Net: "unix"})
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, fmt.Errorf("no socket for the worker; %s must be writable and not full: %w", os.TempDir(), err)
	}
	return d, nil
}

func (k *doorkeeper) makeFolder() (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.folder != "" {
		if folder, err := os.MkdirTemp(k.folder, ""); err == nil {
			return folder, nil
		}
	}
	parent, err := os.MkdirTemp("", "gateway-")
	if err != nil {
		return "", err
	}
	k.folder = parent
	return os.MkdirTemp(parent, "")
}

// remove removes what is left of the doors at the gateway's end.
func (k *doorkeeper) remove() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.folder != "" {
		_ = os.RemoveAll(k.folder)
	}
}

func (d *door) path() string { return filepath.Join(d.folder, "socket") }

// accept waits for the worker. Others are turned away: user code cannot pose as a worker. `ended` closes when the
// process that should connect, or should make the one that connects, has ended, `unwanted` when nobody wants the worker
// any more.
func (d *door) accept(ended, unwanted <-chan struct{}, expected func(pid int) bool) (*net.UnixConn, int, error) {
	accepted := make(chan struct{})
	defer close(accepted)
	go func() {
		for ended := ended; ; {
			select {
			case <-ended:
				// It may have connected and said why it ends: that connection still waits to be accepted.
				_ = d.listener.SetDeadline(time.Now().Add(lastWords))
				ended = nil
			case <-unwanted:
				_ = d.listener.SetDeadline(time.Now()) // nor its last words
				return
			case <-accepted:
				return
			}
		}
	}()
	for {
		conn, err := d.listener.AcceptUnix()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && closed(unwanted):
			return nil, 0, errNotNeeded
		case errors.Is(err, os.ErrDeadlineExceeded) && closed(ended):
			return nil, 0, errors.New("the worker ended before it was ready")
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, 0, errors.New("the worker could not be forked in time")
		case err != nil:
			return nil, 0, fmt.Errorf("the worker could not connect: %w", err)
		}
		if pid, ok := peer(conn); ok && expected(pid) {
			return conn, pid, nil
		}
		_ = conn.Close()
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// peer is the process at the other end of a connection, if it is of the gateway's own user.
func peer(conn *net.UnixConn) (int, bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, false
	}
	var credentials *syscall.Ucred
	var problem error
	if err := raw.Control(func(fd uintptr) {
		credentials, problem = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	}); err != nil || problem != nil {
		return 0, false
	}
	return int(credentials.Pid), int(credentials.Uid) == os.Getuid()
}

// close removes the door, used or not.
func (d *door) close() {
	_ = d.listener.Close()
	_ = os.RemoveAll(d.folder)
}
