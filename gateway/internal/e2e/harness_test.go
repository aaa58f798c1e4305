package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/testworker"
)

const testKey = "0123456789abcdef-test-key"

var gatewayBinary string

func TestMain(m *testing.M) {
	if os.Getenv(bareServer) != "" {
		serveBare()
		return
	}
	if os.Getenv("RUNTIME_SOCKET") != "" {
		testworker.Run(os.Args[len(os.Args)-1])
		return
	}
	folder, err := os.MkdirTemp("", "gateway-test-")
	if err == nil {
		gatewayBinary = filepath.Join(folder, "gateway")
		build := exec.Command("go", append(append([]string{"build"}, raceFlags...), "-o", gatewayBinary, "runtimekit/gateway")...)
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the gateway cannot be built:", err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// instance is a running gateway.
type instance struct {
	t       testing.TB
	command *exec.Cmd
	address string
	code    string
	log     *logBuffer
	exited  chan error
}

// logBuffer collects output that is read while it grows.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// functionFolder makes a folder with test functions, whose names say how they behave (package testworker).
func functionFolder(t testing.TB, entrypoint string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"serial", "serial2", "shared", "wrong", "throws", "dies", "loops", "once", "shared-at-once", "echo-serial", "echo-shared", "echo-at-once", "context", "request"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, ".entrypoint"), []byte(entrypoint+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}

// startGateway starts a gateway for one of the test functions; `wrap` goes before its command.
func startGateway(t testing.TB, entrypoint string, wrap ...string) *instance {
	t.Helper()
	worker, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return startCommand(t, functionFolder(t, entrypoint), wrap, worker)
}

func startCommand(t testing.TB, code string, wrap []string, worker ...string) *instance {
	t.Helper()
	return startListening(t, code, wrap, []string{"--listen", "127.0.0.1:0"}, worker...)
}

// startListening starts a gateway with options that say where it listens.
func startListening(t testing.TB, code string, wrap, listen []string, worker ...string) *instance {
	t.Helper()
	arguments := slices.Concat(wrap, []string{gatewayBinary}, listen, []string{"--code", code}, worker)
	g := &instance{t: t, code: code, log: &logBuffer{}, exited: make(chan error, 1)}
	g.command = exec.Command(arguments[0], arguments[1:]...)
	g.command.Env = append(os.Environ(), "INTERNAL_RUNTIME_KEY="+testKey, "TMPDIR="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	g.command.Stdout, g.command.Stderr = g.log, g.log
	if err := g.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { g.exited <- g.command.Wait() }()
	t.Cleanup(func() {
		_ = g.command.Process.Kill()
		if log := g.log.String(); strings.Contains(log, "DATA RACE") || strings.Contains(log, "internal error") {
			t.Errorf("the gateway is faulty:\n%s", log)
		}
		if t.Failed() {
			t.Logf("the gateway's log:\n%s", failure.Clip(g.log.String()))
		}
	})
	g.until("the gateway listens", func() bool {
		_, rest, found := strings.Cut(g.log.String(), "listening on ")
		g.address, _, _ = strings.Cut(rest, "\n")
		g.address = strings.TrimSuffix(g.address, `"}`) // of a log that is JSON
		return found && strings.Contains(rest, "\n")
	})
	return g
}

// health returns the status of /healthz, 0 if it does not answer.
func (g *instance) health() int {
	r, err := http.Get("http://" + g.address + "/healthz")
	if err != nil {
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}

// until waits for a condition.
func (g *instance) until(what string, condition func() bool) {
	g.t.Helper()
	for end := time.Now().Add(10 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			g.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// ready waits until the function is loaded.
func (g *instance) ready() *instance {
	g.t.Helper()
	g.until("/healthz answers 200", func() bool {
		r, err := http.Get("http://" + g.address + "/healthz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == 200
	})
	return g
}

// reply is an answer of the gateway.
type reply struct {
	status  int
	body    string
	message string // of an error
	header  http.Header
	took    time.Duration
}

// post sends a body with the key.
func (g *instance) post(body string) reply {
	request, err := http.NewRequest("POST", "http://"+g.address+"/any/path?x", strings.NewReader(body))
	if err != nil {
		return reply{message: err.Error()}
	}
	request.Header.Set("X-Internal-Challenge", testKey)
	begin := time.Now()
	r, err := http.DefaultClient.Do(request)
	if err != nil {
		return reply{message: err.Error()}
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body)
	var f struct {
		Code    int
		Message string
	}
	_ = json.Unmarshal(text, &f)
	return reply{r.StatusCode, string(text), f.Message, r.Header, time.Since(begin)}
}

// do calls the function with a payload; `fields` are further fields of the body, as JSON.
func (g *instance) do(payload, fields string) reply {
	quoted, _ := json.Marshal(payload)
	return g.post(`{"payload":` + string(quoted) + fields + `}`)
}

// alive checks that the gateway still answers a plain request.
func (g *instance) alive() {
	g.t.Helper()
	if r := g.do("alive", ""); r.status != 200 {
		g.t.Errorf("afterwards a plain request got %d %s", r.status, r.body)
	}
}

// raw sends bytes and returns everything that the gateway sends until it closes the connection.
func (g *instance) raw(text string) string {
	g.t.Helper()
	conn := g.dial()
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, text) }()
	_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	answer, err := io.ReadAll(conn)
	if err != nil {
		g.t.Errorf("after %q: %v", failure.Clip(string(answer)), err)
	}
	return string(answer)
}

func (g *instance) dial() net.Conn {
	g.t.Helper()
	conn, err := net.Dial("tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	return conn
}

// rawRequest returns a request with the key, further header lines and a body.
func rawRequest(lines, body string) string {
	return "POST / HTTP/1.1\r\nHost: a\r\nX-Internal-Challenge: " + testKey + "\r\n" + lines + "\r\n" + body
}

// readReply reads one response.
func readReply(t *testing.T, r *bufio.Reader) reply {
	t.Helper()
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{status: response.StatusCode, body: string(text), header: response.Header}
}
