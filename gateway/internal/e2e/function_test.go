package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
)

func TestRequestArrivesComplete(t *testing.T) {
	for _, mode := range []string{"serial", "shared"} {
		t.Run(mode, func(t *testing.T) {
			g := startGateway(t, mode).ready()
			r := g.do("é😀\x00", `,"env":{"__proto__":"1"},"headers":{"host":"h"},"unknown":[1]`)
			var got struct {
				Env, Headers map[string]string
				Payload      string
			}
			if err := json.Unmarshal([]byte(r.body), &got); err != nil || r.status != 200 {
				t.Fatalf("got %d %s", r.status, r.body)
			}
			if got.Payload != "é😀\x00" || got.Env["__proto__"] != "1" || len(got.Headers) != 1 || got.Headers["host"] != "h" {
				t.Errorf("got %+v", got)
			}
			if r.header.Get("Content-Type") != http1.ContentJSON {
				t.Errorf("type is %s", r.header.Get("Content-Type"))
			}
		})
	}
}

func TestErrorsHaveTheirShape(t *testing.T) {
	g := startGateway(t, "serial").ready()
	if r := g.do("silent", ""); r.status != 500 || !strings.Contains(r.message, "without an answer") {
		t.Errorf("no answer: %d %s", r.status, r.body)
	}
	if r := g.do("throw E: <&>\u2028 x", ""); r.status != 500 || r.message != "E: <&>\u2028 x" || strings.Contains(r.body, `\u003c`) {
		t.Errorf("E2 message: %d %s", r.status, r.body)
	}
	if r := g.do("throw "+strings.Repeat("é", 1<<20), ""); r.status != 500 || r.message != strings.Repeat("é", failure.MaxMessage/2) {
		t.Errorf("E2 long message: %d, %d bytes", r.status, len(r.message))
	}
	if r := g.do("garbage", ""); r.status != 500 || !strings.Contains(r.message, "protocol") {
		t.Errorf("broken protocol: %d %s", r.status, r.body)
	}
	g.alive()
}

func TestProcessEndIsReported(t *testing.T) {
	for _, mode := range []string{"serial", "shared"} {
		g := startGateway(t, mode).ready()
		r := g.do("exit 3", "")
		if r.status != 500 || !strings.Contains(r.message, "exit code 3") || !strings.Contains(r.message, "one line before the end") {
			t.Errorf("E4 %s: %d %s", mode, r.status, r.body)
		}
		g.alive()
		if r := g.do("signal 11", ""); r.status != 500 || !strings.Contains(r.message, "SIGSEGV") && !strings.Contains(r.message, "exit code 2") {
			t.Errorf("E4 %s: %d %s", mode, r.status, r.body)
		}
		g.alive()
		if r := g.do("signal 9", ""); r.status != 500 || !strings.Contains(r.message, "SIGKILL") {
			t.Errorf("E4 %s: %d %s", mode, r.status, r.body)
		}
		for range 10 {
			if r := g.do("late-exit", ""); r.status != 200 || r.body != "bye" {
				t.Errorf("%s: an answer before the end got lost: %d %s", mode, r.status, r.body)
			}
		}
		g.alive()
	}
}

func TestFilesAreConfined(t *testing.T) {
	g := startGateway(t, "serial").ready()
	outside := g.code + "-x"
	if err := os.MkdirAll(filepath.Join(g.code, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(outside)
	for path, target := range map[string]string{
		outside + "/serial": "", g.code + "/sub/serial": "", g.code + "/out": outside + "/serial",
		g.code + "/in": "sub/serial", g.code + "/folder-out": outside, g.code + "/loop": "loop",
	} {
		err := os.WriteFile(path, nil, 0o644)
		if target != "" {
			_ = os.Remove(path)
			err = os.Symlink(target, path)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(g.code+"/fifo", 0o644); err != nil {
		t.Fatal(err)
	}
	quote := func(s string) string { text, _ := json.Marshal(s); return string(text) }
	for _, c := range []struct {
		path, file string
		want       int
	}{
		{g.code, "serial", 200}, {g.code, "./serial", 200}, {g.code, "in", 200}, {g.code + "/sub", "serial", 200},
		{g.code + "/sub/..", "serial", 200}, {g.code + "/", "sub/../serial", 200},
		{g.code + "/sub", "../serial", 404}, {g.code, "missing", 404}, {g.code, "", 404}, {g.code, ".", 404},
		{g.code, "sub", 404}, {g.code, "fifo", 404}, {g.code, "out", 404}, {g.code, "folder-out/serial", 404},
		{g.code, "loop", 404}, {g.code, "serial/", 404}, {g.code, "../" + filepath.Base(outside) + "/serial", 404},
		{g.code, g.code + "/serial", 404}, {g.code, "serial\x00", 404}, {g.code, "file:///serial", 404},
		{g.code, strings.Repeat("a", 5000), 404}, {outside, "serial", 404}, {g.code + "/folder-out", "serial", 404},
		{"/", "etc/passwd", 404}, {"", "serial", 404}, {"sub", "serial", 404}, {g.code + "/serial", "serial", 404},
		{g.code, "/proc/self/environ", 404}, {g.code, "nope/../serial", 404},
	} {
		r := g.post(fmt.Sprintf(`{"path":%s,"file":%s}`, quote(c.path), quote(c.file)))
		if r.status != c.want {
			t.Errorf("R8 path %q file %q: got %d %s, want %d", c.path, failure.Clip(c.file), r.status, failure.Clip(r.body), c.want)
		}
	}
	g.alive()
}

func TestCompiledDisregardsPathAndFile(t *testing.T) {
	worker, _ := os.Executable()
	g := startCommand(t, t.TempDir(), nil, "--compiled", worker).ready()
	if r := g.post(`{"path":"/nowhere","file":"../x"}`); r.status != 200 {
		t.Errorf("R8: got %d %s", r.status, r.body)
	}
	if r := g.post(`{"path":1}`); r.status != 400 {
		t.Errorf("R5: got %d %s", r.status, r.body)
	}
}

func TestLoadFailures(t *testing.T) {
	g := startGateway(t, "serial").ready()
	for _, c := range []struct {
		file, fields, message string
		want                  int
	}{
		{"wrong", "", "holds no function", 404}, {"throws", "", "SyntaxError", 500}, {"dies", "", "exit code 5", 500},
		{"dies", "", "last words", 500}, {"loops", `,"timeout":0.3`, "timed out after 0.3 s", 500},
	} {
		r := g.do("x", `,"file":"`+c.file+`"`+c.fields)
		if r.status != c.want || !strings.Contains(r.message, c.message) || r.took > 2*time.Second {
			t.Errorf("E1 %s: got %d %s after %v", c.file, r.status, r.body, r.took)
		}
	}
	g.alive()
}

func TestHealthFollowsTheDefaultFunction(t *testing.T) {
	g := startGateway(t, "once")
	if r := g.do("x", ""); r.status != 500 || !strings.Contains(r.message, "not repaired") || g.health() != 503 {
		t.Errorf("while it throws: %d %s, health %d", r.status, r.body, g.health())
	}
	if err := os.WriteFile(filepath.Join(g.code, "repaired"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if r := g.do("x", ""); r.status != 200 || g.health() != 200 {
		t.Errorf("R10 repaired: %d %s, health %d", r.status, r.body, g.health())
	}
}

// A client may poll /healthz, and send its first request once that answers 200.
func TestHealthAloneSeesThatLoadingWorksAgain(t *testing.T) {
	g := startGateway(t, "once")
	if r := g.do("x", ""); r.status != 500 {
		t.Fatalf("while it throws: %d %s", r.status, r.body)
	}
	if err := os.WriteFile(filepath.Join(g.code, "repaired"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	g.until("/healthz says that the function can be loaded", func() bool { return g.health() == 200 })
	if times := strings.Count(g.log.String(), "not repaired"); times != 1 {
		t.Errorf("the log tells %d times why the function could not be loaded", times)
	}
}

func TestTenFilesTakeTurns(t *testing.T) {
	g := startGateway(t, "serial").ready()
	var group sync.WaitGroup
	for i := range 12 {
		name := fmt.Sprintf("serial-%d", i)
		if err := os.WriteFile(filepath.Join(g.code, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		group.Add(1)
		go func() {
			defer group.Done()
			if r := g.do("sleep 50", `,"file":"`+name+`"`); r.status != 200 {
				t.Errorf("%s got %d %s", name, r.status, r.body)
			}
		}()
	}
	group.Wait()
	g.alive()
}

// A worker that ends before it has connected is a failed start, and must not end the gateway.
func TestWorkerThatNeverConnects(t *testing.T) {
	g := startCommand(t, functionFolder(t, "serial"), nil, "/bin/false")
	for range 3 {
		r := g.do("x", "")
		if r.status != 500 || !strings.Contains(r.message, "could not be loaded") {
			t.Errorf("got %d %s", r.status, r.body)
		}
	}
}
