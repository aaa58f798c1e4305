package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/exit"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/process"
)

// exitCode waits for the gateway's end.
func (g *instance) exitCode(within time.Duration) int {
	g.t.Helper()
	select {
	case err := <-g.exited:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			if exit.ExitCode() < 0 {
				g.t.Errorf("the gateway was ended: %v", exit)
			}
			return exit.ExitCode()
		}
		return 0
	case <-time.After(within):
		g.t.Fatalf("the gateway had not ended after %v", within)
		return -1
	}
}

func (g *instance) signal(s syscall.Signal) { _ = g.command.Process.Signal(s) }

func TestStopsAtOnceWhenIdle(t *testing.T) {
	g := startGateway(t, "serial").ready()
	g.alive()
	g.signal(syscall.SIGTERM)
	if code := g.exitCode(time.Second); code != 0 {
		t.Errorf("T3: exit code %d", code)
	}
	for _, entry := range g.command.Env {
		if folder, found := strings.CutPrefix(entry, "TMPDIR="); found {
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		}
	}
}

func TestStopIsNeverMistaken(t *testing.T) {
	for range 30 {
		g := startGateway(t, "serial").ready()
		g.signal(syscall.SIGTERM)
		if code := g.exitCode(time.Second); code != 0 {
			t.Fatalf("T3: exit code %d", code)
		}
	}
}

func TestStopLetsRunningRequestsFinish(t *testing.T) {
	g := startGateway(t, "serial").ready()
	done := make(chan reply)
	go func() { done <- g.do("sleep 1000", "") }()
	time.AfterFunc(300*time.Millisecond, func() { g.signal(syscall.SIGTERM) })
	var refused reply
	g.until("new requests are refused", func() bool { refused = g.do("x", ""); return refused.status == 503 })
	if refused.header.Get("Connection") != "close" && !strings.Contains(fmt.Sprint(refused.header), "close") {
		t.Logf("header: %v", refused.header) // net/http hides it
	}
	if r := <-done; r.status != 200 {
		t.Errorf("T3: the running request got %d %s", r.status, r.body)
	}
	if code := g.exitCode(time.Second); code != 0 {
		t.Errorf("T3: exit code %d", code)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	g := startGateway(t, "serial").ready()
	go g.do("sleep 20000", "")
	time.Sleep(200 * time.Millisecond)
	g.signal(syscall.SIGTERM)
	time.Sleep(100 * time.Millisecond)
	g.signal(syscall.SIGTERM)
	if code := g.exitCode(time.Second); code != exit.SecondSignal {
		t.Errorf("T3: exit code %d", code)
	}
}

func TestStopEndsHungRequests(t *testing.T) {
	t.Parallel()
	g := startGateway(t, "serial").ready()
	done := make(chan reply)
	go func() { done <- g.do("spin", `,"timeout":60`) }()
	time.Sleep(200 * time.Millisecond)
	g.signal(syscall.SIGTERM)
	if r := <-done; r.status != 500 || r.took < 7*time.Second {
		t.Errorf("T3: got %d %s after %v", r.status, r.body, r.took)
	}
	if code := g.exitCode(2 * time.Second); code != 0 {
		t.Errorf("T3: exit code %d", code)
	}
}

func TestDoesNotStartWithoutKey(t *testing.T) {
	for _, c := range []struct {
		environment []string
		want        int
	}{
		{nil, exit.Configuration}, {[]string{"INTERNAL_RUNTIME_KEY="}, exit.Configuration},
		{[]string{"INTERNAL_RUNTIME_KEY=a\n"}, exit.Configuration},
	} {
		command := exec.Command(gatewayBinary, "--listen", "127.0.0.1:0", "--code", functionFolder(t, "serial"), "/bin/true")
		command.Env = c.environment
		output, err := command.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != c.want || strings.Count(string(output), "\n") != 1 {
			t.Errorf("R2 %q: %v %s", c.environment, err, output)
		}
	}
}

func TestOlderKeyNameWorks(t *testing.T) {
	g := startCommand(t, functionFolder(t, "serial"),
		[]string{"env", "-u", "INTERNAL_RUNTIME_KEY", "APPWRITE_INTERNAL_RUNTIME_KEY=" + testKey}, os.Args[0]).ready()
	g.alive()
}

func TestKeyIsOutOfReach(t *testing.T) {
	g := startGateway(t, "serial", "env", "APPWRITE_INTERNAL_RUNTIME_KEY="+testKey, "Internal_Runtime_Key="+testKey, "COPY="+testKey).ready()
	if r := g.do("x", ""); r.status != 200 || strings.Contains(r.body, testKey) || strings.Contains(r.body, process.KeyDescriptor) {
		t.Errorf("R4: in the worker's environment: %s", r.body)
	}
	own, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", g.command.Process.Pid))
	if err != nil || strings.Contains(string(own), testKey) {
		t.Errorf("R4: in the gateway's environment: %v", err)
	}
	if strings.Contains(g.log.String(), testKey) {
		t.Error("R4: in the log")
	}
}

// unprivileged wraps a command so that it runs as another user; it needs root.
func unprivileged(t *testing.T) []string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to become another user")
	}
	if _, err := exec.LookPath("setpriv"); err != nil {
		t.Skip("needs setpriv")
	}
	return []string{"setpriv", "--reuid", "2001", "--regid", "2000", "--clear-groups"}
}

// startGatewayAs starts a gateway as another user. All files that this user must reach lie in one folder.
func startGatewayAs(t *testing.T, wrap []string) *instance {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "gateway-user-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	for name, from := range map[string]string{"gateway": gatewayBinary, "worker": os.Args[0]} {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.WriteFile(filepath.Join(folder, "serial"), nil, 0o644)
	_ = os.WriteFile(filepath.Join(folder, ".entrypoint"), []byte("serial"), 0o644)
	_ = os.Chmod(folder, 0o777)
	original := gatewayBinary
	gatewayBinary = filepath.Join(folder, "gateway")
	defer func() { gatewayBinary = original }()
	return startCommand(t, folder, append([]string{"env", "TMPDIR=" + folder}, wrap...), filepath.Join(folder, "worker")).ready()
}

func TestMemoryOfTheGatewayIsClosedToItsUser(t *testing.T) {
	g := startGatewayAs(t, unprivileged(t))
	for _, name := range []string{"environ", "mem", "maps", "fd"} {
		r := g.do(fmt.Sprintf("read /proc/%d/%s", g.command.Process.Pid, name), "")
		if r.status != 200 || !strings.Contains(r.body, "permission denied") {
			t.Errorf("R4 %s: got %d %s", name, r.status, failure.Clip(r.body))
		}
	}
}

func TestWorkersHaveNoLeftovers(t *testing.T) {
	g := startGateway(t, "serial").ready()
	orphan, err := strconv.Atoi(g.do("orphan", "").body)
	if err != nil || !alive(orphan) {
		t.Fatalf("no orphan: %v", err)
	}
	g.do("exit 0", "")
	g.until("the orphan has ended", func() bool { return !alive(orphan) })
	g.alive()
}

func TestDescriptorsDoNotLeak(t *testing.T) {
	g := startGateway(t, "serial").ready()
	count := func() int {
		entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", g.command.Process.Pid))
		return len(entries)
	}
	g.do("exit 1", "")
	g.alive()
	before := count()
	for range 30 {
		g.do("exit 1", "")
	}
	g.alive()
	g.until("descriptors are back", func() bool { return count() <= before+2 })
	worker := pidOf(t, g.do("x", ""))
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", worker))
	if len(entries) > 8 { // 0 to 2, the socket, Go's poller
		t.Errorf("the worker has %d descriptors", len(entries))
	}
}

func TestWorkerHasCleanSignalsAndOutOfMemoryScore(t *testing.T) {
	g := startGateway(t, "serial").ready()
	pid := pidOf(t, g.do("x", ""))
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if !strings.Contains(string(status), "SigBlk:\t0000000000000000") {
		t.Errorf("signals are blocked:\n%s", status)
	}
	score, _ := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid))
	if strings.TrimSpace(string(score)) != dispatch.WorkerOOMScore {
		t.Errorf("score is %s", score)
	}
}

func TestUserCodeCannotStopTheServer(t *testing.T) {
	wrap := []string{"unshare", "--pid", "--fork", "--mount-proc", "--kill-child"}
	if err := exec.Command(wrap[0], append(wrap[1:], "true")...).Run(); err != nil {
		t.Skipf("needs a pid namespace of its own: %v", err)
	}
	g := startGateway(t, "serial", wrap...).ready()
	for s := 1; s <= 64; s++ {
		g.do(fmt.Sprintf("signal-parent %d", s), `,"timeout":5`)
	}
	if r := g.do("x", ""); r.status != 200 {
		t.Fatalf("after all signals: %d %s %s", r.status, r.body, r.message)
	}
	comm := g.do("read /proc/1/comm", "")
	if !strings.Contains(comm.body, "gateway") {
		t.Errorf("PID 1 is %s", comm.body)
	}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", g.command.Process.Pid, g.command.Process.Pid))
	pid, err := strconv.Atoi(strings.TrimSpace(string(children)))
	if err != nil {
		t.Fatal(err)
	}
	_ = syscall.Kill(pid, syscall.SIGTERM)
	if code := g.exitCode(time.Second); code != 0 {
		t.Errorf("T3 from outside: exit code %d", code)
	}
}
