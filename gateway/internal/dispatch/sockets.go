package dispatch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"runtimekit/gateway/internal/process"
)

// connectGrace is how long accept still waits for the connection of a worker whose process has ended. Over that
// connection the worker may have said why it ends. On a busy machine the end of a process is often noticed long before
// its connection.
const connectGrace = time.Second

// otherFolder is where sockets are if the usual folder cannot be written to: engines give every container a small tmpfs
// there, also one whose root file system is read-only and that has no other.
const otherFolder = "/dev/shm"

// socketFolder holds the sockets on which workers connect, each in a folder of its own. Only the gateway's user can
// enter it. If workers have another one, they can use what is theirs in it, but neither list nor change it.
type socketFolder struct {
	user   *process.User // the workers'
	mu     sync.Mutex
	folder string // "" until the first socket
}

// workerSocket is the listening socket on which one worker connects.
type workerSocket struct {
	user     *process.User
	folder   string
	listener *net.UnixListener
}

// open makes a socket. It makes a new folder if user code has removed the old one.
func (f *socketFolder) open() (*workerSocket, error) {
	folder, err := f.makeFolder()
	if err != nil {
		return nil, fmt.Errorf("no folder for the worker's socket; %s must be writable and not full: %w", os.TempDir(), err)
	}
	s := &workerSocket{user: f.user, folder: folder}
	s.listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: s.path(), Net: "unix"})
	if err == nil {
		err = f.user.Own(s.path())
	}
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, fmt.Errorf("no socket for the worker; %s must be writable and not full: %w", os.TempDir(), err)
	}
	return s, nil
}

func (f *socketFolder) makeFolder() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.folder != "" {
		if folder, err := f.makeIn(f.folder, ""); err == nil {
			return folder, nil
		}
	}
	parent, err := f.makeIn("", "gateway-")
	if err != nil {
		var also error
		if parent, also = f.makeIn(otherFolder, "gateway-"); also != nil {
			return "", err
		}
	}
	f.folder = parent
	return f.makeIn(parent, "")
}

// makeIn makes a folder in another one.
func (f *socketFolder) makeIn(parent, prefix string) (string, error) {
	folder, err := os.MkdirTemp(parent, prefix)
	if err == nil && f.user != nil {
		err = os.Chmod(folder, 0o711) // who knows a name in it can use that
	}
	return folder, err
}

// remove removes the folder with all sockets that are left.
func (f *socketFolder) remove() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.folder != "" {
		_ = os.RemoveAll(f.folder)
	}
}

func (s *workerSocket) path() string { return filepath.Join(s.folder, "socket") }

// accept waits until an expected process has connected, and returns its connection and its number. It closes the
// connections of other processes: user code cannot pose as a worker. `ended` closes when the process that should
// connect, or that should fork the one that connects, has ended. `unwanted` closes when the worker is no longer needed.
func (s *workerSocket) accept(ended, unwanted <-chan struct{}, expected func(pid int) bool) (*net.UnixConn, int, error) {
	accepted := make(chan struct{})
	defer close(accepted)
	go func() {
		for ended := ended; ; {
			select {
			case <-ended:
				// It may have connected and said why it ends: that connection still waits to be accepted.
				_ = s.listener.SetDeadline(time.Now().Add(connectGrace))
				ended = nil
			case <-unwanted:
				_ = s.listener.SetDeadline(time.Now()) // it does not matter why it ends
				return
			case <-accepted:
				return
			}
		}
	}()
	for {
		conn, err := s.listener.AcceptUnix()
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
		if pid, ok := peer(conn, s.user.ID()); ok && expected(pid) {
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

// peer returns the number of the process at the other end of a connection, if it is of a user.
func peer(conn *net.UnixConn, user int) (int, bool) {
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
	return int(credentials.Pid), int(credentials.Uid) == user
}

// close closes and removes the socket, used or not.
func (s *workerSocket) close() {
	_ = s.listener.Close()
	_ = os.RemoveAll(s.folder)
}
