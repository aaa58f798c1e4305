package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"runtimekit/gateway/internal/exit"
)

func TestOpenMethods(t *testing.T) {
	o := startOpen(t, "serial")
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
		if seen := o.see(method, "/any/path", ""); seen.Method != method || seen.Path != "/any/path" {
			t.Errorf("V1, V21: %s is seen as %s %s", method, seen.Method, seen.Path)
		}
	}
	if r := o.send("HEAD", "/", "text x", ""); r.status != 200 || r.body != "" || r.header.Get("Content-Length") != "1" {
		t.Errorf("V1: HEAD got %d %q %v", r.status, r.body, r.header)
	}
	for _, status := range []string{"204", "304"} {
		if r := o.do("status " + status + "|text x"); fmt.Sprint(r.status) != status || r.body != "" {
			t.Errorf("V1: %s got %d %q", status, r.status, r.body)
		}
	}
	if got := o.raw(rawOpen("CONNECT a:1", "", "")); !strings.HasPrefix(got, "HTTP/1.1 405") {
		t.Errorf("V1: CONNECT got %q", got)
	}
	if got := o.raw("nonsense\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400") || !strings.Contains(got, "text/plain") || strings.Contains(got, "{") {
		t.Errorf("V1: malformed HTTP got %q", got)
	}
}

func TestOpenHealthNeedsNoSecretAndNoFunction(t *testing.T) {
	for _, name := range []string{"serial", "throws"} {
		o := startOpen(t, name)
		for _, method := range []string{"GET", "POST"} {
			if r := o.send(method, "/__opr/health?x", "", "", "X-Open-Runtimes-Secret:"); r.status != 200 || r.body != "OK" {
				t.Errorf("V3: %s of %s got %d %q", method, name, r.status, r.body)
			}
		}
	}
}

func TestOpenTimings(t *testing.T) {
	o := startOpen(t, "serial", "RUNTIME_TIMINGS=extract=0.012 prepare=0.003")
	o.alive() // the function is loaded
	startup := regexp.MustCompile(`^extract=0.012\nprepare=0.003\nstartup=\d+\.\d{3}\n$`)
	var r reply
	o.until("V4: the start's timings are complete", func() bool {
		r = o.send("GET", "/__opr/timings", "", "", "X-Open-Runtimes-Secret:")
		return startup.MatchString(r.body)
	})
	if r.status != 200 || r.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("V4: got %d %v", r.status, r.header)
	}
	if text, err := os.ReadFile(o.timings); err != nil || string(text) != r.body {
		t.Errorf("V4: the file has %q, %v", text, err)
	}
	if err := os.WriteFile(o.timings, []byte("remote_download=1.234"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := o.send("GET", "/__opr/timings", "", ""); r.body != "remote_download=1.234\n" {
		t.Errorf("V4: got %q", r.body)
	}
}

func TestOpenTimingsWithoutAFile(t *testing.T) {
	o := startOpen(t, "serial", "RUNTIME_TIMINGS=extract=0.012")
	_ = o.instance // the folder of this one exists; the next one's does not
	self, _ := os.Executable()
	p := &open{logs: o.logs, timings: filepath.Join(o.logs, "missing", "timings.txt"), headers: o.headers}
	p.instance = startCommand(t, o.code, openWrap("serial", []string{"RUNTIME_TIMINGS=extract=0.012"}), p.options(self)...)
	p.alive()
	p.until("V4: what the server knows itself is told", func() bool {
		body := p.send("GET", "/__opr/timings", "", "").body
		return strings.HasPrefix(body, "extract=0.012\nstartup=")
	})
}

func TestOpenSecret(t *testing.T) {
	o := startOpen(t, "serial")
	const want = `Unauthorized. Provide correct "x-open-runtimes-secret" header.`
	for _, lines := range []string{
		"", "X-Open-Runtimes-Secret:", "X-Open-Runtimes-Secret: wrong",
		"X-Open-Runtimes-Secret: " + testSecret + "\r\nX-Open-Runtimes-Secret: " + testSecret,
		"X-Open-Runtimes-Secret: wrong\r\nX-Open-Runtimes-Timeout: nonsense", // the secret comes first
		"X-Open-Runtimes-Secret: wrong\r\nContent-Length: 99999999",
		"X-Open-Runtimes-Secret: wrong\r\nX-Open-Runtimes-Log-Id: evil",
	} {
		if lines != "" {
			lines += "\r\n"
		}
		got := o.raw("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Do: log called\r\n" + lines + "\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 401") || !strings.HasSuffix(got, "\r\n\r\n"+want) || !strings.Contains(got, "text/plain") {
			t.Errorf("V5: %q got %q", lines, got)
		}
	}
	if names := o.files(); len(names) > 0 {
		t.Errorf("V2: without the secret there are files: %q", names)
	}
	o.alive()
}

func TestOpenEmptySecretLetsEverybodyIn(t *testing.T) {
	o := startOpen(t, "serial", "OPEN_RUNTIMES_SECRET=")
	for _, header := range []string{"X-Open-Runtimes-Secret:", "X-Open-Runtimes-Secret: anything"} {
		if r := o.do("text x", header); r.status != 200 {
			t.Errorf("V6: got %d %q", r.status, r.body)
		}
	}
	o.until("V6: the log says so", func() bool { return strings.Contains(o.log.String(), "OPEN_RUNTIMES_SECRET is empty") })
	if strings.Count(o.log.String(), "is empty") != 1 {
		t.Errorf("V6: the log says it more than once: %s", o.log.String())
	}
}

func TestOpenDoesNotStartWithoutASecret(t *testing.T) {
	for _, environment := range [][]string{nil, {"INTERNAL_RUNTIME_KEY=x"}, {"OPEN_RUNTIMES_SECRET=a\n"}, {"OPEN_RUNTIMES_SECRET=a", "RUNTIME_USER=me"}} {
		command := exec.Command(gatewayBinary, "--listen", "127.0.0.1:0", "--code", t.TempDir(), "--protocol", "open-runtimes", "/bin/true")
		command.Env = environment
		output, _ := command.CombinedOutput()
		if command.ProcessState.ExitCode() != exit.Configuration || strings.Count(string(output), "\n") != 1 {
			t.Errorf("V6: %q ended with %d, %s", environment, command.ProcessState.ExitCode(), output)
		}
	}
	command := exec.Command(gatewayBinary, "--protocol", "v2", "/bin/true")
	if output, _ := command.CombinedOutput(); command.ProcessState.ExitCode() != exit.Usage || !strings.Contains(string(output), "open-runtimes") {
		t.Errorf("an unknown protocol ended with %d, %s", command.ProcessState.ExitCode(), output)
	}
}

func TestOpenSecretIsOutOfReach(t *testing.T) {
	o := startOpen(t, "serial", "COPY="+testSecret, "Open_Runtimes_Secret="+testSecret)
	// base64 of opr:, the secret
	executors := "Authorization: Basic b3ByOjAxMjM0NTY3ODlhYmNkZWYtdGVzdC1zZWNyZXQ="
	seen := o.see("GET", "/", "", executors)
	if text := fmt.Sprint(seen); strings.Contains(text, testSecret) || strings.Contains(text, "b3Byo") || seen.Headers["authorization"] != "" {
		t.Errorf("V7: the function sees %+v", seen)
	}
	if seen := o.see("GET", "/", "", "Authorization: Basic b3ByOm90aGVy"); seen.Headers["authorization"] != "Basic b3ByOm90aGVy" {
		t.Errorf("V7: another Authorization is gone: %v", seen.Headers)
	}
	own, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", o.command.Process.Pid))
	if err != nil || strings.Contains(string(own), testSecret) {
		t.Errorf("V7: in the gateway's environment: %v", err)
	}
}

func TestOpenTimeoutHeader(t *testing.T) {
	o := startOpen(t, "serial")
	const want = `Header "x-open-runtimes-timeout" must be an integer greater than 0.`
	for _, value := range []string{"0", "-1", "1.5", "x", "1s", "00", "+1", "1, 2"} {
		r := o.do("text x", "X-Open-Runtimes-Timeout: "+value)
		if r.status != 500 || r.body != want || r.header.Get("Content-Type") != "text/plain; charset=utf-8" || r.header["X-Open-Runtimes-Log-Id"] != nil {
			t.Errorf("V8: %q got %d %q %v", value, r.status, r.body, r.header)
		}
	}
	if r := o.do("text x", "X-Open-Runtimes-Timeout: 1", "X-Open-Runtimes-Timeout: 1"); r.status != 500 {
		t.Errorf("V8: two of them got %d", r.status)
	}
	for _, value := range []string{"1", "015", "99999999999999999999999"} {
		if r := o.do("text x", "X-Open-Runtimes-Timeout: "+value); r.status != 200 {
			t.Errorf("V8: %q got %d %q", value, r.status, r.body)
		}
	}
	if got := o.raw(rawOpen("GET /", "X-Open-Runtimes-Timeout:\r\n", "")); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("V8: an empty one got %q", got)
	}
}

func TestOpenTimeoutCountsTheWait(t *testing.T) {
	o := startOpen(t, "shared")
	done := make(chan reply, 1)
	for range 32 { // all that run at once
		go func() { r := o.do("sleep 2000|text x", "X-Open-Runtimes-Timeout: 20"); done <- r }()
	}
	time.Sleep(500 * time.Millisecond) // no event tells that all of them run
	r := o.do("text x", "X-Open-Runtimes-Timeout: 1")
	if _, errors := o.logged(r); r.status != 500 || r.took > 1500*time.Millisecond || errors != "Execution timed out.\n" {
		t.Errorf("V8: a request that waited got %d after %v, %q", r.status, r.took, errors)
	}
	for range 32 {
		if r := <-done; r.status != 200 {
			t.Errorf("V8: a request that ran got %d", r.status)
		}
	}
}

func TestOpenControlHeadersStayHere(t *testing.T) {
	o := startOpen(t, "serial")
	seen := o.see("GET", "/", "", "X-Open-Runtimes-Anything: x", "X-Open-Runtimes-Logging: enabled", "X-OpenRuntimes: stays")
	for name := range seen.Headers {
		if strings.HasPrefix(name, "x-open-runtimes-") {
			t.Errorf("V12: the function sees %s", name)
		}
	}
	if seen.Headers["x-openruntimes"] != "stays" || !seen.Logging {
		t.Errorf("V9, V12: the function sees %+v", seen)
	}
	r := o.do("header X-Open-Runtimes-Other=x|header x-open-runtimes-log-id=../x|text x")
	if r.header.Get("X-Open-Runtimes-Other") != "" || len(r.header["X-Open-Runtimes-Log-Id"]) != 1 || strings.Contains(r.header.Get("X-Open-Runtimes-Log-Id"), "/") {
		t.Errorf("V12: the client sees %v", r.header)
	}
}
