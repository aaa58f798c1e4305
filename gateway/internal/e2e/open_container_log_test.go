package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// V39: where nobody reads files, or none can be written, what functions log is in the container's log.

// startWithoutFiles starts a gateway whose folder of logs is not there.
func startWithoutFiles(t *testing.T, name string, environment ...string) *open {
	t.Helper()
	o := &open{logs: "/nowhere", timings: "/nowhere/timings.txt", headers: map[string][]string{"X-Open-Runtimes-Secret": {testSecret}}}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wrap := openWrap(name, append([]string{"RUNTIME_LOGS=container"}, environment...))
	o.instance = startCommand(t, functionFolder(t, "serial"), wrap, o.options(self)...)
	return o
}

func TestEntriesGoToTheContainersLog(t *testing.T) {
	for _, name := range []string{"serial", "shared"} {
		o := startWithoutFiles(t, name)
		do := "log one|log two%nlines|error bad|native caught|print printed|log-long 9000|text x"
		if r := o.do(do, "X-Open-Runtimes-Log-Id: a"); r.status != 200 || r.body != "x" || r.header.Get("X-Open-Runtimes-Log-Id") != "a" {
			t.Errorf("V39: %+v", r)
		}
		o.do("log hidden|print shown|text x", "X-Open-Runtimes-Log-Id: b", "X-Open-Runtimes-Logging: off")
		o.do("throw oh no", "X-Open-Runtimes-Log-Id: c")
		o.do("log-many 6000|text x", "X-Open-Runtimes-Log-Id: d")
		long := "[a] " + strings.Repeat("é", 8000) + "... Log truncated due to size limit (8000 characters)\n"
		for _, line := range []string{
			"[a] one\n", "[a] two\n[a] lines\n", "[a] bad\n", "[a] caught\n", "printed\n", "shown\n", long, "[c] oh no\n",
			"[d] ... Further logs dropped due to size limit (5 MiB)\n",
		} {
			o.until("V39: the log has the line "+line[:min(60, len(line))], func() bool { return strings.Count("\n"+o.log.String(), "\n"+line) == 1 })
		}
		for _, text := range []string{"hidden", "Native logs detected", "cannot be written"} {
			if strings.Contains(o.log.String(), text) {
				t.Errorf("V39: the log has %q", text)
			}
		}
	}
}

func TestEntriesNameTheirRequestInALogThatIsJSON(t *testing.T) {
	o := startWithoutFiles(t, "serial", "RUNTIME_LOG=json")
	o.do("log one%nmore|error bad|text x", "X-Open-Runtimes-Log-Id: a", "X-Request-Id: order-17")
	if line := o.lineOf("order-17"); line.Result != "answered" {
		t.Errorf("O1: %+v", line)
	}
	found := map[string]string{}
	for text := range strings.Lines(o.log.String()) {
		var line struct{ Level, Msg, Request_id, Log_id, Text string }
		if json.Unmarshal([]byte(text), &line) == nil && line.Msg == "log" {
			found[line.Text] = strings.Join([]string{line.Level, line.Request_id, line.Log_id}, " ")
		}
	}
	if len(found) != 2 || found["one\nmore"] != "INFO order-17 a" || found["bad"] != "ERROR order-17 a" {
		t.Errorf("V39: %v", found)
	}
}

// What one request logs stays together with its id while others log.
func TestEntriesInTheContainersLogAreWhole(t *testing.T) {
	o := startWithoutFiles(t, "shared")
	o.alive()
	const requests, entries = 8, 50
	done := make(chan reply, requests)
	for i := range requests {
		id := string(rune('a' + i))
		go func() {
			done <- o.do(strings.Repeat("log "+id+" 1%n"+id+" 2|native "+id+" 3|", entries)+"text x", "X-Open-Runtimes-Log-Id: "+id)
		}()
	}
	for range requests {
		if r := <-done; r.status != 200 {
			t.Errorf("V39: %+v", r)
		}
	}
	for i := range requests {
		id := string(rune('a' + i))
		o.until("V39: all entries are there", func() bool {
			text := o.log.String()
			return strings.Count(text, "["+id+"] "+id+" 1\n["+id+"] "+id+" 2\n") == entries && strings.Count(text, "\n["+id+"] "+id+" 3\n") == entries
		})
	}
}
