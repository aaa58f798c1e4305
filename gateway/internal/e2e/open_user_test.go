package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openTemplateWorker is a template whose functions take a context: loggers and printers.
const openTemplateWorker = templateFrames + `def text():
    global body
    (size,) = struct.unpack(">I", body[:4])
    value, body = body[4:4 + size].decode(), body[4 + size:]
    return value
def pairs():
    global body
    (count,) = struct.unpack(">I", body[:4])
    body = body[4:]
    return {text(): text() for _ in range(count)}
s = connect(os.environ["RUNTIME_SOCKET"])
assert os.environ["RUNTIME_SHAPE"] == "context"
send(0x11, 0, struct.pack(">BIB", 1, 1, 2))
while True:
    size, kind, id = struct.unpack(">IBI", take(9))
    body = take(size - 5)
    if kind == 3:
        folder = body[4:].decode()
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            continue
        if os.fork(): os._exit(0)
        os.setsid()
        for name, number in ("stdout", 1), ("stderr", 2):
            os.dup2(os.open(folder + "/" + name, os.O_WRONLY), number)
        s.close(); s = connect(folder + "/socket")
        send(0x11, 0, struct.pack(">BIB", 0, 1, 2))
    elif kind == 4:
        body = body[1:]
        for _ in range(3): text()
        body = body[2:]
        for _ in range(3): text()
        query, headers = pairs(), pairs()
        answer = b""
        for action in headers.get("x-do", "").split("|"):
            word, _, argument = action.strip().partition(" ")
            if word in ("log", "error", "native"):
                send(0x18, id, bytes([word == "error", word == "native"]) + argument.encode())
            elif word == "print": print(argument, flush=True)
            elif word == "child": os.spawnvp(os.P_WAIT, "sh", ["sh", "-c", argument])
            elif word == "sleep": time.sleep(int(argument) / 1000) # the action itself
            elif word == "uid": answer = b"%d %d %d" % (os.getuid(), os.getgid(), len(os.getgroups()))
            elif word == "text": answer = argument.encode()
        send(0x19, id, struct.pack(">iI", 200, 0) + answer)
`

// startOpenTemplate starts a gateway whose workers are forks, with workers of a user ("" is 2001, if the tests are
// root's).
func startOpenTemplate(t *testing.T, user string) *open {
	t.Helper()
	const python = "/usr/bin/python3" // another one may be where only root can go
	if _, err := os.Stat(python); err != nil {
		t.Skip("needs python3, to fork")
	}
	return startOpenAs(t, user, openTemplateWorker, python, "-I", "-S")
}

// startOpenAs starts a gateway whose workers may have another user: all that they must reach lies in one folder. With a
// script, the worker is a program that gets it.
func startOpenAs(t *testing.T, user, script string, worker ...string) *open {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "gateway-open-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	code := filepath.Join(folder, "code")
	for _, name := range []string{"code", "logs", "tmp"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Chmod(folder, 0o755)
	_ = os.Chmod(filepath.Join(folder, "tmp"), 0o1777)
	program := filepath.Join(folder, "worker")
	content := []byte(script)
	if script == "" {
		if content, err = os.ReadFile(os.Args[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(program, content, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(code, "serial"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o := &open{logs: filepath.Join(folder, "logs"), timings: filepath.Join(folder, "timings.txt"), headers: map[string][]string{"X-Open-Runtimes-Secret": {testSecret}}}
	wrap := openWrap("serial", []string{"RUNTIME_USER=" + user, "TMPDIR=" + filepath.Join(folder, "tmp"), "HOME=/root"})
	o.instance = startCommand(t, code, wrap, o.options(append(worker, program)...)...)
	return o
}

func needsRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root: only a gateway that runs as root starts workers as another user")
	}
}

func TestOpenWorkersOfARootGatewayAreNotRoot(t *testing.T) {
	needsRoot(t)
	o := startOpenAs(t, "", "")
	seen := o.see("GET", "/", "")
	if environ := strings.Join(seen.Environ, "\n"); seen.UID != 2001 || !strings.Contains(environ, "HOME=/tmp") || strings.Contains(environ, "HOME=/root") {
		t.Errorf("D5: the function is user %d with %s", seen.UID, environ)
	}
	status := string(must(os.ReadFile(fmt.Sprintf("/proc/%d/status", seen.PID))))
	for _, want := range []string{"Uid:\t2001\t2001\t2001\t2001", "Gid:\t2000\t2000\t2000\t2000", "Groups:\t \n", "NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000"} {
		if !strings.Contains(status, want) {
			t.Errorf("D5: %q is missing in\n%s", want, status)
		}
	}
	if score := string(must(os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", seen.PID)))); strings.TrimSpace(score) != "800" {
		t.Errorf("D5: the score is %s", score)
	}
	for _, name := range []string{"environ", "mem", "maps", "fd/0"} {
		if r := o.do(fmt.Sprintf("read /proc/%d/%s", o.command.Process.Pid, name)); !strings.Contains(r.body, "permission denied") {
			t.Errorf("D5: %s of the gateway: %s", name, r.body)
		}
	}
	if r := o.do("write-file " + filepath.Join(o.logs, "forged_logs.log")); !strings.Contains(r.body, "permission denied") {
		t.Errorf("D5: the function wrote into the folder of logs: %s", r.body)
	}
	r := o.do(fmt.Sprintf("log by the gateway|child kill -TERM %d 2>&1|text x", o.command.Process.Pid))
	if logs, _ := o.logged(r); !strings.Contains(logs, "by the gateway\n") || !strings.Contains(logs, "ot permitted") {
		t.Errorf("D5: logged %q", logs)
	}
	o.alive()
	if r := o.do("exit 1"); r.status != 500 {
		t.Errorf("D5: got %d", r.status)
	}
	o.alive() // a new worker connects, too
}

func TestOpenForksOfARootGatewayAreNotRoot(t *testing.T) {
	needsRoot(t)
	o := startOpenTemplate(t, "")
	if r := o.do("uid"); r.body != "2001 2000 0" {
		t.Errorf("D5: a fork is %q, %s", r.body, r.message)
	}
	if logs, _ := o.logged(o.do("print from a fork|text x")); logs != nativeNotice+"from a fork\n" {
		t.Errorf("V16: logged %q", logs)
	}
}

func TestOpenWorkersStayRootIfTheOperatorSaysSo(t *testing.T) {
	needsRoot(t)
	if seen := startOpenAs(t, "root", "").see("GET", "/", ""); seen.UID != 0 {
		t.Errorf("D5: the function is user %d", seen.UID)
	}
}

func TestOpenWorkersOfAnotherUserAreThatUser(t *testing.T) {
	needsRoot(t)
	o := startOpenAs(t, "", "")
	_ = o.command.Process.Kill()
	wrap := append(unprivileged(t), openWrap("serial", []string{"RUNTIME_USER=", "TMPDIR=" + filepath.Join(filepath.Dir(o.logs), "tmp")})...)
	binary := filepath.Join(filepath.Dir(o.logs), "gateway")
	if err := os.WriteFile(binary, must(os.ReadFile(gatewayBinary)), 0o755); err != nil {
		t.Fatal(err)
	}
	original := gatewayBinary
	gatewayBinary = binary
	defer func() { gatewayBinary = original }()
	o.instance = startCommand(t, o.code, wrap, o.options(filepath.Join(filepath.Dir(o.logs), "worker"))...)
	if seen := o.see("GET", "/", ""); seen.UID != 2001 {
		t.Errorf("D5: the function is user %d", seen.UID)
	}
}

// must returns what could be read.
func must(content []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return content
}
