package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// templateFrames is how templates here, in Python because Go cannot fork, read and write frames.
const templateFrames = `
import os, socket, struct, sys, time
def connect(path):
    s = socket.socket(socket.AF_UNIX); s.connect(path); return s
def send(kind, id, body=b""): s.sendall(struct.pack(">IBI", 5 + len(body), kind, id) + body)
def take(n):
    data = b""
    while len(data) < n:
        part = s.recv(n - len(data))
        if not part: os._exit(0)
        data += part
    return data
`

// templateWorker is a template.
const templateWorker = templateFrames + `loaded = os.getpid()
s = connect(os.environ["RUNTIME_SOCKET"])
send(0x11, 0, struct.pack(">BI", 1, 1))
while True:
    size, kind, id = struct.unpack(">IBI", take(9))
    body = take(size - 5)
    if kind == 3:
        folder = body[4:].decode()
        if os.path.exists("no-forks"):
            print("cannot fork", flush=True)
            os._exit(9)
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            continue
        if os.fork(): os._exit(0)
        os.setsid()
        for name, number in ("stdout", 1), ("stderr", 2):
            os.dup2(os.open(folder + "/" + name, os.O_WRONLY), number)
        s.close(); s = connect(folder + "/socket")
        send(0x11, 0, struct.pack(">BI", 0, 1))
    elif kind == 1:
        payload = body[12:].decode()
        print("printed", payload, flush=True)
        if payload.startswith("sleep"): time.sleep(1)
        if payload.startswith("doze"): time.sleep(6) # longer than a pool pauses after a failure
        if payload.startswith("spin"):
            while True: pass
        if payload.startswith("exit"): os._exit(4)
        send(0x14, id, struct.pack(">IB", 200, 0) + ("%d %d" % (loaded, os.getpid())).encode())
`

func startTemplate(t *testing.T) *instance {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3, to fork")
	}
	code := functionFolder(t, "serial")
	script := filepath.Join(t.TempDir(), "worker.py")
	if err := os.WriteFile(script, []byte(templateWorker), 0o644); err != nil {
		t.Fatal(err)
	}
	return startCommand(t, code, nil, python, "-I", "-S", script).ready()
}

func TestTemplateForksWorkers(t *testing.T) {
	g := startTemplate(t)
	first := g.do("x", "")
	requests := make([][2]string, 10)
	for i := range requests {
		requests[i] = [2]string{"sleep", ""}
	}
	begin := time.Now()
	seen := map[string]bool{}
	for _, r := range g.together(requests...) {
		seen[r.body] = true
		if r.status != 200 || strings.Fields(r.body)[0] != strings.Fields(first.body)[0] {
			t.Errorf("got %d %s, first %s", r.status, r.body, first.body)
		}
	}
	if spent := time.Since(begin); spent > 2*time.Second || len(seen) != 10 {
		t.Errorf("F6: %d workers took %v", len(seen), spent)
	}
	g.until("F5: output arrives", func() bool { return strings.Count(g.log.String(), "printed sleep\n") == 10 })
}

func TestForkedWorkersEndAlone(t *testing.T) {
	g := startTemplate(t)
	if r := g.do("exit", ""); r.status != 500 || !strings.Contains(r.message, "exit code 4") || !strings.Contains(r.message, "printed exit") {
		t.Errorf("E4: got %d %s", r.status, r.body)
	}
	if r := g.do("spin", `,"timeout":0.3`); r.status != 500 || r.took > 550*time.Millisecond {
		t.Errorf("T1: got %d %s after %v", r.status, r.body, r.took)
	}
	g.alive()
}

func TestTemplateThatCannotForkIsReplaced(t *testing.T) {
	g := startTemplate(t)
	before := strings.Fields(g.do("x", "").body)[0]
	block := filepath.Join(g.code, "no-forks")
	if err := os.WriteFile(block, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	g.do("exit", "")
	if r := g.do("x", ""); r.status != 500 {
		t.Errorf("without forks: got %d %s", r.status, r.body)
	}
	if err := os.Remove(block); err != nil {
		t.Fatal(err)
	}
	var r reply
	g.until("it works again", func() bool { r = g.do("x", ""); return r.status == 200 })
	if strings.Fields(r.body)[0] == before {
		t.Error("the same template")
	}
}

func TestRequestThatWaitsAfterAFailedForkNeedsNoOther(t *testing.T) {
	g := startTemplate(t)
	g.do("x", "") // there is a worker, which will doze
	block := filepath.Join(g.code, "no-forks")
	if err := os.WriteFile(block, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	dozing := make(chan reply, 1)
	go func() { dozing <- g.do("doze", "") }()
	g.until("it dozes", func() bool { return strings.Contains(g.log.String(), "printed doze") })
	waiting := make(chan reply, 1)
	go func() { waiting <- g.do("x", "") }()
	g.until("the fork fails", func() bool { return strings.Contains(g.log.String(), "cannot fork") })
	if err := os.Remove(block); err != nil {
		t.Fatal(err)
	}
	select {
	case r := <-waiting:
		if r.status != 200 {
			t.Errorf("got %d %s", r.status, r.body)
		}
	case <-dozing:
		t.Error("F6: a request waited for one that has nothing to do with it")
	}
}
