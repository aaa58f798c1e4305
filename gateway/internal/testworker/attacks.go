package testworker

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"
)

// change is one way to change another process; the test worker tries them all.
type change struct {
	name      string
	number    uintptr
	arguments func(pid uintptr) [3]uintptr
}

var (
	someLimit    = [2]uint64{64, 64}
	noParameters [64]byte
	firstCPU     = [16]uint64{1}
	idleClass    = [6]uint64{48 | 5<<32} // struct sched_attr: its size, SCHED_IDLE
)

func address[T any](value *T) uintptr { return uintptr(unsafe.Pointer(value)) }

var changes = []change{
	{"prlimit", syscall.SYS_PRLIMIT64, func(pid uintptr) [3]uintptr { return [3]uintptr{pid, 7, address(&someLimit)} }},
	{"affinity", syscall.SYS_SCHED_SETAFFINITY, func(pid uintptr) [3]uintptr { return [3]uintptr{pid, 128, address(&firstCPU)} }},
	{"scheduler", syscall.SYS_SCHED_SETSCHEDULER, func(pid uintptr) [3]uintptr { return [3]uintptr{pid, 5, address(&noParameters)} }},
	{"parameters", syscall.SYS_SCHED_SETPARAM, func(pid uintptr) [3]uintptr { return [3]uintptr{pid, address(&noParameters)} }},
	{"attributes", map[string]uintptr{"amd64": 314, "arm64": 274}[runtime.GOARCH],
		func(pid uintptr) [3]uintptr { return [3]uintptr{pid, address(&idleClass)} }},
	{"priority", syscall.SYS_SETPRIORITY, func(pid uintptr) [3]uintptr { return [3]uintptr{0, pid, 19} }},
	{"priority of the group", syscall.SYS_SETPRIORITY, func(pid uintptr) [3]uintptr { return [3]uintptr{1, pid, 19} }},
	{"priority of the user", syscall.SYS_SETPRIORITY, func(uintptr) [3]uintptr { return [3]uintptr{2, 0, 19} }},
	{"io priority", syscall.SYS_IOPRIO_SET, func(pid uintptr) [3]uintptr { return [3]uintptr{1, pid, 3 << 13} }},
	{"io priority of the user", syscall.SYS_IOPRIO_SET, func(uintptr) [3]uintptr { return [3]uintptr{3, 0, 3 << 13} }},
}

// disable tries to change a process and its threads in every way, and returns the ways that worked.
func disable(pid int) (done []string) {
	targets, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, target := range append(targets, fmt.Sprint(pid)) {
		var number uintptr
		_, _ = fmt.Sscan(filepath.Base(target), &number)
		for _, c := range changes {
			a := c.arguments(number)
			if _, _, errno := syscall.RawSyscall(c.number, a[0], a[1], a[2]); errno != syscall.EPERM {
				done = append(done, fmt.Sprintf("%s of %d: %d", c.name, number, errno))
			}
		}
	}
	return done
}

// writable returns which of a process's files in /proc can be written. Some can be opened, which does no harm.
func writable(pid int) (found []string) {
	_ = filepath.Walk(fmt.Sprintf("/proc/%d", pid), func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			defer file.Close()
			if _, err = file.WriteString("1"); !errors.Is(err, os.ErrPermission) {
				found = append(found, path)
			}
		}
		return nil
	})
	return found
}

// changeSelf returns the ways in which this process may not change itself.
func changeSelf() (refused []string) {
	var old [2]uint64
	itself := func(uintptr) [3]uintptr { return [3]uintptr{0, 7, 0} }
	for _, c := range append(changes[:6:6], change{"reading", syscall.SYS_PRLIMIT64, itself}) {
		a := c.arguments(0)
		if _, _, errno := syscall.RawSyscall(c.number, a[0], a[1], a[2]); errno == syscall.EPERM {
			refused = append(refused, c.name)
		}
	}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(os.Getpid()), 7, 0, address(&old), 0, 0)
	if errno != 0 {
		refused = append(refused, "reading by number")
	}
	return refused
}

// floodParent makes as many signals pending as it may, then sends the parent a SIGTERM that would exceed their number.
func floodParent() (queued int) {
	runtime.LockOSThread() // and never unlocked: the signal stays blocked here
	const signal = 40
	set := uint64(1) << (signal - 1)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 0, address(&set), 0, 8, 0, 0)
	info := [16]uint64{signal, uint64(uint32(0xffffffff))} // SI_QUEUE
	own := uintptr(os.Getpid())
	for queued < 1<<20 {
		_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_TGSIGQUEUEINFO, own, uintptr(syscall.Gettid()), signal, address(&info), 0, 0)
		if errno != 0 {
			break
		}
		queued++
	}
	parent := uintptr(os.Getppid())
	_, _, _ = syscall.RawSyscall(syscall.SYS_TGKILL, parent, parent, uintptr(syscall.SIGTERM))
	return queued
}
