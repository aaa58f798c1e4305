package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"runtimekit/gateway/internal/failure"
)

// seccompData is what the kernel shows a filter of a system call.
type seccompData struct {
	number, architecture uint32
	address              uint64
	arguments            [6]uint64
}

// run is what the kernel does with a filter.
func decide(t *testing.T, filter []instruction, data *seccompData) uint32 {
	t.Helper()
	raw := unsafe.Slice((*byte)(unsafe.Pointer(data)), unsafe.Sizeof(*data))
	var word uint32
	for i := 0; i < len(filter); i++ {
		switch in := filter[i]; in.code {
		case loadWord:
			word = binary.LittleEndian.Uint32(raw[in.immediate:])
		case maskWord:
			word &= in.immediate
		case ifEqual:
			if word == in.immediate {
				i += int(in.yes)
			} else {
				i += int(in.no)
			}
		case returnValue:
			return in.immediate
		}
	}
	t.Fatal("the filter has no end")
	return 0
}

func TestFilterKnowsEveryInterface(t *testing.T) {
	filter := workerFilter()
	const high = 1 << 32 // the kernel does not see it where it expects a process
	for _, n := range interfaces {
		calls := map[[4]uint64]bool{ // number and arguments, and whether that is allowed
			{uint64(n.limits), 0, 7, 99}:         true,
			{uint64(n.limits), high, 7, 99}:      true,
			{uint64(n.limits), 1, 7, 99}:         false,
			{uint64(n.limits), 1, 7, high}:       false,
			{uint64(n.limits), 1, 7, 0}:          true,
			{uint64(n.priority), 0, 0, 5}:        true,
			{uint64(n.priority), 1, 0, 5}:        true,
			{uint64(n.priority), 0, 1, 5}:        false,
			{uint64(n.priority), 1, 1, 5}:        false,
			{uint64(n.priority), 2, 0, 5}:        false,
			{uint64(n.priority), high + 2, 0, 5}: false,
			{uint64(n.ioPriority), 1, 0, 5}:      true,
			{uint64(n.ioPriority), 1, 9, 5}:      false,
			{uint64(n.ioPriority), 2, 0, 5}:      true,
			{uint64(n.ioPriority), 3, 0, 5}:      false,
			{4, 1, 1, 1}:                         true,
		}
		for _, number := range n.scheduling {
			calls[[4]uint64{uint64(number), 0, 8, 9}] = true
			calls[[4]uint64{uint64(number), 5, 8, 9}] = false
		}
		for call, allowed := range calls {
			data := &seccompData{uint32(call[0]), n.architecture, 0, [6]uint64{call[1], call[2], call[3]}}
			want := uint32(deny)
			if allowed {
				want = allow
			}
			if got := decide(t, filter, data); got != want {
				t.Errorf("on %#x %v: %#x", n.architecture, call, got)
			}
			if data.number |= x32; n.architecture == interfaces[0].architecture && decide(t, filter, data) != want {
				t.Errorf("x32 %v: not %#x", call, want)
			}
		}
	}
	if decide(t, filter, &seccompData{number: 302, architecture: 0x80000016}) != deny {
		t.Error("an unknown interface is allowed")
	}
}

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

// disable does to a process and its threads what it can, and returns what it could.
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

// writable returns which of a process's files can be written: opening some is allowed, but no more.
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

func TestUserCodeCannotDisableTheServer(t *testing.T) {
	g := startGatewayAs(t, unprivileged(t))
	pid := g.command.Process.Pid
	before, _ := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if r := g.do(fmt.Sprintf("disable %d", pid), ""); r.status != 200 || r.body != "[]" {
		t.Errorf("R4: user code could change %d %s", r.status, failure.Clip(r.body))
	}
	if after, _ := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid)); string(after) != string(before) {
		t.Errorf("R4: the limits were\n%s and are\n%s", before, after)
	}
	if r := g.do(fmt.Sprintf("writable %d", pid), ""); r.status != 200 || r.body != "[]" {
		t.Errorf("R4: user code can write %d %s", r.status, failure.Clip(r.body))
	}
	g.alive()
}

func TestWorkersMayChangeThemselves(t *testing.T) {
	g := startGateway(t, "serial").ready()
	if r := g.do("change-self", ""); r.status != 200 || r.body != "[]" {
		t.Errorf("refused: %d %s", r.status, r.body)
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.command.Process.Pid))
	if strings.Contains(string(status), "Seccomp:\t2") {
		t.Error("the gateway has the workers' filter")
	}
}

// changeSelf returns what a process may not do to itself.
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

// floodParent has as many signals wait as it may, then sends the parent a SIGTERM that would not find room.
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

func TestNoSignalLosesItsSender(t *testing.T) {
	wrap := append([]string{"prlimit", "--sigpending=1000"}, unprivileged(t)...)
	g := startGatewayAs(t, wrap)
	if r := g.do("flood-parent", ""); r.status != 200 || r.body == "0" {
		t.Errorf("no signals wait: %d %s", r.status, r.body)
	}
	g.alive()
	select {
	case <-g.exited:
		t.Error("E4: user code could stop the server")
	case <-time.After(200 * time.Millisecond):
	}
}

// withoutFilters makes this thread, and what is started from it, know no filters for system calls but this one.
func withoutFilters(t *testing.T) {
	t.Helper()
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); errno != 0 {
		t.Fatal(errno)
	}
	filter := []instruction{
		{loadWord, 0, 0, callNumber}, {ifEqual, 0, 1, uint32(seccompNumber)},
		{returnValue, 0, 0, deny&^0xffff | uint32(syscall.ENOSYS)}, {returnValue, 0, 0, allow},
	}
	program := struct {
		length uint16
		first  *instruction
	}{uint16(len(filter)), &filter[0]}
	if _, _, errno := syscall.RawSyscall(seccompNumber, setModeFilter, 0, address(&program)); errno != 0 {
		t.Skipf("needs a kernel with filters, to make one without: %v", errno)
	}
}

func TestKernelWithoutFiltersIsToldOfOnce(t *testing.T) {
	withoutFilters(t)
	g := startGateway(t, "serial").ready()
	for range 3 { // each has its worker replaced
		g.do("exit 1", "")
		g.alive()
	}
	if log := g.log.String(); strings.Count(log, "functions can change the server's limits and priorities") != 1 {
		t.Errorf("R4: the log says\n%s", log)
	}
}
