package e2e

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"runtimekit/gateway/internal/testworker"
)

// The tests of what operators set: O1 to O3 of docs/contract.md.

// logLine is a line of a log that is JSON.
type logLine struct {
	Time, Level, Msg            string
	RequestID                   string `json:"request_id"`
	Method, Path, Result, Error string
	Status, Bytes               int
	Seconds                     float64
}

// startWith starts a gateway for a test function with variables in its environment.
func startWith(t testing.TB, entrypoint string, environment ...string) *instance {
	t.Helper()
	return startGateway(t, entrypoint, append([]string{"env"}, environment...)...)
}

// lineOf waits for the log's line of a request and returns it. All of the gateway's lines must be JSON.
func (g *instance) lineOf(id string) logLine {
	g.t.Helper()
	var found logLine
	g.until("the log has a line of request "+id, func() bool {
		for _, text := range strings.SplitAfter(g.log.String(), "\n") {
			var line logLine
			if !strings.HasSuffix(text, "}\n") || json.Unmarshal([]byte(text), &line) != nil {
				continue
			}
			if line.RequestID == id && line.Msg == "request" {
				found = line
			}
		}
		return found.RequestID != ""
	})
	return found
}

// idOf returns the request's id that an answer gives back: exactly one.
func idOf(t *testing.T, answer string) string {
	t.Helper()
	ids := regexp.MustCompile(`(?i)\r\nx-request-id: ([^\r]*)\r\n`).FindAllStringSubmatch(answer, -1)
	if len(ids) != 1 {
		t.Errorf("O1: %d ids in %q", len(ids), answer)
		return ""
	}
	return ids[0][1]
}

func TestRequestIDsAreTakenOrMade(t *testing.T) {
	g := startWith(t, "serial", "RUNTIME_LOG=json").ready()
	for _, c := range []struct {
		lines string
		taken string // "": a fresh one is made
	}{
		{"x-request-id: a-1_B.c:+/=@\r\n", "a-1_B.c:+/=@"}, {"X-REQUEST-ID:  b \r\n", "b"},
		{"x-request-id: " + strings.Repeat("c", 128) + "\r\n", strings.Repeat("c", 128)},
		{"", ""}, {"x-request-id:\r\n", ""}, {"x-request-id: a b\r\n", ""}, {"x-request-id: {\"a\":1}\r\n", ""},
		{"x-request-id: \u00e9\r\n", ""}, {"x-request-id: a\r\nx-request-id: a\r\n", ""},
		{"x-request-id: " + strings.Repeat("c", 129) + "\r\n", ""},
	} {
		id := idOf(t, g.raw(rawRequest("Connection: close\r\nContent-Length: 2\r\n"+c.lines, "{}")))
		made := regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id)
		if id != c.taken && !(c.taken == "" && made) {
			t.Errorf("O1: %q became %q", c.lines, id)
		}
		if line := g.lineOf(id); line.Status != 200 || line.Result != "answered" || line.Method != "POST" || line.Path != "/" || line.Level != "INFO" || line.Time == "" {
			t.Errorf("O1: %+v", line)
		}
	}
}

func TestEachRequestHasALine(t *testing.T) {
	g := startWith(t, "serial", "RUNTIME_LOG=json").ready()
	for _, c := range []struct {
		name, text    string
		result, level string
	}{
		{"malformed", "nonsense\r\n\r\n", "refused", "INFO"},
		{"no key", "POST /secret/path?key=x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "refused", "INFO"},
		{"late", rawRequest("Connection: close\r\nContent-Length: 36\r\n", `{"payload":"sleep 9000","timeout":1}`), "timed_out", "ERROR"},
		{"crash", rawRequest("Connection: close\r\nContent-Length: 20\r\n", `{"payload":"exit 3"}`), "failed", "ERROR"},
	} {
		line := g.lineOf(idOf(t, g.raw(c.text)))
		if line.Result != c.result || line.Level != c.level || line.Error == "" || strings.ContainsAny(line.Error+line.Path, "\n?") {
			t.Errorf("O1 %s: %+v", c.name, line)
		}
	}
	before := strings.Count(g.log.String(), `"msg":"request"`)
	g.health()
	if after := strings.Count(g.log.String(), `"msg":"request"`); after != before {
		t.Errorf("O1: /healthz is logged")
	}
	if !strings.Contains(g.log.String(), `"level":"INFO","msg":"listening on 127.`) {
		t.Errorf("O1: the gateway's own line is not JSON:\n%s", g.log)
	}
}

func TestFunctionsWithContextSeeTheID(t *testing.T) {
	o := startOpen(t, "context", "RUNTIME_LOG=json")
	o.headers.Set("Connection", "close")
	if seen := o.see("GET", "/", "", "x-request-id: a"); seen.Headers["x-request-id"] != "a" {
		t.Errorf("O1: %+v", seen)
	}
	seen := o.see("GET", "/a?b", "", "x-request-id: no id")
	id := seen.Headers["x-request-id"]
	if line := o.lineOf(id); len(id) != 32 || line.Path != "/a" || line.Result != "answered" {
		t.Errorf("O1: %q %+v", id, line)
	}
	if r := o.do("throw", "x-request-id: b"); r.header.Get("x-request-id") != "b" || o.lineOf("b").Result != "failed" {
		t.Errorf("O1: %+v %+v", r, o.lineOf("b"))
	}
	plain := startOpen(t, "context")
	if seen := plain.see("GET", "/", ""); seen.Headers["x-request-id"] != "" {
		t.Errorf("O1: an id though nobody asked for one: %+v", seen)
	}
}

// A function must not be able to say another id than the log does.
func TestFunctionsCannotAnswerWithAnotherID(t *testing.T) {
	o := startOpen(t, "context", "RUNTIME_LOG=json")
	text := o.raw(rawOpen("GET /", "X-Request-Id: mine\r\n"+testworker.Action+": header X-Request-Id=other\r\n", ""))
	if id := idOf(t, text); id != "mine" {
		t.Errorf("O1: got %q", id)
	}
}

func TestMetricsNeedTheKey(t *testing.T) {
	const get = "GET /__runtime/metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
	key := "X-Internal-Challenge: " + testKey + "\r\n\r\n"
	g := startWith(t, "serial", "RUNTIME_METRICS=1").ready()
	for text, want := range map[string]string{
		get + "\r\n": "401", get + "X-Internal-Challenge: x\r\n\r\n": "401", get + key: "200",
		strings.Replace(get+key, "GET", "HEAD", 1): "405", strings.Replace(get+key, "metrics", "metric", 1): "405",
	} {
		if line := firstLine(g.raw(text)); !strings.HasPrefix(line, "HTTP/1.1 "+want) {
			t.Errorf("O2: %q got %q", text, line)
		}
	}
	off := startWith(t, "serial", "RUNTIME_METRICS=0").ready()
	if line := firstLine(off.raw(get + key)); !strings.HasPrefix(line, "HTTP/1.1 405") {
		t.Errorf("O2: without RUNTIME_METRICS: %q", line)
	}
	open := startOpen(t, "context", "RUNTIME_METRICS=1")
	open.do("text x")
	if r := open.send("GET", "/__runtime/metrics", "", "", "x-open-runtimes-secret:"); r.status != 401 {
		t.Errorf("O2: %+v", r)
	}
	if r := open.send("GET", "/__runtime/metrics", "", ""); r.status != 200 || !strings.Contains(r.body, `runtime_requests_total{result="answered",status="2xx"} 1`) {
		t.Errorf("O2: %+v", r)
	}
}

func TestMetricsCount(t *testing.T) {
	g := startWith(t, "serial", "RUNTIME_METRICS=1").ready()
	g.do("x", "")
	g.do("sleep 9000", `,"timeout":0.2`)
	g.do("exit 3", "")
	g.post("{")
	g.do("x", `,"file":"throws"`)
	g.alive()
	text := g.metrics()
	for _, line := range []string{
		`runtime_requests_total{result="answered",status="2xx"} 2`, `runtime_requests_total{result="timed_out",status="5xx"} 1`,
		`runtime_requests_total{result="failed",status="5xx"} 1`, `runtime_requests_total{result="refused",status="4xx"} 1`,
		`runtime_requests_total{result="not_loaded",status="5xx"} 1`, `runtime_request_seconds_count 4`,
		`runtime_worker_restarts_total 3`, `runtime_function_loaded 1`, `runtime_requests_waiting 0`, `runtime_requests_running 0`,
		`runtime_bytes_held{of="bodies"} 0`, `runtime_bytes_held{of="answers"} 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("O2: no line %q in\n%s", line, text)
		}
	}
	done := make(chan reply, 1)
	go func() { done <- g.do("sleep 300 "+strings.Repeat("x", 100<<10), "") }()
	g.until("a worker is busy, and a body is held", func() bool {
		text := g.metrics()
		return strings.Contains(text, "runtime_workers{state=\"busy\"} 1\n") && strings.Contains(text, "runtime_requests_running 1\n") &&
			strings.Contains(text, "runtime_bytes_limit{of=\"bodies\"} 2.7262976e+07\n")
	})
	<-done
}

// metrics returns the gateway's numbers.
func (g *instance) metrics() string {
	g.t.Helper()
	text := g.raw("GET /__runtime/metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Internal-Challenge: " + testKey + "\r\n\r\n")
	_, body, _ := strings.Cut(text, "\r\n\r\n")
	return body
}

func TestNothingChangesWithoutTheVariables(t *testing.T) {
	g := startWith(t, "serial", "RUNTIME_LOG=text").ready()
	answer := g.raw(rawRequest("Connection: close\r\nx-request-id: a\r\nContent-Length: 2\r\n", "{}"))
	if strings.Contains(strings.ToLower(answer), "x-request-id") {
		t.Errorf("O1: %q", answer)
	}
	if log := g.log.String(); strings.Contains(log, "{") || !strings.Contains(log, "gateway: listening on") {
		t.Errorf("O1: the log is\n%s", log)
	}
}
