package dispatch

import (
	"fmt"
	"testing"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
)

// quietModel returns a model in which nothing happens at random.
func quietModel(limit, each int64) *model {
	m := newModel(1)
	m.limit, m.each, m.weight, m.modes, m.files = limit, each, 0, 1, 100 // file 0 is shared, 3 too, …
	m.ready(m.workers[0])
	return m
}

func (m *model) submitTo(file int) *modelClient {
	r, err := m.d.submit(Task{File: fmt.Sprint(file), Message: frames.Request{Envelope: &envelope.Envelope{}}, Timeout: envelope.MaxTimeout, Body: &http1.Body{}})
	if err != nil {
		panic(err)
	}
	c := &modelClient{request: r}
	m.clients = append(m.clients, c)
	return c
}

// settleAll has loading workers become ready, killed ones end, and requests reach their workers, until nothing is left
// to do.
func (m *model) settleAll() {
	for progress := true; progress; {
		progress = false
		for _, w := range append([]*modelWorker(nil), m.workers...) {
			switch {
			case w.process.killed && !w.ended:
				m.disconnect(w, false)
			case w.ended:
				m.settle(w)
			case w.loading:
				m.ready(w)
			default:
				continue
			}
			progress = true
		}
		for _, c := range m.clients {
			if len(c.request.events) > 0 {
				m.deliver(c)
				progress = true
			}
		}
	}
}

// answerOne makes the worker of a request answer it.
func (m *model) answerOne(c *modelClient) {
	for _, w := range m.workers {
		for _, r := range w.inbox {
			if r == c.request {
				w.inbox = []*request{r}
				w.started[r] = true
				m.answer(w)
				return
			}
		}
	}
}

// Files that are called without a pause must not keep another file from its workers.
func TestAFileHasItsTurnThoughOthersAreNeverIdle(t *testing.T) {
	m := quietModel(0, 1)
	var busy []*modelClient
	for i := 1; i < MaxFiles; i++ {
		busy = append(busy, m.submitTo(3*i))
	}
	m.settleAll()
	late := m.submitTo(3 * MaxFiles)
	for range 3 {
		for i := range busy {
			next := m.submitTo(3 * (i + 1)) // before the last one of this file is answered
			m.settleAll()
			m.answerOne(busy[i])
			m.settleAll()
			busy[i] = next
		}
	}
	if late.request.phase != phaseStarted && late.request.phase != phaseHanded {
		t.Errorf("T5: a file that all others keep out waits for ever (phase %d)", late.request.phase)
	}
}

// A worker that would exceed the container's tasks must wait: virtual machines abort if they cannot start their
// threads.
func TestOnlyWhatFitsIsStarted(t *testing.T) {
	m := quietModel(128, 25)
	for i := 1; i <= 12; i++ {
		c := m.submitTo(3 * i)
		m.settleAll() // panics if there are too many tasks
		m.answerOne(c)
		m.settleAll()
		if len(c.outcomes) != 1 || c.outcomes[0].failure != nil {
			t.Fatalf("L6: file %d got %+v", i, c.outcomes)
		}
	}
	if files := m.d.files(); files < 3 || files > 4 {
		t.Errorf("L6: %d files have workers of 25 tasks where 128 are allowed", files)
	}
}

// Workers that are started side by side, because the template of their file has ended, may all become templates. One is
// enough; another one would count as a worker that serves, and requests could wait for it for ever.
func TestASecondTemplateIsNotKept(t *testing.T) {
	m := newModel(1)
	m.d.mu.Lock()
	p := m.d.pool("templates")
	m.d.addWorker(p)
	m.d.addWorker(p)
	started := append([]*worker(nil), p.workers...)
	m.d.mu.Unlock()
	for _, w := range started {
		if err := w.handle(frames.Header{Kind: frames.KindReady}, []byte{byte(frames.ModeTemplate), 0, 0, 0, 1}); err != nil {
			t.Fatal(err)
		}
	}
	if p.template != started[0] || started[0].process.killed || !started[1].process.killed {
		t.Errorf("the template is the first one: %v; ended: %v, %v", p.template == started[0], started[0].process.killed, started[1].process.killed)
	}
}
