package process

import (
	"os"
	"runtime"
	"syscall"

	"runtimekit/gateway/internal/procfs"
)

// Writers returns the processes that can write to pipes, but for the gateway and the workers themselves: what a worker's
// function has started, and what that has started.
func (t *Table) Writers(pipes []procfs.File, user *User) (writers map[int]bool) {
	t.mu.Lock()
	known := map[int]bool{os.Getpid(): true}
	for pid := range t.byPid {
		known[pid] = true
	}
	t.mu.Unlock()
	user.see(func() { writers = procfs.Holders(pipes, func(pid int) bool { return known[pid] }) })
	return writers
}

// see calls a function that looks at files of the user's processes in /proc. Only who has their user for files, or more
// capabilities than containers get, may see which files they have open.
func (u *User) see(look func()) {
	if u == nil {
		look()
		return
	}
	runtime.LockOSThread() // the user for files is a thread's own
	defer runtime.UnlockOSThread()
	group, _, _ := syscall.RawSyscall(syscall.SYS_SETFSGID, uintptr(u.GID), 0, 0)
	owner, _, _ := syscall.RawSyscall(syscall.SYS_SETFSUID, uintptr(u.UID), 0, 0)
	defer func() {
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, owner, 0, 0)
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSGID, group, 0, 0)
	}()
	look()
}
