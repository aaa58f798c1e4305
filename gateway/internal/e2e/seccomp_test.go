package e2e

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"runtimekit/gateway/internal/failure"
)

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

// rawInstruction is struct sock_filter.
type rawInstruction struct {
	code      uint16
	yes, no   uint8
	immediate uint32
}

// seccompCall is the number of seccomp(2).
var seccompCall = map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]

// withoutFilters makes this thread, and what it starts, unable to install filters for system calls.
func withoutFilters(t *testing.T) {
	t.Helper()
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, 38, 1, 0, 0, 0, 0); errno != 0 {
		t.Fatal(errno)
	}
	const noSuchCall = 0x00050000 | uint32(syscall.ENOSYS) // SECCOMP_RET_ERRNO
	filter := []rawInstruction{                            // of struct sock_filter
		{0x20, 0, 0, 0},                                    // load the number of the system call
		{0x15, 0, 1, uint32(seccompCall)},                  // if it is not seccomp(2), skip one
		{0x06, 0, 0, noSuchCall}, {0x06, 0, 0, 0x7fff0000}, // else allow it
	}
	program := struct {
		length uint16
		first  *rawInstruction
	}{uint16(len(filter)), &filter[0]}
	if _, _, errno := syscall.RawSyscall(seccompCall, 1, 0, uintptr(unsafe.Pointer(&program))); errno != 0 {
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
