package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/procfs"
)

func pidOf(t *testing.T, r reply) int {
	t.Helper()
	var got struct{ Pid int }
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || got.Pid == 0 {
		t.Fatalf("got %d %s", r.status, failure.Clip(r.body))
	}
	return got.Pid
}

func alive(pid int) bool { return procfs.Parent(pid) != 0 }

func TestOverrunIsAnsweredAndEnded(t *testing.T) {
	for _, mode := range []string{"serial", "shared"} {
		for _, payload := range []string{"sleep 5000", "spin", "block"} {
			t.Run(mode+" "+payload, func(t *testing.T) {
				if mode == "serial" && payload == "block" {
					t.Skip("the same as spin")
				}
				g := startGateway(t, mode).ready()
				pid := pidOf(t, g.do("x", ""))
				r := g.do(payload, `,"timeout":0.4`)
				if r.status != 500 || !strings.Contains(r.message, "timed out after 0.4 s") {
					t.Errorf("T1: got %d %s", r.status, r.body)
				}
				if r.took < 400*time.Millisecond || r.took > 650*time.Millisecond {
					t.Errorf("T1: answered after %v", r.took)
				}
				g.alive()
				g.until("its worker has ended", func() bool { return !alive(pid) })
			})
		}
	}
}

// together runs requests at the same time and returns their answers in order.
func (g *instance) together(requests ...[2]string) []reply {
	replies := make([]reply, len(requests))
	var group sync.WaitGroup
	for i, request := range requests {
		group.Add(1)
		go func() {
			defer group.Done()
			replies[i] = g.do(request[0], request[1])
		}()
	}
	group.Wait()
	return replies
}

func TestNeighbourOfOneThatWaitsIsSpared(t *testing.T) {
	g := startGateway(t, "shared").ready()
	pid := pidOf(t, g.do("x", ""))
	r := g.together([2]string{"sleep 5000", `,"timeout":0.2`}, [2]string{"sleep 1500", ""})
	if r[0].status != 500 || r[1].status != 200 {
		t.Errorf("T2: got %d %s and %d %s", r[0].status, r[0].body, r[1].status, r[1].body)
	}
	g.until("the worker has ended", func() bool { return !alive(pid) })
	if pidOf(t, g.do("x", "")) == pid {
		t.Error("T2: the worker took another request")
	}
}

func TestNeighbourOfOneThatSpinsIsTold(t *testing.T) {
	for _, payload := range []string{"spin", "block"} {
		g := startGateway(t, "shared").ready()
		r := g.together([2]string{"sleep 400", ""}, [2]string{"sleep 5000", ""}, [2]string{"sleep 100", ""})
		if r[0].status != 200 || r[2].status != 200 {
			t.Errorf("before: %v", r)
		}
		done := make(chan reply)
		go func() { done <- g.do("sleep 5000", "") }()
		g.until("the neighbour has started", func() bool { return g.do("x", "").status == 200 })
		time.AfterFunc(100*time.Millisecond, func() { g.do(payload, `,"timeout":0.3`) })
		if neighbour := <-done; neighbour.status != 500 || !strings.Contains(neighbour.message, "worker ended by another request") {
			t.Errorf("T2 %s: the neighbour got %d %s", payload, neighbour.status, neighbour.body)
		}
		g.alive()
	}
}

func TestNeighboursOfOneThatExitsAreTold(t *testing.T) {
	g := startGateway(t, "shared").ready()
	done := make(chan reply)
	go func() { done <- g.do("sleep 5000", "") }()
	time.AfterFunc(200*time.Millisecond, func() { g.do("exit 7", "") })
	r := <-done
	if r.status != 500 || !strings.Contains(r.message, "worker ended by another request") || !strings.Contains(r.message, "exit code 7") {
		t.Errorf("T2: got %d %s", r.status, r.body)
	}
	g.alive()
}

// A worker that begins at once says nothing before its answer. What was written to it is not executed a second time.
func TestWorkerThatBeginsAtOnceEnds(t *testing.T) {
	g := startGateway(t, "shared-at-once").ready()
	if r := g.do("exit 7", ""); r.status != 500 || !strings.Contains(r.message, "ended its process: exit code 7") {
		t.Errorf("E4: got %d %s", r.status, r.body)
	}
	done := make(chan reply)
	go func() { done <- g.do("sleep 5000", "") }()
	g.until("the neighbour has started", func() bool { return strings.Contains(g.log.String(), "asleep\n") })
	g.do("exit 7", "")
	if r := <-done; r.status != 500 || !strings.Contains(r.message, "worker ended by another request") {
		t.Errorf("T2: the neighbour got %d %s", r.status, r.body)
	}
	g.alive()
	if log := g.log.String(); strings.Count(log, "one line before the end\n") != 2 || strings.Count(log, "asleep\n") != 1 {
		t.Errorf("T2: something was executed twice:\n%s", log)
	}
}

func TestTenSleepersSleepTogether(t *testing.T) {
	for _, mode := range []string{"serial", "shared"} {
		g := startGateway(t, mode).ready()
		requests := make([][2]string, 10)
		for i := range requests {
			requests[i] = [2]string{"sleep 1000", ""}
		}
		begin := time.Now()
		for _, r := range g.together(requests...) {
			if r.status != 200 {
				t.Errorf("F6 %s: got %d %s", mode, r.status, r.body)
			}
		}
		if spent := time.Since(begin); spent > 2*time.Second {
			t.Errorf("F6 %s: took %v", mode, spent)
		}
	}
}

func TestOverloadIsTurnedAway(t *testing.T) {
	g := startGateway(t, "shared").ready()
	sleepers := make(chan []reply)
	requests := make([][2]string, frames.MaxRunning)
	for i := range requests {
		requests[i] = [2]string{"sleep 3000", ""}
	}
	go func() { sleepers <- g.together(requests...) }()
	g.until("all that can run do", func() bool { return strings.Count(g.log.String(), "asleep\n") == frames.MaxRunning })
	counts := map[int]int{}
	for _, r := range append(g.together(make([][2]string, dispatch.MaxWaiting+44)...), <-sleepers...) {
		counts[r.status]++
		if r.status == 503 && r.took > 2*time.Second {
			t.Errorf("T5: 503 only after %v", r.took)
		}
	}
	if counts[200] != frames.MaxRunning+dispatch.MaxWaiting || counts[503] != 44 {
		t.Errorf("T5: got %v", counts)
	}
	g.alive()
}

func TestNothingIsMixedUp(t *testing.T) {
	for _, mode := range []string{"serial", "shared", "shared-at-once"} {
		g := startGateway(t, mode).ready()
		var group sync.WaitGroup
		for client := range 20 {
			group.Add(1)
			go func() {
				defer group.Done()
				for i := range 50 {
					id := fmt.Sprintf("%s-%d-%d", mode, client, i)
					if i%10 == 9 { // goes away before its answer
						conn := g.dial()
						body := `{"payload":"sleep 5"}`
						fmt.Fprint(conn, rawRequest(fmt.Sprintf("Content-Length: %d\r\n", len(body)), body))
						conn.Close()
						continue
					}
					r := g.do(id, `,"env":{"id":"`+id+`"},"headers":{"h":"`+id+`"}`)
					if strings.Count(r.body, `"`+id+`"`) != 3 {
						t.Errorf("T4: %s got %d %s", id, r.status, failure.Clip(r.body))
					}
				}
			}()
		}
		group.Wait()
		g.alive()
	}
}

func TestRemovedSocketFolderIsSurvived(t *testing.T) {
	g := startGateway(t, "serial").ready()
	for _, entry := range g.command.Env {
		if folder, found := strings.CutPrefix(entry, "TMPDIR="); found {
			entries, _ := os.ReadDir(folder)
			for _, e := range entries {
				_ = os.RemoveAll(folder + "/" + e.Name())
			}
		}
	}
	g.do("exit 1", "")
	g.alive()
}
