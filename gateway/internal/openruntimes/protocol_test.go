package openruntimes

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/logbook"
)

func TestNewIDsHaveTwentyCharacters(t *testing.T) {
	id := newID(time.Unix(0x6543210f, 999_999_999))
	if !regexp.MustCompile(`^6543210ff423f[0-9a-f]{7}$`).MatchString(id) {
		t.Errorf("V10: %q", id)
	}
}

func TestContentTypes(t *testing.T) {
	for given, want := range map[string]string{
		"": "text/plain; charset=utf-8", "TEXT/HTML": "text/html; charset=utf-8", "a/b; CHARSET=x": "a/b; charset=x",
		"Multipart/Mixed; boundary=X": "Multipart/Mixed; boundary=X",
	} {
		if got := contentType(given); got != want {
			t.Errorf("V30: %q became %q", given, got)
		}
	}
}

func TestFailures(t *testing.T) {
	p := New(Settings{Folder: t.TempDir(), Entrypoint: "index.js", Logs: logbook.NewFolder(t.TempDir())}, nil)
	for _, c := range []struct {
		f      *failure.Error
		status int
		text   string
	}{
		{failure.ErrOverloaded, 503, failure.ErrOverloaded.Message},
		{failure.ErrStopping, 503, failure.ErrStopping.Message},
		{failure.Newf(500, "it crashed"), 500, "it crashed"},
		{failure.Newf(404, "no function").Because(failure.Load), 503, "Failed to load entrypoint, file index.js does not exist."},
		{failure.Newf(500, "x").Because(failure.Timeout), 500, "Execution timed out."},
	} {
		if got := statusOf(c.f); got != c.status {
			t.Errorf("V33 to V35: %v is %d", c.f, got)
		}
		if got := p.explain(c.f); got != c.text {
			t.Errorf("V33 to V35: %v is %q", c.f, got)
		}
	}
}

func TestTimingsAreKeptOnLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "timings.txt")
	if err := os.WriteFile(path, []byte("local_download=0.100"), 0o644); err != nil {
		t.Fatal(err)
	}
	timings := NewTimings(path, " extract=0.012\nnonsense =1 ")
	timings.Note("startup", 1234567*time.Microsecond)
	if want := "local_download=0.100\nextract=0.012\nstartup=1.235\n"; timings.Text() != want {
		t.Errorf("V4: %q", timings.Text())
	}
}

// FuzzHead has a protocol read any head that HTTP allows. What the function would see keeps the protocol's rules.
func FuzzHead(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: a:80\r\n\r\n", "POST /a%20b?x=1&&y HTTP/1.1\r\nHost: [::1]:1\r\nCookie: a=b\r\ncookie: c\r\nX-Open-Runtimes-Timeout: 5\r\n\r\n",
		"GET http://x/y?z HTTP/1.1\r\nHost: a:\r\nX-Open-Runtimes-Log-Id: ../a\r\nX: \xff\r\nX-Forwarded-Proto: https\r\n\r\n", "OPTIONS * HTTP/1.0\r\n\r\n",
	} {
		f.Add(seed)
	}
	p := New(Settings{Logs: logbook.NewFolder(f.TempDir()), Headers: `{"A": 1}`}, nil)
	f.Fuzz(func(t *testing.T, text string) {
		size, wrong := http1.HeadSize([]byte(text))
		if wrong != nil || size == 0 {
			return
		}
		h, wrong := http1.ParseHead([]byte(text)[:size])
		if wrong != nil {
			return
		}
		var c control
		headers := p.readHeaders(h.Fields, &c)
		seen := map[string]bool{}
		for _, header := range headers {
			if seen[header.Name] || strings.HasPrefix(header.Name, controlPrefix) || strings.ToLower(header.Name) != header.Name || header.Name == "" {
				t.Fatalf("V12, V19: %q", header.Name)
			}
			seen[header.Name] = true
		}
		if id := c.chooseID(false); id != "" && (strings.ContainsAny(id, "/\\ ") || strings.HasPrefix(id, ".") || len(id) > maxID) {
			t.Fatalf("V10: %q", id)
		}
		if timeout, ok := c.time(); ok && timeout < time.Second {
			t.Fatalf("V8: %q is %v", c.timeout, timeout)
		}
		fields, wrong := describe(h, headers)
		if wrong != nil {
			return
		}
		want := fields.Path
		if fields.QueryString != "" {
			want += "?" + fields.QueryString
		}
		if !strings.HasSuffix(fields.URL, want) || strings.Contains(fields.Path, "?") {
			t.Fatalf("V22, V23: %+v", fields)
		}
		for _, pair := range fields.Query {
			if pair.Name == "" || strings.ContainsAny(pair.Name, "=&") || strings.Contains(pair.Value, "&") {
				t.Fatalf("V22: %q", pair)
			}
		}
		if _, r := p.Admit(h); r != nil && r.Status != 200 && r.Status != 500 && r.Status != 413 && r.Status != 405 {
			t.Fatal(fmt.Sprint("V2: ", r.Status))
		}
	})
}
