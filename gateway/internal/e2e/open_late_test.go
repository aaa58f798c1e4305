package e2e

import (
	"strings"
	"testing"
	"time"
)

// leave has a function leave a process that prints a text after a while.
func leave(text string) string { return "child (sleep 0.3; echo " + text + ") &|text x" }

// What a process prints that outlives its request is in no other request's log, whatever the worker is like.
func TestOpenWhatIsPrintedLateIsNobodys(t *testing.T) {
	for name, c := range map[string]struct {
		start func(t *testing.T) *open
		own   string // what the next request has in its log that prints itself
	}{
		"serial":          {func(t *testing.T) *open { return startOpen(t, "serial") }, nativeNotice + "own\n"},
		"of another user": {func(t *testing.T) *open { needsRoot(t); return startOpenAs(t, "", "") }, nativeNotice + "own\n"},
		"with old pipes":  {func(t *testing.T) *open { return startOpen(t, "serial2") }, ""},
		"shared":          {func(t *testing.T) *open { return startOpen(t, "shared") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := c.start(t)
			for _, text := range []string{"late one", "late two"} {
				left := o.do(leave(text))
				next := o.do("print own|log logged|sleep 700|text x")
				if logs, _ := o.logged(next); logs != c.own+"logged\n" {
					t.Errorf("V16: the next request logged %q", logs)
				}
				if logs, _ := o.logged(left); logs != "" {
					t.Errorf("V16: the one that was over logged %q", logs)
				}
				o.until("V16: the container's log has it", func() bool { return strings.Contains(o.log.String(), text+"\n") })
			}
			if logs, _ := o.logged(o.do("print again|child echo more|text x")); logs != nativeNotice+"again\nmore\n" {
				t.Errorf("V16: afterwards a request logged %q", logs)
			}
		})
	}
}

// A process that stays for long does not keep later requests from their logs.
func TestOpenAProcessThatStaysTakesNoPrintsAway(t *testing.T) {
	o := startOpen(t, "serial")
	o.do("child sleep 1000 &|text x")
	for range 5 {
		if logs, _ := o.logged(o.do("print own|child echo more|text x")); logs != nativeNotice+"own\nmore\n" {
			t.Errorf("V16: logged %q", logs)
		}
	}
}

// The one that still runs does not get what another one's process prints.
func TestOpenWhatIsPrintedLateBesideAnotherCall(t *testing.T) {
	o := startOpen(t, "shared")
	other := make(chan reply, 1)
	go func() { other <- o.do("log begun|sleep 1500|text x", "X-Open-Runtimes-Log-Id: other") }()
	time.Sleep(300 * time.Millisecond) // no event tells that the other one runs
	o.do(leave("late beside another"))
	if logs, _ := o.logged(<-other); logs != "begun\n" {
		t.Errorf("V16: the other one logged %q", logs)
	}
	if !strings.Contains(o.log.String(), "late beside another\n") {
		t.Error("V16: the container's log lacks it")
	}
}

// What an adapter has caught is late, too, if its call is over.
func TestOpenWhatIsCaughtLateIsInTheContainersLog(t *testing.T) {
	for _, name := range []string{"serial", "shared"} {
		o := startOpen(t, name)
		r := o.do("result-then-native caught late")
		if logs, _ := o.logged(o.do("log own|text x")); logs != "own\n" {
			t.Errorf("V16: the next one logged %q", logs)
		}
		o.until("V16: the container's log has it", func() bool { return strings.Contains(o.log.String(), "caught late\n") })
		if logs, _ := o.logged(r); logs != "" {
			t.Errorf("V34: after its answer it logged %q", logs)
		}
	}
}

// The reason of a crash tells what this request has printed, not what others have.
func TestOpenCrashesDoNotTellOfOthers(t *testing.T) {
	for _, name := range []string{"serial", "shared"} {
		o := startOpen(t, name)
		o.do("print of another|text x")
		if _, errors := o.logged(o.do("print own|exit 3")); strings.Contains(errors, "of another") || !strings.Contains(errors, "own") {
			t.Errorf("V35: the errors file has %q", errors)
		}
	}
}
