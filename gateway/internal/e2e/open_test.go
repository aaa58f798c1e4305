package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"runtimekit/gateway/internal/testworker"
)

// The tests of the open-runtimes protocol name the rules of docs/protocol-v5.md (V1 to V39).

const testSecret = "0123456789abcdef-test-secret"

// open is a running gateway that speaks the open-runtimes protocol.
type open struct {
	*instance
	logs    string // the folder of the requests' logs
	timings string // the file of the start's timings
	headers http.Header
}

// startOpen starts a gateway for one of the test functions, whose name says how it behaves (package testworker).
func startOpen(t testing.TB, name string, environment ...string) *open {
	t.Helper()
	folder := t.TempDir()
	o := &open{logs: filepath.Join(folder, "logs"), timings: filepath.Join(folder, "timings.txt"), headers: http.Header{}}
	if err := os.Mkdir(o.logs, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o.headers.Set("X-Open-Runtimes-Secret", testSecret)
	o.instance = startCommand(t, functionFolder(t, "serial"), openWrap(name, environment), o.options(self)...)
	return o
}

// openWrap sets the environment of a gateway. What is given later counts.
func openWrap(name string, environment []string) []string {
	usual := []string{"env", "OPEN_RUNTIMES_SECRET=" + testSecret, "OPEN_RUNTIMES_ENTRYPOINT=" + name, "RUNTIME_USER=root"}
	return append(usual, environment...)
}

// options returns the options of a gateway, and a worker.
func (o *open) options(worker ...string) []string {
	return append([]string{"--protocol", "open-runtimes", "--logs", o.logs, "--timings", o.timings}, worker...)
}

// send sends a request with the secret, what the function shall do, and further headers, `name: value`. Redirects are
// not followed.
func (o *open) send(method, target, do, body string, headers ...string) reply {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	request, err := http.NewRequest(method, "http://"+o.address+target, content)
	if err != nil {
		return reply{message: err.Error()}
	}
	request.Header = o.headers.Clone()
	if do != "" {
		request.Header.Set(testworker.Action, do)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ":")
		request.Header.Add(name, strings.TrimSpace(value))
		if value == "" {
			request.Header.Del(name)
		}
	}
	begin := time.Now()
	r, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return reply{message: err.Error()}
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return reply{message: err.Error()}
	}
	return reply{status: r.StatusCode, body: string(text), header: r.Header, took: time.Since(begin)}
}

// do has the function do something.
func (o *open) do(do string, headers ...string) reply { return o.send("GET", "/", do, "", headers...) }

// see returns what the function sees of a request.
func (o *open) see(method, target, body string, headers ...string) testworker.Seen {
	o.t.Helper()
	r := o.send(method, target, "", body, headers...)
	var seen testworker.Seen
	if err := json.Unmarshal([]byte(r.body), &seen); err != nil || r.status != 200 {
		o.t.Errorf("got %d %q %s, %v", r.status, r.body, r.message, err)
	}
	return seen
}

// logged returns the text of a request's two files, "" for one that is not there.
func (o *open) logged(r reply) (logs, errors string) {
	o.t.Helper()
	id := r.header.Get("X-Open-Runtimes-Log-Id")
	if id == "" {
		o.t.Errorf("the answer %d %q names no log id", r.status, r.body)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(o.logs, id+name))
		if err != nil && !os.IsNotExist(err) {
			o.t.Error(err)
		}
		return string(text)
	}
	return read("_logs.log"), read("_errors.log")
}

// files returns the names in the folder of logs.
func (o *open) files() []string {
	entries, err := os.ReadDir(o.logs)
	if err != nil {
		o.t.Error(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// alive checks that the gateway still answers a plain request.
func (o *open) alive() {
	o.t.Helper()
	if r := o.do("text alive"); r.status != 200 || r.body != "alive" {
		o.t.Errorf("afterwards a plain request got %d %q %s", r.status, r.body, r.message)
	}
}

// rawOpen returns a request with the secret.
func rawOpen(line, lines, body string) string {
	return line + " HTTP/1.1\r\nHost: example.org:8080\r\nConnection: close\r\nX-Open-Runtimes-Secret: " + testSecret + "\r\n" + lines + "\r\n" + body
}
