package dispatch

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"testing"
	"time"

	"runtimekit/gateway/internal/frames"
)

// These tests run the dispatcher against a model of everything around it: clients, workers, processes, the container
// and time. Random numbers choose what happens next. The rules in check must hold after each step, those in checkEnd at
// the end. A seed decides the whole history: `go test -run RandomSchedules ./internal/dispatch -schedule SEED` repeats
// it.

var scheduleSeed = flag.Int64("schedule", 0, "the one seed of the random schedules to run")

func TestRandomSchedules(t *testing.T) {
	if *scheduleSeed != 0 {
		runSchedule(t, *scheduleSeed)
		return
	}
	log.SetOutput(io.Discard)
	defer log.SetOutput(os.Stderr)
	base := time.Now().UnixNano() // others on every run; a failure names its own
	for i, end := int64(0), time.Now().Add(2*time.Second); time.Now().Before(end) && !t.Failed(); i++ {
		runSchedule(t, i)
		runSchedule(t, base+i)
	}
}

func FuzzSchedules(f *testing.F) {
	f.Add(int64(1))
	f.Fuzz(func(t *testing.T, seed int64) { runSchedule(t, seed) })
}

// runSchedule runs the history of one seed.
func runSchedule(t *testing.T, seed int64) {
	m := newModel(seed)
	defer func() {
		if problem := recover(); problem != nil {
			history := m.history[max(0, len(m.history)-60):]
			t.Fatalf("seed %d, after %d steps: %v\nlast steps: %v", seed, m.steps, problem, history)
		}
	}()
	m.run()
}

// run does a number of steps, then only those that bring everything to an end.
func (m *model) run() {
	busy := 50 + m.random.Intn(400)
	for m.steps = 0; m.steps < busy; m.steps++ {
		m.step(true)
		m.check()
	}
	for limit := m.steps + 20000; ; m.steps++ {
		if !m.step(false) {
			break
		}
		m.check()
		if m.steps > limit {
			panic("it does not come to an end")
		}
	}
	m.checkEnd()
}

// check panics if a rule is broken that holds after each step.
func (m *model) check() {
	d := m.d
	running := 0
	for w := range d.workers {
		running += len(w.requests)
		if !slices.Contains(w.pool.workers, w) && w.cause == nil {
			panic(fmt.Sprintf("a worker of %q is lost", w.pool.file))
		}
		if w.cause == nil && d.pools[w.pool.file] != w.pool {
			panic(fmt.Sprintf("the pool of a worker of %q is lost", w.pool.file))
		}
	}
	if running != d.running || running > frames.MaxRunning {
		panic(fmt.Sprintf("%d run, %d are counted", running, d.running))
	}
	for file, p := range d.pools {
		if p.file != file || (len(p.queue) > 0 && d.running < frames.MaxRunning && p.free() != nil && !d.yields(p)) {
			panic(fmt.Sprintf("a worker of %q is idle and a request waits", file))
		}
	}
	if d.files() > MaxFiles+1 { // the default function's worker is replaced at once
		panic(fmt.Sprintf("%d files have workers", d.files()))
	}
	for _, c := range m.clients {
		places := 0
		if p := d.pools[c.request.pool.file]; p != nil {
			for _, r := range p.queue {
				if r == c.request {
					places++
				}
			}
		}
		if waits := c.request.phase == phaseWaiting; waits && places != 1 || !waits && places != 0 {
			panic(fmt.Sprintf("request %d in phase %d stands %d times in its queue", c.request.turn, c.request.phase, places))
		}
		if since := c.request.since; !since.IsZero() && len(c.outcomes)+len(c.request.events) == 0 && c.request.clock == nil {
			panic(fmt.Sprintf("the time of request %d runs since it came, and has stopped", c.request.turn))
		} else if since.IsZero() && c.request.phase == phaseWaiting && c.request.clock != nil && !c.request.pool.loadingOther() {
			panic(fmt.Sprintf("the time of request %d runs, but no worker has it", c.request.turn))
		}
		if len(c.outcomes) > 1 {
			panic(fmt.Sprintf("request %d was answered %d times", c.request.turn, len(c.outcomes)))
		}
	}
}

// checkEnd panics if a rule is broken that holds when nothing more can happen.
func (m *model) checkEnd() {
	for _, c := range m.clients {
		if len(c.outcomes) != 1 {
			panic(fmt.Sprintf("request %d has %d answers", c.request.turn, len(c.outcomes)))
		}
		if o := c.outcomes[0]; m.tidy && o.failure != nil {
			panic(fmt.Sprintf("request %d: %v", c.request.turn, o.failure))
		}
	}
	if len(m.d.workers) != len(m.workers) {
		panic(fmt.Sprintf("%d workers are left, %d are known", len(m.workers), len(m.d.workers)))
	}
	for _, p := range m.d.pools {
		if len(p.queue) > 0 || (!p.main && len(p.workers) == 0) {
			panic(fmt.Sprintf("a pool of %q is left", p.file))
		}
	}
}
