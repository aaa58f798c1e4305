package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const nativeNotice = "Native logs detected. Use context.log() or context.error() for better experience.\n"

func TestOpenLogFiles(t *testing.T) {
	o := startOpen(t, "serial")
	r := o.do("log one|log two  words|error bad|text x")
	if logs, errors := o.logged(r); logs != "one\ntwo  words\n" || errors != "bad\n" {
		t.Errorf("V13, V14: logs %q, errors %q", logs, errors)
	}
	before := o.files()
	if r := o.do("text x"); r.header.Get("X-Open-Runtimes-Log-Id") == "" || !slices.Equal(o.files(), before) {
		t.Errorf("V13: a request that logs nothing leaves files: %q", o.files())
	}
	for _, name := range before { // they can be deleted as soon as the answer is there
		if err := os.Remove(filepath.Join(o.logs, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenLogID(t *testing.T) {
	o := startOpen(t, "serial")
	fresh := regexp.MustCompile(`^[0-9a-f]{20}$`)
	for _, id := range []string{"a", "given_id-1.2", "A", strings.Repeat("x", 64)} {
		for range 2 { // the second time it is appended to
			r := o.do("log x|text x", "X-Open-Runtimes-Log-Id: "+id)
			if got := r.header.Get("X-Open-Runtimes-Log-Id"); got != id {
				t.Errorf("V10, V11: %q became %q", id, got)
			}
		}
		if text, err := os.ReadFile(filepath.Join(o.logs, id+"_logs.log")); string(text) != "x\nx\n" {
			t.Errorf("V13: %q has %q, %v", id, text, err)
		}
	}
	for _, id := range []string{"../evil", "a/b", ".hidden", "..", "a b", "ä", strings.Repeat("x", 65), "a%2fb"} {
		r := o.do("log x|text x", "X-Open-Runtimes-Log-Id: "+id)
		if got := r.header.Get("X-Open-Runtimes-Log-Id"); !fresh.MatchString(got) {
			t.Errorf("V10: %q became %q", id, got)
		}
	}
	seen := map[string]bool{}
	for range 200 {
		seen[o.do("text x").header.Get("X-Open-Runtimes-Log-Id")] = true
	}
	if len(seen) != 200 {
		t.Errorf("V10: %d ids of 200 are different", len(seen))
	}
	if entries, _ := os.ReadDir(filepath.Dir(o.logs)); len(entries) > 2 { // logs, timings.txt
		t.Errorf("V10: files outside the folder: %v", entries)
	}
	d := startOpen(t, "serial", "OPEN_RUNTIMES_ENV=development")
	if got := d.do("text x").header.Get("X-Open-Runtimes-Log-Id"); got != "dev" {
		t.Errorf("V10: in development it is %q", got)
	}
}

func TestOpenLoggingOff(t *testing.T) {
	o := startOpen(t, "serial")
	for _, value := range []string{"disabled", "off", "Enabled", "enabled, enabled"} {
		r := o.do("log x|error x|print seen in the container|exit 1", "X-Open-Runtimes-Logging: "+value, "X-Open-Runtimes-Log-Id: a")
		if got, there := r.header["X-Open-Runtimes-Log-Id"]; !there || got[0] != "" || r.status != 500 {
			t.Errorf("V9, V11: %q got %d %q", value, r.status, got)
		}
	}
	if names := o.files(); len(names) > 0 {
		t.Errorf("V18: there are files: %q", names)
	}
	o.until("V18: the container's log has it", func() bool { return strings.Contains(o.log.String(), "seen in the container\n") })
	for _, value := range []string{"enabled", ""} {
		if seen := o.see("GET", "/", "", "X-Open-Runtimes-Logging: "+value); !seen.Logging {
			t.Errorf("V9: %q is off", value)
		}
	}
}

func TestOpenLongEntries(t *testing.T) {
	o := startOpen(t, "serial")
	const cut = "... Log truncated due to size limit (8000 characters)\n"
	for n, want := range map[int]string{
		8000: strings.Repeat("é", 8000) + "\n", 8001: strings.Repeat("é", 8000) + cut, 3_000_000: strings.Repeat("é", 8000) + cut,
	} {
		if logs, _ := o.logged(o.do(fmt.Sprintf("log-long %d|text x", n))); logs != want {
			t.Errorf("V15: of %d characters %d bytes are there", n, len(logs))
		}
	}
	logs, _ := o.logged(o.do("log-many 4000|text x"))
	if lines := strings.Split(logs, "\n"); len(lines) != 4001 || !strings.HasPrefix(lines[3999], "3999 ") {
		t.Errorf("V13: %d lines of 4000", len(lines)-1)
	}
	logs, _ = o.logged(o.do("log-many 6000|text x"))
	if !strings.HasSuffix(logs, "\n... Further logs dropped due to size limit (5 MiB)\n") || len(logs) > 5<<20 || len(logs) < 5<<20-2000 {
		t.Errorf("V13: the largest file has %d bytes", len(logs))
	}
}

func TestOpenLogsThatCannotBeWritten(t *testing.T) {
	o := startOpen(t, "serial")
	if err := os.Remove(o.logs); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r := o.do("log x|text x"); r.status != 200 || r.body != "x" {
			t.Errorf("V17: got %d %q", r.status, r.body)
		}
	}
	if strings.Count(o.log.String(), "logs cannot be written") != 1 {
		t.Errorf("V17: the container's log says: %s", o.log.String())
	}
}

func TestOpenLogFilesAreNotLinks(t *testing.T) {
	o := startOpen(t, "serial")
	target := filepath.Join(t.TempDir(), "target")
	if err := os.Symlink(target, filepath.Join(o.logs, "a_logs.log")); err != nil {
		t.Fatal(err)
	}
	if r := o.do("log x|text x", "X-Open-Runtimes-Log-Id: a"); r.status != 200 {
		t.Errorf("V17: got %d", r.status)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("V13: a link was followed")
	}
}

func TestOpenNativeLogs(t *testing.T) {
	o := startOpen(t, "serial")
	for _, c := range []struct{ do, want string }{
		{"print one|log two|text x", nativeNotice + "one\ntwo\n"}, // what was printed before an entry stands before it
		{"print-error one|text x", nativeNotice + "one\n"},
		{"child echo one; sleep 0.05; echo two|text x", nativeNotice + "one\ntwo\n"},
		{"native one|native two|text x", nativeNotice + "one\ntwo\n"},
		{"native caught|text x", nativeNotice + "caught\n"},
		{"print-part one|text x", nativeNotice + "one\n"},
		{"print |text x", nativeNotice + "\n"},
		{"print one|silent", nativeNotice + "one\n"},
		{"print one|throw x", nativeNotice + "one\n"},
		{"print one|exit 1", nativeNotice + "one\n"},
		{"text x", ""},
	} {
		if logs, _ := o.logged(o.do(c.do)); logs != c.want {
			t.Errorf("V16: %s logged %q, want %q", c.do, logs, c.want)
		}
	}
	if !strings.Contains(o.log.String(), "one\ntwo\n") || strings.Count(o.log.String(), "caught\n") != 1 {
		t.Error("V16: the container's log lacks what was printed")
	}
	long := strings.Repeat("y", 8000) + "... Log truncated due to size limit (8000 characters)\n"
	if logs, _ := o.logged(o.do("print-long 100000|print next|text x")); logs != nativeNotice+long+"next\n" {
		t.Errorf("V15: a long line became %d bytes", len(logs))
	}
}

// Each request logs its number in every way there is. Its files have its own numbers only, and all of them.
func TestOpenLogsBelongToTheirRequest(t *testing.T) {
	const requests, rounds = 8, 10
	for _, name := range []string{"serial", "shared", "template"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o *open
			if name == "template" {
				o = startOpenTemplate(t, "")
			} else {
				o = startOpen(t, name)
			}
			o.alive()
			var done sync.WaitGroup
			for i := range requests {
				done.Add(1)
				go func() {
					defer done.Done()
					step := fmt.Sprintf("log log-%d|error error-%d|native native-%d|sleep 2|", i, i, i)
					lines := 2
					if name != "shared" { // there what comes through the pipes is nobody's
						step += fmt.Sprintf("print print-%d|child echo child-%d; sleep 0.001|", i, i)
						lines = 4
					}
					logs, errors := o.logged(o.do(strings.Repeat(step, rounds) + "text x"))
					logs = strings.Replace(logs, nativeNotice, "", 1)
					own := regexp.MustCompile(fmt.Sprintf(`^((log|native|print|child)-%d\n)*$`, i))
					if !own.MatchString(logs) || strings.Count(logs, "\n") != lines*rounds {
						t.Errorf("V16: %d logged %d lines: %s", i, strings.Count(logs, "\n"), logs)
					}
					if want := strings.Repeat(fmt.Sprintf("error-%d\n", i), rounds); errors != want {
						t.Errorf("V16: %d has the errors %s", i, errors)
					}
				}()
			}
			done.Wait()
		})
	}
}

func TestOpenPrintedByTheOnlyCallOfASharedWorker(t *testing.T) {
	o := startOpen(t, "shared")
	if logs, _ := o.logged(o.do("print one|text x")); logs != nativeNotice+"one\n" {
		t.Errorf("V16: alone it logged %q", logs)
	}
	other := make(chan reply, 1)
	go func() { other <- o.do("log begun|sleep 1000|text x", "X-Open-Runtimes-Log-Id: other") }()
	time.Sleep(300 * time.Millisecond) // no event tells that the other one runs
	if logs, _ := o.logged(o.do("print whose|text x")); logs != "" {
		t.Errorf("V16: beside another one it logged %q", logs)
	}
	if logs, _ := o.logged(<-other); logs != "begun\n" {
		t.Errorf("V16: the other one logged %q", logs)
	}
}

func TestOpenLateLogsAreDropped(t *testing.T) {
	t.Parallel()
	o := startOpen(t, "serial")
	for range 20 {
		r := o.do("result-then-log")
		o.alive()
		if logs, _ := o.logged(r); logs != "" {
			t.Errorf("V34: after its answer it logged %q", logs)
		}
	}
	s := startOpen(t, "shared")
	r := s.do("sleep 1300|log late|text x", "X-Open-Runtimes-Timeout: 1")
	time.Sleep(600 * time.Millisecond) // until it would have logged
	if logs, _ := s.logged(r); logs != "" {
		t.Errorf("V34: after its time it logged %q", logs)
	}
}
