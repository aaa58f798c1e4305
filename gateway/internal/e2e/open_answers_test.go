package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"runtimekit/gateway/internal/frames"
)

func TestOpenStatusAndHeaders(t *testing.T) {
	o := startOpen(t, "serial")
	r := o.do("status 301|header Location=https://example.org/|header X-Mixed-Case=Value|text ")
	if r.status != 301 || r.header.Get("Location") != "https://example.org/" || r.header.Get("X-Mixed-Case") != "Value" {
		t.Errorf("V27, V30: got %d %v", r.status, r.header)
	}
	got := o.raw(rawOpen("GET /", "X-Do: header X-Mixed-Case=Value|text x\r\n", ""))
	if !strings.Contains(got, "\r\nx-mixed-case: Value\r\n") {
		t.Errorf("V30: names are not in lower case: %q", got)
	}
	for _, status := range []int{200, 201, 299, 404, 418, 500, 599} {
		if r := o.do(fmt.Sprintf("status %d|text x", status)); r.status != status || r.body != "x" {
			t.Errorf("V27: %d got %d %q", status, r.status, r.body)
		}
	}
	for _, status := range []int{0, 99, 100, 199, 600, -200} {
		r := o.do(fmt.Sprintf("status %d|text x", status))
		if _, errors := o.logged(r); r.status != 500 || r.body != "" || !strings.Contains(errors, fmt.Sprintf("status %d", status)) {
			t.Errorf("V35: %d got %d %q %q", status, r.status, r.body, errors)
		}
	}
}

func TestOpenContentType(t *testing.T) {
	o := startOpen(t, "serial")
	for given, want := range map[string]string{
		"":                                   "text/plain; charset=utf-8",
		"TEXT/PLAIN":                         "text/plain; charset=utf-8",
		"image/png":                          "image/png; charset=utf-8",
		"text/html; Charset=ISO-8859-1":      "text/html; charset=iso-8859-1",
		"multipart/form-data; boundary=AbCd": "multipart/form-data; boundary=AbCd",
	} {
		do := "no-header|header content-TYPE=" + given + "|text x"
		if given == "" {
			do = "no-header|text x"
		}
		if r := o.do(do); r.header.Get("Content-Type") != want || len(r.header["Content-Type"]) != 1 {
			t.Errorf("V30: %q became %q", given, r.header["Content-Type"])
		}
	}
}

func TestOpenSeveralHeadersOfOneName(t *testing.T) {
	o := startOpen(t, "serial")
	r := o.do("header Set-Cookie=a=1, b=2|header set-cookie=c=3|text x")
	if got := r.header["Set-Cookie"]; !slices.Equal(got, []string{"a=1, b=2", "c=3"}) {
		t.Errorf("V31: got %q", got)
	}
}

func TestOpenHeadersThatCannotBeSent(t *testing.T) {
	o := startOpen(t, "serial")
	for _, do := range []string{`header x=a\nb`, `header x=a\0b`, `header x y=1`, `header =1`, `header x-ü=1`, "many-headers 70"} {
		r := o.do(do + "|text x")
		if _, errors := o.logged(r); r.status != 500 || r.body != "" || errors == "" {
			t.Errorf("V35: %q got %d %q %q", do, r.status, r.body, errors)
		}
	}
	if r := o.do("many-headers 60|text x"); r.status != 200 || len(r.header["X-Many"]) != 60 {
		t.Errorf("V30: 60 KiB of headers got %d, %d of them", r.status, len(r.header["X-Many"]))
	}
	r := o.do("header Content-Length=99|header Transfer-Encoding=chunked|header Connection=upgrade|header Keep-Alive=x|header Upgrade=x|header Trailer=x|header Date=never|text x")
	if r.status != 200 || r.body != "x" || r.header.Get("Keep-Alive") != "" || r.header.Get("Upgrade") != "" || r.header.Get("Date") == "never" || r.header.Get("Trailer") != "" {
		t.Errorf("V30: got %d %q %v", r.status, r.body, r.header)
	}
	o.alive()
}

func TestOpenLargeAnswers(t *testing.T) {
	o := startOpen(t, "serial")
	if r := o.do(fmt.Sprintf("big %d", frames.MaxAnswer)); r.status != 200 || len(r.body) != frames.MaxAnswer {
		t.Errorf("V35: the largest answer got %d, %d bytes", r.status, len(r.body))
	}
	for _, size := range []int{frames.MaxAnswer + 1, frames.MaxAnswer + 10<<20} {
		r := o.do(fmt.Sprintf("big %d", size))
		if _, errors := o.logged(r); r.status != 500 || r.body != "" || !strings.Contains(errors, "it may have") {
			t.Errorf("V35: %d bytes got %d %q %q", size, r.status, r.body, errors)
		}
	}
	o.alive()
}

func TestOpenFailuresHaveNoBody(t *testing.T) {
	o := startOpen(t, "serial")
	for _, c := range []struct {
		rule, do   string
		status     int
		logs, want string
	}{
		{"V29", "silent", 500, "", "Return statement missing. return context.res.empty() if no response is expected.\n"},
		{"V32", "log before|throw Error: x at index.js", 500, "before\n", "Error: x at index.js\n"},
		{"V35", "log before|exit 3", 500, "before\n", "the function ended its process: exit code 3\n"},
		{"V35", "answer", 500, "", "the function ended its process: the worker did not keep to the worker protocol: a frame of kind 0x14\n"},
	} {
		r := o.do(c.do)
		logs, errors := o.logged(r)
		if r.status != c.status || r.body != "" || logs != c.logs || errors != c.want {
			t.Errorf("%s: %s got %d %q, logs %q, errors %q", c.rule, c.do, r.status, r.body, logs, errors)
		}
		o.alive()
	}
	r := o.do("print last words|exit 4")
	if _, errors := o.logged(r); r.status != 500 || !strings.Contains(errors, "exit code 4; its last output:\nlast words") {
		t.Errorf("V35: a crash got %d %q", r.status, errors)
	}
}

func TestOpenTimeout(t *testing.T) {
	for _, name := range []string{"serial", "shared"} {
		o := startOpen(t, name)
		r := o.do("log early|print printed|sleep 3000|log late", "X-Open-Runtimes-Timeout: 1")
		logs, errors := o.logged(r)
		if r.status != 500 || r.body != "" || errors != "Execution timed out.\n" || r.took > 1500*time.Millisecond {
			t.Errorf("V34: %s got %d %q after %v, %q", name, r.status, r.body, r.took, errors)
		}
		if !strings.Contains(logs, "early\n") || !strings.Contains(logs, "printed\n") || strings.Contains(logs, "late") {
			t.Errorf("V34: %s logged %q", name, logs)
		}
		o.alive()
	}
}

func TestOpenFunctionThatCannotBeLoaded(t *testing.T) {
	for name, want := range map[string]string{
		"wrong": "wrong holds no function\n", "throws": "SyntaxError: at throws:1\n", "missing.js": "Failed to load entrypoint, file missing.js does not exist.\n",
		"dies": "the function could not be loaded: exit code 5; its last output:\nlast words\n", "": "Failed to load entrypoint, OPEN_RUNTIMES_ENTRYPOINT is not set.\n",
		"../missing": "Failed to load entrypoint, file ../missing does not exist.\n",
	} {
		o := startOpen(t, name)
		r := o.do("text x")
		if _, errors := o.logged(r); r.status != 503 || r.body != "" || errors != want {
			t.Errorf("V33: %q got %d %q %q", name, r.status, r.body, errors)
		}
	}
}

func TestOpenEntrypointStaysInItsFolder(t *testing.T) {
	for _, name := range []string{"../../serial", "/serial", "./x/../serial"} {
		o := startOpen(t, name)
		if seen := o.see("GET", "/", ""); seen.File != filepath.Join(o.code, "serial") {
			t.Errorf("V33: %q is %s", name, seen.File)
		}
	}
}

func TestOpenFunctionThatIsRepaired(t *testing.T) {
	o := startOpen(t, "once")
	if r := o.do("text x"); r.status != 503 {
		t.Errorf("V33: got %d", r.status)
	}
	if err := os.WriteFile(filepath.Join(o.code, "repaired"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o.until("V33: a later request loads it", func() bool { return o.do("text x").status == 200 })
}

func TestOpenFunctionOfTheOtherShape(t *testing.T) {
	o := startOpen(t, "request")
	r := o.do("text x")
	_, errors := o.logged(r)
	if r.status != 503 || !strings.Contains(errors, "contract of 2021") || !strings.Contains(errors, "open-runtimes") {
		t.Errorf("D2: got %d %q", r.status, errors)
	}
	g := startGateway(t, "context")
	if r := g.do("x", ""); r.status != 500 || !strings.Contains(r.message, "contract of 2021") || !strings.Contains(r.message, "open-runtimes") {
		t.Errorf("D2: the other way round got %d %q", r.status, r.message)
	}
}

// What a function is declared to be for decides, before any of its code runs.
func TestFunctionDeclaredForTheOtherProtocol(t *testing.T) {
	worker, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := startOpen(t, "serial")
	folder := functionFolder(t, "serial")
	declare(t, folder, "packages = [\"jq\"]\nprotocol = '2021' # the contract\n")
	o.instance = startCommand(t, folder, openWrap("serial", nil), o.options(worker)...)
	r := o.do("text x")
	_, errors := o.logged(r)
	if r.status != 503 || !strings.Contains(errors, "is for protocol 2021, but this server speaks v5") {
		t.Errorf("D2: got %d %q", r.status, errors)
	}
	declare(t, folder, "protocol = \"v5\"\n")
	o.until("V33: a later request loads it", func() bool { return o.do("text x").status == 200 })
	folder = functionFolder(t, "serial")
	declare(t, folder, "protocol=\"v5\"\n")
	g := startCommand(t, folder, nil, worker)
	if r := g.do("x", ""); r.status != 500 || !strings.Contains(r.message, "is for protocol v5, but this server speaks 2021") {
		t.Errorf("D2: the other way round got %d %q", r.status, r.message)
	}
}

func declare(t *testing.T, folder, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, "runtime.toml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The contract's workers cannot send what is for functions that take a context.
func TestFramesOfTheOtherShapeAreRefused(t *testing.T) {
	g := startGateway(t, "serial").ready()
	for _, word := range []string{"log-frame", "result-frame"} {
		if r := g.do(word, ""); r.status != 500 || !strings.Contains(r.message, "did not keep to the worker protocol") {
			t.Errorf("%s got %d %q", word, r.status, r.message)
		}
		g.alive()
	}
}

func TestOpenRequestsWaitForTheFunction(t *testing.T) {
	o := startOpen(t, "serial")
	if r := o.do("text x"); r.status != 200 { // at once, before it can be loaded
		t.Errorf("E7: got %d %q %s", r.status, r.body, r.message)
	}
}

func TestOpenSaysThatItListens(t *testing.T) {
	o := startOpen(t, "serial")
	o.until("V36: the line is there", func() bool { return strings.Contains(o.log.String(), "HTTP server successfully started!\n") })
	if g := startGateway(t, "serial").ready(); strings.Contains(g.log.String(), "successfully") {
		t.Error("the contract's server says it, too")
	}
}
